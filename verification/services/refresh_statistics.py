"""Counts what the pages of statistics show, so that none of them counts anything itself.

A million signatures take seconds to group, which beat spends once a minute where a letter's tally
moved, and a request never.
"""

from collections import Counter, defaultdict
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Trunc
from django.utils import timezone

from common.pageviews import DIRECT, OTHER, OWN
from letters.models import Letter
from signatories.models import Signature, Source, Tally
from verification.models import Invitation, PageViews, Statistics, VersionNotice

# What changes without the tally (a corrected profession, a mail that went) is seen after this.
UNCHANGED = timedelta(minutes=15)
HOURS = timedelta(hours=72)
# Entries kept of a list; and spellings read for it: “writer” and “Writer” are one.
KEPT = 40
SPELLINGS = 2000
# Views before a site is named.
FEWEST = 5

Figures = dict[str, Any]


def refresh_statistics() -> int:
    """Computes the figures of the letters whose tally moved since the last time; how many."""
    now = timezone.now()
    known = {row.letter_id: row for row in Statistics.objects.defer("figures")}
    done = 0
    for tally in Tally.objects.filter(computed_at__isnull=False).select_related("letter"):
        counts = _counts(tally)
        before = known.get(tally.letter_id)
        if before and before.counts == counts and before.computed_at > now - UNCHANGED:
            continue
        compute_statistics(tally.letter, counts)
        done += 1
    return done


def compute_statistics(letter: Letter, counts: list[int]) -> Statistics:
    """Computes and stores the figures of one letter."""
    before = Statistics.objects.filter(letter=letter).first()
    return Statistics.objects.update_or_create(
        letter=letter,
        defaults={
            "figures": _figures(letter, before.figures if before else {}),
            "counts": counts,
            "computed_at": timezone.now(),
        },
    )[0]


def _counts(tally: Tally) -> list[int]:
    return [
        *(tally.received, tally.unconfirmed, tally.repeated, tally.held, tally.asked),
        *(tally.rejected, tally.withdrawn, tally.people, tally.organisations),
    ]


def _figures(letter: Letter, before: Figures) -> Figures:
    rows = Signature.objects.of_letter(letter.pk)
    counted = rows.counted()
    views = PageViews.objects.filter(letter=letter)
    days, hours = _times(rows, letter)
    for day, (received, _confirmed) in before.get("days", {}).items():
        # Submissions that nobody confirmed are deleted after a while; their number is not.
        days.setdefault(day, [0, 0])
        days[day][0] = max(days[day][0], received)
    return {
        "days": dict(sorted(days.items())),
        "hours": hours,
        "imported": rows.filter(source=Source.IMPORT).count(),
        "roles": _list(counted.people(), "role_title"),
        "affiliations": _list(counted.people(), "affiliation"),
        "countries": _list(counted, "country"),
        "sources": _sources(views),
        "views": views.aggregate(n=Sum("number"))["n"] or 0,
        "views_since": str(first.day) if (first := views.order_by("day").first()) else "",
        "mail": _mail(letter, rows),
    }


def _times(
    rows: QuerySet[Signature], letter: Letter
) -> tuple[dict[str, list[int]], dict[str, list[int]]]:
    """Received, and of them confirmed, by day and by hour of the last few, in the letter's zone."""
    zone = ZoneInfo(letter.time_zone)
    by_hour = (
        rows.order_by()
        .annotate(hour=Trunc("created_at", "hour", tzinfo=zone))
        .values_list("hour")
        .annotate(n=Count("id"), confirmed=Count("id", filter=Q(confirmed_at__isnull=False)))
    )
    days: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    hours: dict[str, list[int]] = {}
    recent = timezone.now() - HOURS
    for hour, received, confirmed in sorted(by_hour):
        day = days[str(hour.date())]
        day[0] += received
        day[1] += confirmed
        if hour > recent:
            hours[hour.isoformat()] = [received, confirmed]
    return dict(days), hours


def _list(rows: QuerySet[Signature], field: str) -> Figures:
    """The most frequent entries of a column, how many gave any, and how many there are."""
    found = (
        rows.exclude(**{field: ""})
        .order_by()
        .values_list(field)
        .annotate(n=Count("id"))
        .order_by("-n", field)[:SPELLINGS]
    )
    spelt: dict[str, str] = {}
    numbers: Counter[str] = Counter()
    for text, number in found:
        key = str(text).casefold()
        spelt.setdefault(key, str(text))  # the most frequent spelling comes first
        numbers[key] += number
    total = rows.count()
    return {
        "top": [[spelt[key], number] for key, number in numbers.most_common(KEPT)],
        "given": total - rows.filter(**{field: ""}).count(),
        "all": total,
    }


def _sources(views: QuerySet[PageViews]) -> list[list[Any]]:
    """Where readers came from; sites that sent a handful, or past the first ones, go together."""
    numbers: Counter[str] = Counter()
    found = views.values_list("source").annotate(n=Sum("number")).order_by("-n", "source")
    for place, (source, number) in enumerate(found):
        named = source in (DIRECT, OWN) or (number >= FEWEST and place < KEPT)
        numbers[source if named else OTHER] += number
    return [list(pair) for pair in numbers.most_common()]


def _mail(letter: Letter, rows: QuerySet[Signature]) -> dict[str, list[int]]:
    """Mails that went, that wait, and that no server took, by kind."""
    sent, due = Q(confirmation_sent_at__isnull=False), Q(confirmation_due_at__isnull=False)
    notices = VersionNotice.objects.filter(version__letter=letter)
    invitations = Invitation.objects.filter(letter=letter)
    gone, waits = Q(sent_at__isnull=False), Q(sent_at__isnull=True)
    return {
        "confirmations": _three(
            rows, sent, ~sent & due, ~sent & ~due & Q(confirmation_attempts__gt=0)
        ),
        "invitations": _three(
            invitations,
            gone,
            waits & Q(refused_at__isnull=True, revoked_at__isnull=True),
            waits & Q(refused_at__isnull=False),
        ),
        "notices": _three(
            notices, gone, waits & Q(due_at__isnull=False), waits & Q(due_at__isnull=True)
        ),
    }


def _three(rows: QuerySet[Any], sent: Q, waiting: Q, refused: Q) -> list[int]:
    found = rows.aggregate(
        sent=Count("pk", filter=sent),
        waiting=Count("pk", filter=waiting),
        refused=Count("pk", filter=refused),
    )
    return [found["sent"], found["waiting"], found["refused"]]
