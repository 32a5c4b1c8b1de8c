"""Earlier texts and what changed between them, for everyone."""

from __future__ import annotations

import pytest
from django.test import Client

from letters.models import ChangeKind, Letter, Role, User, Version
from tests.builders import a_member, a_new_text

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(letter: Letter) -> User:
    return a_member(letter.coalition, Role.EDITOR)


def test_old_texts_stay_readable(letter: Letter, editor: User) -> None:
    a_new_text(letter, editor, ChangeKind.MATERIAL)
    client = Client()
    old = client.get("/letters/a-letter/versions/1/").content.decode()
    assert "We ask for <em>better</em> paper." in old
    assert "This is an earlier text of the letter." in old
    assert (
        "This is an earlier text"
        not in client.get("/letters/a-letter/versions/2/").content.decode()
    )
    listed = client.get("/letters/a-letter/versions/").content.decode()
    assert "/letters/a-letter/changes/1/2/" in listed
    for version in letter.versions.all():
        assert version.text_sha256 in listed
    diff = client.get("/letters/a-letter/changes/1/2/").content.decode()
    assert "[added: </span>" in diff
    assert "/letters/a-letter/versions/" in client.get("/letters/a-letter/").content.decode()


@pytest.mark.parametrize(
    "path",
    ["versions/2/", "versions/99999/", "changes/1/1/", "changes/1/2/", "changes/2/1/"],
)
def test_texts_that_are_not_published_are_nowhere(letter: Letter, path: str) -> None:
    Version.objects.create(letter=letter, number=2)
    assert Client().get(f"/letters/a-letter/{path}").status_code == 404


def test_letter_that_is_not_public_has_no_public_texts(letter: Letter) -> None:
    letter.status = "embargoed"
    letter.save()
    for path in ("versions/", "versions/1/"):
        assert Client().get(f"/letters/a-letter/{path}").status_code == 404
