from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from letters.deadline import Deadline

EASTERN = "America/New_York"
OSTP = datetime(2025, 3, 15, 23, 59, tzinfo=ZoneInfo(EASTERN))


def seen(at: datetime, now: datetime, zone: str = EASTERN, *, is_day: bool = False) -> str:
    """The words on the page."""
    deadline = Deadline(at, zone, is_day, now)
    page = render_to_string("letters/deadline.html", {"deadline": deadline})
    return page.partition(">")[2].partition("</time>")[0].replace("\xa0", " ").strip()


@pytest.mark.parametrize(
    ("now", "words"),
    [
        ((2025, 3, 13, 3, 59), "closes in 3 days, 15 March 2025, 11:59 pm Eastern Time"),
        ((2025, 3, 16, 3, 0), "closes in 59 minutes, 15 March 2025, 11:59 pm Eastern Time"),
        ((2025, 3, 16, 6, 59), "closed 3 hours ago, 15 March 2025, 11:59 pm Eastern Time"),
    ],
)
def test_the_countdown_is_in_the_office_s_time(now: tuple[int, ...], words: str) -> None:
    assert seen(OSTP, datetime(*now, tzinfo=UTC)) == words  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("now", "at", "left"),
    [
        # The night of 9 March 2025 has 23 hours, that of 2 November 25.
        ((3, 8, 22), (3, 9, 22), "1 day"),
        ((3, 8, 23), (3, 9, 4), "4 hours"),
        ((3, 8, 12), (3, 9, 14), "1 day, 2 hours"),
        ((11, 1, 22), (11, 2, 22), "1 day"),
        ((11, 1, 23), (11, 2, 4), "6 hours"),
    ],
)
def test_clocks_that_change_meanwhile(now: tuple[int, ...], at: tuple[int, ...], left: str) -> None:
    zone = ZoneInfo(EASTERN)
    first, last = (datetime(2025, *each, tzinfo=zone) for each in (now, at))  # type: ignore[misc, arg-type]
    for moment in (first, first.astimezone(UTC)):
        distance = Deadline(last, EASTERN, False, moment).distance
        assert distance.replace("\xa0", " ") == left


def test_a_day_without_an_hour_says_so() -> None:
    at = datetime(2025, 10, 27, 23, 59, 59, tzinfo=ZoneInfo(EASTERN))
    words = seen(at, datetime(2025, 10, 28, 5, tzinfo=UTC), is_day=True)
    assert words.endswith("27 October 2025 (the hour is not known)")


def test_other_languages_name_the_zone_in_theirs() -> None:
    with translation.override("fr"):
        words = Deadline(OSTP, EASTERN, False, OSTP).words
    assert words == "15 mars 2025 23:59 heure de l’Est nord-américain"
