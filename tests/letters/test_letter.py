from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from letters.models import Letter, LetterStatus, Role

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("at", "taken", "reason"),
    [
        (NOON - SECOND, False, "not open for signatures yet"),
        (NOON, True, ""),
        (NOON + timedelta(hours=1) - SECOND, True, ""),
        (NOON + timedelta(hours=1), False, "closed"),
    ],
)
def test_letter_takes_signatures_from_opening_to_the_second_of_closing(
    at: datetime, taken: bool, reason: str
) -> None:
    letter = Letter(status=LetterStatus.OPEN, opens_at=NOON, closes_at=NOON + timedelta(hours=1))
    assert letter.accepts_signatures(at) is taken
    assert reason in letter.closed_reason(at)
    assert bool(letter.closed_reason(at)) is not taken


@pytest.mark.parametrize("status", [status for status in LetterStatus if status != "open"])
def test_letter_that_is_not_open_takes_none(status: LetterStatus) -> None:
    letter = Letter(status=status)
    assert not letter.accepts_signatures(NOON)
    assert letter.closed_reason(NOON)


def test_role_includes_those_after_it() -> None:
    allowed = {role: [other for other in Role if role.includes(other)] for role in Role}
    roles = list(Role)
    assert allowed == {role: roles[place:] for place, role in enumerate(roles)}


def test_letter_knows_its_title_without_another_query(
    letter: Letter, django_assert_num_queries: Any
) -> None:
    draft = Letter.objects.create(slug="draft", coalition=letter.coalition)
    with django_assert_num_queries(1):
        titles = {row.pk: row.title for row in Letter.objects.with_title()}
    assert titles == {letter.pk: "A letter about paper", draft.pk: None}
