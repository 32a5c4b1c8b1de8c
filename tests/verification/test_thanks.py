from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from letters.models import Letter
from tests.builders import a_signature
from verification.links import thanks_url, verification_code

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
