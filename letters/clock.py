"""The time zone in which organisers write a letter's times."""

from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from letters.models import Letter


def zone_of(letter: Letter) -> ZoneInfo:
    try:
        return ZoneInfo(letter.time_zone)
    except (ZoneInfoNotFoundError, ValueError):  # the system no longer knows the name
        return ZoneInfo("UTC")


@lru_cache
def zone_choices() -> list[tuple[str, str | list[tuple[str, str]]]]:
    """Zones by continent, as the IANA database names them."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for name in sorted(available_timezones()):
        area, _, place = name.partition("/")
        if place and area not in ("Etc", "SystemV", "US", "posix", "right"):
            groups.setdefault(area, []).append((name, place.replace("_", " ")))
    return [("UTC", "UTC"), *groups.items()]
