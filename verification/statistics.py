"""The charts of a letter's page of statistics, out of the figures that beat computed."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django_countries import countries

from common.charts import Bar, Column, bars, columns, line, nice_top
from common.pageviews import DIRECT, OTHER, OWN
from signatories.models import Tally

DRAWN = 10
# Up to so many days each has a column; then each week, then each month.
DAYS, WEEKS = 70, 490

Point = tuple[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class TimeChart:
    """Signatures received by hour, day, week or month, of which confirmed and not."""

    unit: str
    top: int
    columns: list[Column]
    total_top: int
    total_points: str
    total: int

    @property
    def half(self) -> int:
        return self.top // 2

    @property
    def total_half(self) -> int:
        return self.total_top // 2

    @property
    def marks(self) -> list[str]:
        """Labels below: the first, the middle one, the last."""
        found = [column.label for column in self.columns]
        return [found[0], found[len(found) // 2], found[-1]] if len(found) > 2 else found


@dataclass(frozen=True, slots=True)
class BarChart:
    """The longest bars, and all of them for the table."""

    rows: list[Bar]
    rest: int = 0
    """What the rows leave of the whole."""
    missing: int = 0
    """Who gave nothing."""

    @property
    def drawn(self) -> list[Bar]:
        return self.rows[:DRAWN]


def time_chart(figures: dict[str, Any]) -> TimeChart | None:
    """Signatures over time; None where there are none."""
    days: dict[date, list[int]] = {
        date.fromisoformat(day): numbers for day, numbers in figures.get("days", {}).items()
    }
    if not days:
        return None
    span = (max(days) - min(days)).days + 1
    if span <= 3 and figures.get("hours"):
        unit, points = _("hour by hour"), _hours(figures["hours"])
    elif span <= DAYS:
        unit, points = _("day by day"), _days(days, 1)
    elif span <= WEEKS:
        unit, points = _("week by week"), _days(days, 7)
    else:
        unit, points = _("month by month"), _months(days)
    # Drawn as parts of a column: confirmed below, the others on top.
    parts = [(label, (confirmed, received - confirmed)) for label, (received, confirmed) in points]
    top = nice_top(max(sum(values) for _label, values in parts))
    totals = list(accumulate(values[0] for _label, values in parts))
    total_top = nice_top(totals[-1])
    return TimeChart(unit, top, columns(parts, top), total_top, line(totals, total_top), totals[-1])


def _hours(hours: dict[str, list[int]]) -> list[Point]:
    found = {datetime.fromisoformat(hour): numbers for hour, numbers in hours.items()}
    at, points = min(found), []
    while at <= max(found):
        received, confirmed = found.get(at, (0, 0))
        label = formats.date_format(at, "j M H:i")
        points.append((label, (received, confirmed)))
        at += timedelta(hours=1)
    return points


def _days(days: dict[date, list[int]], step: int) -> list[Point]:
    """Sums of so many days each, from the first; a week is named by its first day."""
    first, last, points = min(days), max(days), []
    while first <= last:
        within = [days.get(first + timedelta(n), (0, 0)) for n in range(step)]
        sums = (sum(day[0] for day in within), sum(day[1] for day in within))
        points.append((formats.date_format(first, "j M Y"), sums))
        first += timedelta(step)
    return points


def _months(days: dict[date, list[int]]) -> list[Point]:
    first, last = min(days).replace(day=1), max(days)
    sums: dict[date, tuple[int, int]] = {}
    while first <= last:
        sums[first] = (0, 0)
        first = (first + timedelta(31)).replace(day=1)
    for day, (received, confirmed) in days.items():
        before = sums[day.replace(day=1)]
        sums[day.replace(day=1)] = (before[0] + received, before[1] + confirmed)
    return [(formats.date_format(month, "F Y"), numbers) for month, numbers in sums.items()]


def list_chart(figures: dict[str, Any], name: str) -> BarChart | None:
    """The most frequent of what signatories typed; None where nobody did."""
    found = figures.get(name)
    if not found or not found["given"]:
        return None
    top = found["top"]
    if name == "countries":
        top = [[countries.name(code) or code, number] for code, number in top]
    rest = found["given"] - sum(number for _label, number in top)
    return BarChart(bars(top, found["all"]), rest, found["all"] - found["given"])


def source_chart(figures: dict[str, Any]) -> BarChart | None:
    """Where readers came from; None where no view was counted."""
    names = {
        DIRECT: _("No site named (typed, a mail, an app)"),
        OWN: _("Another page of this site"),
        OTHER: _("Other sites"),
    }
    found = [(names.get(source, source), number) for source, number in figures.get("sources", [])]
    return BarChart(bars(found)) if found else None


@dataclass(frozen=True, slots=True)
class Funnel:
    """From opening the form to a confirmed signature."""

    steps: list[Bar]
    rates: list[int | None]
    """What went on from the step before, in percent; None where it cannot be told."""
    since: date | None

    @property
    def rows(self) -> list[tuple[Bar, int | None]]:
        return list(zip(self.steps, self.rates, strict=True))


def funnel(figures: dict[str, Any]) -> Funnel | None:
    days = figures.get("days", {})
    imported = figures.get("imported", 0)
    sent = sum(received for received, _confirmed in days.values()) - imported
    confirmed = sum(confirmed for _received, confirmed in days.values()) - imported
    viewed = figures.get("views", 0)
    if not (viewed or sent):
        return None
    steps = [
        (_("Opened the letter with its form"), viewed),
        (pgettext("signatures", "Sent the form"), sent),
        (_("Confirmed by mail"), confirmed),
    ]
    rates = [
        None,
        round(sent / viewed * 100) if viewed >= sent > 0 else None,
        round(confirmed / sent * 100) if sent else None,
    ]
    since = date.fromisoformat(figures["views_since"]) if figures.get("views_since") else None
    return Funnel(bars(steps), rates, since)


@dataclass(frozen=True, slots=True)
class Mails:
    """One kind of mail: how many went, wait, and were refused."""

    kind: str
    parts: list[Bar]


def mails(figures: dict[str, Any]) -> list[Mails]:
    kinds = {
        "confirmations": _("To confirm a signature"),
        "invitations": _("Personal invitations"),
        "notices": _("About a new text"),
    }
    words = (_("Sent"), _("Waiting"), _("Refused by the receiving server"))
    return [
        Mails(kinds[kind], bars(zip(words, numbers, strict=True)))
        for kind, numbers in figures.get("mail", {}).items()
        if any(numbers)
    ]


def charts_of(figures: dict[str, Any], tally: Tally) -> dict[str, Any]:
    """The page's context."""
    lists = (
        ("roles", _("Professions"), _("Profession")),
        ("affiliations", _("Organisations that people name"), _("Organisation")),
        ("countries", _("Countries"), _("Country")),
    )
    return {
        "tally": tally,
        "time": time_chart(figures),
        "lists": [
            {"name": name, "title": title, "column": column, "chart": chart}
            for name, title, column in lists
            if (chart := list_chart(figures, name))
        ],
        "sources": source_chart(figures),
        "funnel": funnel(figures),
        "mails": mails(figures),
    }
