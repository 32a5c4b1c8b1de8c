"""Moves what the web processes counted from Redis to the table of page views."""

from collections import Counter
from datetime import date

from common.pageviews import DIRECT, OTHER, OWN, take_views
from letters.models import Letter
from verification.models import PageViews

# Sites named of one letter and day: a script that invents sites fills no more than this.
MOST_SOURCES = 100


def collect_views() -> int:
    """Adds the views counted since the last call; how many. Call it under a lock: it reads and
    writes. A process that dies here loses what it took, half a minute of views."""
    taken = take_views()
    letters = set(
        Letter.objects.filter(pk__in={letter_id for _, letter_id, _ in taken}).values_list(
            "pk", flat=True
        )
    )
    days = {date.fromisoformat(day) for day, _, _ in taken}
    rows = {
        (row.letter_id, row.day, row.source): row
        for row in PageViews.objects.filter(letter_id__in=letters, day__in=days)
    }
    named = Counter((letter_id, day) for letter_id, day, _ in rows)
    seen = 0
    for (iso_day, letter_id, source), number in taken.items():
        if letter_id not in letters:
            continue
        day = date.fromisoformat(iso_day)
        key = (letter_id, day, source)
        if key not in rows and source not in (DIRECT, OWN, OTHER):
            if named[letter_id, day] >= MOST_SOURCES:
                key = (letter_id, day, OTHER)
            else:
                named[letter_id, day] += 1
        if key not in rows:
            rows[key] = PageViews(letter_id=letter_id, day=day, source=key[2], number=0)
        rows[key].number += number
        seen += number
    PageViews.objects.bulk_create(
        rows.values(),
        update_conflicts=True,
        unique_fields=["letter", "day", "source"],
        update_fields=["number"],
    )
    return seen
