"""Writes what a member did to a letter into the audit log."""

from typing import Any

from django.apps import apps

from letters.models import Letter, User


def record(
    letter: Letter,
    actor: User | None,
    action: str,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    note: str = "",
) -> None:
    """Call it in the transaction of the change itself. `action` is one of verification's `Action`;
    nobody is the actor of what the clock does.

    The log belongs to that room, which imports this one; so its model is asked for by name.
    """
    log = apps.get_model("verification", "AuditEntry")
    log._default_manager.create(
        letter=letter,
        actor=actor,
        action=action,
        note=note,
        before=before or {},
        after=after or {},
    )
