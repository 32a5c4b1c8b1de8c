"""An organiser decides how a letter is signed, whom it addresses, and when."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction

from letters.models import Letter, Office, Role, User
from letters.services.check_member import check_member
from letters.services.current_letter import forget
from letters.services.record import record

SETTINGS = ("goal", "fields", "organisations_may_sign", "review_policy", "privacy_contact")
SCHEDULE = ("opens_at", "closes_at", "time_zone")


def change_settings(
    *, letter: Letter, offices: Collection[Office], actor: User, **values: Any
) -> bool:
    """`values` has what is in SETTINGS. Returns whether anything changed. Raises RoleEnded."""
    with transaction.atomic():
        check_member(letter=letter, user=actor, needed=Role.EDITOR)
        locked = Letter.objects.select_for_update().get(pk=letter.pk)
        before = _settings_of(locked)
        for name in SETTINGS:
            setattr(locked, name, values[name])
        locked.save(update_fields=SETTINGS)
        locked.offices.set(offices)
        return _note(locked, actor, "settings", before, _settings_of(locked))


def change_schedule(
    *,
    letter: Letter,
    opens_at: datetime | None,
    closes_at: datetime | None,
    time_zone: str,
    actor: User,
) -> bool:
    """Returns whether anything changed. The database refuses a closing before the opening. Raises
    RoleEnded."""
    with transaction.atomic():
        check_member(letter=letter, user=actor, needed=Role.EDITOR)
        locked = Letter.objects.select_for_update().get(pk=letter.pk)
        before = _schedule_of(locked)
        locked.opens_at, locked.closes_at, locked.time_zone = opens_at, closes_at, time_zone
        locked.save(update_fields=SCHEDULE)
        return _note(locked, actor, "schedule", before, _schedule_of(locked))


def _settings_of(letter: Letter) -> dict[str, Any]:
    offices = letter.offices.order_by("slug").values_list("slug", flat=True)
    return {**{name: getattr(letter, name) for name in SETTINGS}, "offices": list(offices)}


def _schedule_of(letter: Letter) -> dict[str, Any]:
    times = {"opens_at": letter.opens_at, "closes_at": letter.closes_at}
    return {
        **{name: at.isoformat() if at else None for name, at in times.items()},
        "time_zone": letter.time_zone,
    }


def _note(
    letter: Letter, actor: User, action: str, before: dict[str, Any], after: dict[str, Any]
) -> bool:
    changed = [name for name in after if before[name] != after[name]]
    if changed:
        record(
            letter,
            actor,
            action,
            before={name: before[name] for name in changed},
            after={name: after[name] for name in changed},
        )
        forget(letter.slug)
    return bool(changed)
