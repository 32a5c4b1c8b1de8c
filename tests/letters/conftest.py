from __future__ import annotations

import pytest
from django.test import Client

from letters.models import Coalition, Draft, Letter, LetterStatus, Office, Role, User
from tests.builders import a_coalition, a_member
from tests.conftest import SAME_ORIGIN

EDIT = "/organise/letters/a-draft/text/edit/"


def client_of(user: User) -> Client:
    client = Client(headers=SAME_ORIGIN)
    client.force_login(user)
    return client


@pytest.fixture
def coalition(db: None) -> Coalition:
    return a_coalition()


@pytest.fixture
def editor(coalition: Coalition) -> User:
    return a_member(coalition, Role.EDITOR)


@pytest.fixture
def draft(coalition: Coalition) -> Draft:
    """The English text of a letter that could be published."""
    letter = Letter.objects.create(
        coalition=coalition,
        slug="a-draft",
        status=LetterStatus.DRAFT,
        privacy_contact="privacy@makers.example",
    )
    letter.offices.add(an_office())
    return Draft.objects.create(
        letter=letter,
        language="en",
        is_authoritative=True,
        title="On paper",
        addressee="To the Office of Paper",
        body_markdown="We ask for *better* paper.\n",
        summary="About paper.",
    )


def an_office() -> Office:
    return Office.objects.create(
        slug="office-of-paper", name="Office of Paper", source="invented", checked_on="2026-11-01"
    )


def typed(draft: Draft, **changes: object) -> dict[str, object]:
    """What the editor's form sends."""
    return {**draft.written(), "revision": draft.revision, **changes}
