"""Moves what the web processes counted from Redis to the table of page views."""

import math
from collections import defaultdict
from datetime import date

from django.db import transaction

from common.pageviews import NO_SITES, OTHER, take_views
from letters.models import Letter
from verification.models import PageViews

# Sites named of one letter and day: a script that invents sites fills no more than this. Those that
# brought the most readers stay named, so it cannot fill the places before the true ones come.
MOST_SOURCES = 100


Rows = dict[tuple[int, date, str], PageViews]


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
    rows: Rows = {
        (row.letter_id, row.day, row.source): row
        for row in PageViews.objects.filter(letter_id__in=letters, day__in=days)
    }
    seen = 0
    for (iso_day, letter_id, source), number in taken.items():
        if letter_id not in letters:
            continue
        day = date.fromisoformat(iso_day)
        _add(rows, (letter_id, day, source), number)
        seen += number
    _fold_smallest(rows)
    dropped = [row.pk for row in rows.values() if row.pk and not row.number]
    with transaction.atomic():
        PageViews.objects.filter(pk__in=dropped).delete()
        PageViews.objects.bulk_create(
            [row for row in rows.values() if row.number],
            update_conflicts=True,
            unique_fields=["letter", "day", "source"],
            update_fields=["number"],
        )
    return seen


def _add(rows: Rows, key: tuple[int, date, str], number: int) -> None:
    letter_id, day, source = key
    row = rows.setdefault(key, PageViews(letter_id=letter_id, day=day, source=source, number=0))
    row.number += number


def _fold_smallest(rows: Rows) -> None:
    """Adds each letter's and day's sites past the largest ones to OTHER; of as many readers, the
    older stays."""
    sites: defaultdict[tuple[int, date], list[PageViews]] = defaultdict(list)
    for (letter_id, day, source), row in rows.items():
        if source not in NO_SITES:
            sites[letter_id, day].append(row)
    for (letter_id, day), found in sites.items():
        found.sort(key=lambda row: (-row.number, row.pk or math.inf))
        for row in found[MOST_SOURCES:]:
            _add(rows, (letter_id, day, OTHER), row.number)
            row.number = 0
