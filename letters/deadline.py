"""An office's deadline in its own time zone, and how far away it is."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icu
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.timesince import timeuntil
from django.utils.translation import get_language
from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Deadline:
    """`is_day`: the office named a day and no hour; `at` is then the end of that day."""

    at: datetime
    zone: str
    is_day: bool
    now: datetime

    @property
    def is_past(self) -> bool:
        return self.now > self.at

    @property
    def words(self) -> str:
        """Such as “15 March 2025, 11:59 pm Eastern Time”, in the language at hand."""
        local = self.at.astimezone(ZoneInfo(self.zone))
        if self.is_day:
            day = date_format(local, "DATE_FORMAT")
            return _("%(day)s (the hour is not known)") % {"day": day}
        if (get_language() or "en").startswith("en"):  # as notices of offices write the hour
            half = "am" if local.hour < 12 else "pm"
            time = f"{date_format(local, 'DATE_FORMAT')}, {local.hour % 12 or 12}:{local:%M} {half}"
        else:
            time = date_format(local, "DATETIME_FORMAT")
        return f"{time} {zone_name(self.zone)}"

    @property
    def distance(self) -> str:
        """How long until then, or since, in two units, such as “3 days, 4 hours”."""
        first, last = sorted((self.now, self.at))
        return timeuntil(*_on_the_wall(first, last, ZoneInfo(self.zone)))


def _on_the_wall(first: datetime, last: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The end and the start of a time as plain dates: whole days as the calendar there counts them,
    also where the clocks change between, and the rest as it passes."""
    start = first.astimezone(zone)
    days = (last.astimezone(zone).replace(tzinfo=None) - start.replace(tzinfo=None)).days
    rest = _passed(start + timedelta(days=days), last)
    if rest < timedelta(0):  # the clocks went back within the last of them
        days -= 1
        rest = _passed(start + timedelta(days=days), last)
    begin = start.replace(tzinfo=None)
    return begin + timedelta(days=days) + rest, begin


def _passed(first: datetime, last: datetime) -> timedelta:
    """Times of one zone would be subtracted as clocks show them, so both are taken in UTC."""
    return last.astimezone(UTC) - first.astimezone(UTC)


def zone_name(zone: str) -> str:
    """What a zone is called all year, in the language at hand, such as “Eastern Time”."""
    if zone == "UTC":
        return zone
    name: str = icu.TimeZone.createTimeZone(zone).getDisplayName(
        False, icu.TimeZone.LONG_GENERIC, icu.Locale(get_language() or "en")
    )
    return name


def frozen_deadline(rules: dict[str, Any], now: datetime | None = None) -> Deadline | None:
    """The deadline among the rules that were frozen with a delivery."""
    at = parse_datetime(rules.get("deadline_at") or "")
    if at is None:
        return None
    is_day = rules.get("deadline_is_day", False)
    return Deadline(at, rules["time_zone"], is_day, now or timezone.now())
