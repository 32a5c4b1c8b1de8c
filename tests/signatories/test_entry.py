from __future__ import annotations

import pytest
from django.test import Client

from common.publicid import PublicIdError, public_id, read_public_id
from letters.models import Letter, LetterStatus
from signatories.models import Signature, Status
from signatories.services.withdraw_signature import withdraw_signature
from tests.builders import a_letter, a_signature

pytestmark = pytest.mark.django_db


def address(signature: Signature) -> str:
    return f"/letters/{signature.letter.slug}/roll/{signature.public_id}/"


def test_entry_says_who_signed_what_and_when(client: Client, letter: Letter) -> None:
    signature = a_signature(
        letter, "Ada Example", role_title="Poet", affiliation="The Guild", language="fr"
    )
    response = client.get(address(signature))
    page = response.content.decode()
    for words in ("Ada Example", "Poet", "The Guild", "for identification only", "Version 1"):
        assert words in page
    # The text that was signed is the French one; its hash is short, and whole behind it.
    assert "français" in page
    signed = signature.version.translations.get(language="fr")
    assert f'title="{signed.text_sha256}"' in page
    assert f">{signed.text_sha256[:12]}…<" in page
    assert 'href="/letters/a-letter/fr/versions/1/"' in page
    assert signature.confirmed_at is not None
    assert signature.confirmed_at.date().isoformat() in page
    assert response["X-Robots-Tag"] == "noindex"
    assert response["Cache-Control"] == "no-store"
    assert not response.cookies
    assert client.post(address(signature)).status_code == 405


def test_entry_of_an_organisation_hides_its_representative(client: Client, letter: Letter) -> None:
    signature = a_signature(letter, "Rep", organisation_name="The Guild", role_title="Chair")
    page = client.get(address(signature)).content.decode()
    assert "The Guild" in page
    assert "Rep<" not in page
    assert "Chair" not in page


def test_roll_links_each_entry_in_the_pages_language(client: Client, letter: Letter) -> None:
    signature = a_signature(letter)
    for roll in ("/letters/a-letter/roll/", "/letters/a-letter/fr/roll/"):
        assert f'href="{signature.public_id}/"' in client.get(roll).content.decode()
        assert client.get(f"{roll}{signature.public_id}/").status_code == 200


@pytest.mark.parametrize(
    "change",
    [
        {"show_name": False},
        {"consent_web": False},
        {"status": Status.HELD},
        {"status": Status.REJECTED, "rejection_reason": "fake"},
    ],
)
def test_entry_is_gone_the_moment_it_is_not_public(
    client: Client, letter: Letter, change: dict[str, object]
) -> None:
    signature = a_signature(letter)
    assert client.get(address(signature)).status_code == 200
    Signature.objects.filter(pk=signature.pk).update(**change)
    assert client.get(address(signature)).status_code == 404


def test_entry_is_gone_the_moment_it_is_withdrawn(client: Client, letter: Letter) -> None:
    signature = a_signature(letter)
    assert client.get(address(signature)).status_code == 200
    withdraw_signature(signature_id=signature.pk)
    assert client.get(address(signature)).status_code == 404


def test_entry_is_its_letters_only(client: Client, letter: Letter) -> None:
    a_letter("other")
    assert client.get(address(a_signature(letter)).replace("a-letter", "other")).status_code == 404


def test_entry_of_a_letter_not_public_answers_404(client: Client) -> None:
    letter = a_letter(status=LetterStatus.DRAFT)
    assert client.get(address(a_signature(letter))).status_code == 404


@pytest.mark.parametrize("guess", ["1", "x", "A" * 22, "é" * 22, "_" * 22, "A" * 500])
def test_guessed_address_answers_404(client: Client, letter: Letter, guess: str) -> None:
    a_signature(letter)
    assert client.get(f"/letters/a-letter/roll/{guess}/").status_code == 404


def test_public_id_has_one_spelling_and_no_order() -> None:
    ids = [public_id("signature", number) for number in range(1, 200)]
    assert [read_public_id("signature", text) for text in ids] == list(range(1, 200))
    assert ids != sorted(ids)
    first = ids[0]
    with pytest.raises(PublicIdError):
        read_public_id("other", first)
    for last in "ABCDEFGHIJKLMNOPQRSTUVWXYZ":
        if last != first[-1]:
            with pytest.raises(PublicIdError):
                read_public_id("signature", first[:-1] + last)
