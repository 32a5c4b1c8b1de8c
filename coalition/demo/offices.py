"""Loads the offices of the demo with what is known of their submission rules."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from coalition.demo.files import read_toml
from letters.models import Office


def seed_offices() -> dict[str, Office]:
    """Makes the offices that are missing; one that exists may have been edited and is left alone."""
    return {
        fields["slug"]: Office.objects.get_or_create(slug=fields["slug"], defaults=fields)[0]
        for fields in map(_fields, read_toml("offices")["offices"])
    }


def _fields(data: dict[str, Any]) -> dict[str, Any]:
    fields = dict(data)
    deadline: datetime | None = fields.pop("deadline", None)
    if deadline is not None:
        fields["deadline_at"] = deadline.replace(tzinfo=ZoneInfo(fields["time_zone"]))
    return fields
