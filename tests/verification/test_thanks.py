from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils.html import escape

from letters.models import Letter, LetterStatus
from signatories.models import Status
from tests.builders import a_signature
from verification.links import manage_url, thanks_url, verification_code

pytestmark = pytest.mark.django_db


def test_receipt_says_what_was_signed(client: Client, letter: Letter) -> None:
    signature = a_signature(letter, language="fr")
    page = client.get(thanks_url(signature.pk)).content.decode()
    for words in (verification_code(signature.pk), "Une lettre sur le papier", "français"):
        assert words in page


def test_letter_is_passed_on_by_plain_links(client: Client, letter: Letter) -> None:
    signature = a_signature(letter)
    response = client.get(thanks_url(signature.pk))
    for name, url in response.context["share_links"]:
        query = parse_qs(urlsplit(url).query)
        words = " ".join(value for values in query.values() for value in values)
        assert "http://localhost:8000/letters/a-letter/" in words, name
    page = response.content.decode()
    assert "<svg" in page
    for _, url in response.context["posters"]:
        assert f'href="{url}"' in page
    # The page's own address is a private link: nobody else is told.
    assert response["Referrer-Policy"] == "same-origin"


def test_shared_links_carry_nothing_of_the_signatory(client: Client, letter: Letter) -> None:
    signature = a_signature(letter, "Secret Person")
    response = client.get(thanks_url(signature.pk))
    links = str(response.context["share_links"]) + response.context["qr"]
    assert "Secret" not in links
    assert "thanks" not in links


@pytest.mark.parametrize("page_url", [thanks_url, manage_url])
def test_who_is_listed_finds_the_own_page_and_the_own_line_on_the_roll(
    client: Client, letter: Letter, page_url: Callable[[int], str]
) -> None:
    signature = a_signature(letter, "Zoë Äöü & Sons", language="fr")
    response = client.get(page_url(signature.pk).removeprefix("http://localhost:8000"))
    for name in ("entry_url", "on_roll_url"):
        url = response.context[name]
        assert f'href="{escape(url)}"' in response.content.decode()
        assert "Zoë Äöü &amp; Sons" in client.get(url).content.decode()


@pytest.mark.parametrize(
    "fields",
    [{"show_name": False}, {"consent_web": False}, {"status": Status.HELD}],
)
def test_who_is_not_listed_is_sent_to_no_public_page(
    client: Client, letter: Letter, fields: dict[str, Any]
) -> None:
    signature = a_signature(letter, **fields)
    assert "entry_url" not in client.get(thanks_url(signature.pk)).context


def test_sealed_letter_has_no_public_page_to_send_to(client: Client, letter: Letter) -> None:
    letter.status = LetterStatus.EMBARGOED
    letter.save()
    signature = a_signature(letter)
    assert "entry_url" not in client.get(thanks_url(signature.pk)).context


def test_withdrawn_signature_is_offered_the_way_back_and_nothing_to_celebrate(
    client: Client, letter: Letter
) -> None:
    signature = a_signature(letter, status=Status.WITHDRAWN)
    page = client.get(thanks_url(signature.pk)).content.decode()
    assert "Your signature is withdrawn." in page
    assert 'href="http://localhost:8000/manage/' in page
    for other in ("Thank you", "Your receipt", "Pass it on"):
        assert other not in page


def test_asked_signature_is_led_to_the_new_text(client: Client, letter: Letter) -> None:
    signature = a_signature(letter, status=Status.ASKED)
    page = client.get(thanks_url(signature.pk)).content.decode()
    assert "The letter has a new text." in page
    assert re.search(r'href="http://localhost:8000/manage/[^"]+/new-text/"', page)
    assert "does not belong" not in page
