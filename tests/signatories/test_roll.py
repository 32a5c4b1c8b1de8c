from __future__ import annotations

import pytest
from django.test import Client

from letters.models import Letter, LetterStatus
from signatories.models import Status
from signatories.roll import CursorError, affiliations_of, people_page
from tests.builders import a_letter, a_signature

pytestmark = pytest.mark.django_db


def test_roll_shows_only_who_may_be_shown(client: Client, letter: Letter) -> None:
    a_signature(letter, "Shown Person", role_title="Poet", comment="Because.")
    a_signature(letter, "Rep Resentative", organisation_name="The Shown Guild")
    for n, status in enumerate(Status.values):
        if status != Status.COUNTED:
            a_signature(letter, f"Secret {'x' * (n + 1)}", status=status)
    a_signature(letter, "Secret Anonymous", show_name=False)
    a_signature(letter, "Secret Noweb", consent_web=False)
    a_signature(letter, "Secret Held", status=Status.HELD, organisation_name="Secret Organisation")
    for url in ("/letters/a-letter/", "/letters/a-letter/roll/", "/letters/a-letter/fr/roll/"):
        page = client.get(url).content.decode()
        assert "Shown Person" in page
        assert "The Shown Guild" in page
        assert "Secret" not in page
        assert "mail.example" not in page


def test_pages_are_whole_and_without_repeats_both_ways(letter: Letter) -> None:
    for n in range(25):
        a_signature(letter, f"Same Name{'x' * (n % 3)}", email=f"{n}@x.example")
    seen, cursor, previous = [], None, None
    while True:
        page = people_page(letter.pk, cursor, size=10)
        seen.append([entry.pk for entry in page.entries])
        previous = page.previous_cursor
        if page.next_cursor is None:
            break
        cursor = page.next_cursor
    assert [len(part) for part in seen] == [10, 10, 5]
    assert len({pk for part in seen for pk in part}) == 25
    back = people_page(letter.pk, previous, size=10)
    assert [entry.pk for entry in back.entries] == seen[1]
    first = people_page(letter.pk, back.previous_cursor, size=10)
    assert ([entry.pk for entry in first.entries], first.previous_cursor) == (seen[0], None)


@pytest.mark.parametrize("cursor", ["x", "%00", "-", "é", "A" * 5000, "____________"])
def test_forged_cursor_answers_404(client: Client, letter: Letter, cursor: str) -> None:
    with pytest.raises(CursorError):
        people_page(letter.pk, cursor)
    assert client.get("/letters/a-letter/roll/", {"after": cursor}).status_code == 404


def test_roll_of_a_letter_not_public_answers_404(client: Client, db: None) -> None:
    a_letter(status=LetterStatus.DRAFT)
    assert client.get("/letters/a-letter/roll/").status_code == 404


def test_roll_is_for_readers_not_for_search_engines(client: Client, letter: Letter) -> None:
    response = client.get("/letters/a-letter/roll/")
    assert response["X-Robots-Tag"] == "noindex"
    assert not response.cookies
    assert client.post("/letters/a-letter/roll/").status_code == 405


def test_form_suggests_only_affiliations_that_are_on_the_roll(
    client: Client, letter: Letter
) -> None:
    a_signature(letter, "A", affiliation="Rare Guild")
    for n in range(40):
        a_signature(letter, f"B{n}", email=f"{n}@x.example", affiliation="Often" if n % 2 else "")
    a_signature(letter, "C", affiliation="Secret Hidden", show_name=False)
    a_signature(letter, "D", affiliation="Secret Held", status=Status.HELD)
    a_signature(letter, "E", affiliation="Secret Unconfirmed", status=Status.UNCONFIRMED)
    assert affiliations_of(letter.pk) == ["Often", "Rare Guild"]
    page = client.get("/letters/a-letter/").content.decode()
    assert '<option value="Often"><option value="Rare Guild"></datalist>' in page
    assert "Secret" not in page
