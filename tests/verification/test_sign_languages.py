from __future__ import annotations

import pytest
from django.test import Client

from letters.models import Letter
from signatories.models import Signature
from tests.builders import sign_data

pytestmark = pytest.mark.django_db
SIGN = "/letters/a-letter/sign/"


def test_other_language_keeps_what_was_typed_and_saves_nothing(
    browser_client: Client, letter: Letter
) -> None:
    data = sign_data(letter, name="<b>Ada</b>", email="not yet", consent_press="on", read_in="fr")
    response = browser_client.post(SIGN, data)
    page = response.content.decode()
    assert response.status_code == 200
    assert '<html lang="fr"' in page
    assert 'value="&lt;b&gt;Ada&lt;/b&gt;"' in page
    for kept in ('value="not yet"', 'value="Lyon"', "Paper matters."):
        assert kept in page
    assert page.count("checked") == 4  # capacity, shown name and two consents
    assert 'name="language" value="fr"' in page
    assert 'id="errors"' not in page
    assert response["Cache-Control"] == "no-store"
    assert not response.cookies
    assert not Signature.objects.exists()


def test_form_offers_the_letters_other_languages_after_its_own_button(
    client: Client, letter: Letter
) -> None:
    page = client.get("/letters/a-letter/fr/").content.decode()
    form = page[page.index("<form") :]
    assert 'name="read_in" value="en"' in form
    assert 'name="read_in" value="fr"' not in form
    # The Enter key presses the first button: it must be the one that signs.
    assert "read_in" not in form[: form.index("<button") + 60]


@pytest.mark.parametrize("language", ["", "xx", "\x00", "fr" * 50])
def test_language_that_the_letter_has_not_is_the_authoritative(
    browser_client: Client, letter: Letter, language: str
) -> None:
    page = browser_client.post(SIGN, sign_data(letter, read_in=language))
    assert page.status_code == 200
    assert '<html lang="en"' in page.content.decode()


def test_other_site_cannot_ask_for_it(letter: Letter) -> None:
    client = Client(headers={"Sec-Fetch-Site": "cross-site"})
    assert client.post(SIGN, sign_data(letter, read_in="fr")).status_code == 403
