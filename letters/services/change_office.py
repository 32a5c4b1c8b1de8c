"""An operator adds an office or changes its rules; editors say what differs for their letter."""

from typing import Any

from django.db import transaction

from letters.models import Change, ChangeEntry, Letter, Office, Role, RuleOverride, User
from letters.models.rule_override import OVERRIDABLE, plain
from letters.services.check_member import check_member
from letters.services.record import record


def add_office(*, values: dict[str, Any], actor: User) -> Office:
    """A new office; `values` by the names of its fields."""
    with transaction.atomic():
        office = Office.objects.create(**values)
        _note(actor, Change.NEW_OFFICE, office, {}, values)
    return office


def change_office(*, office_id: int, values: dict[str, Any], actor: User) -> bool:
    """Sets these fields of an office. Returns whether anything changed; frozen deliveries keep the
    rules that they were made by."""
    with transaction.atomic():
        office = Office.objects.select_for_update(no_key=True).get(pk=office_id)
        before = {name: getattr(office, name) for name in values}
        changed = [name for name in values if before[name] != values[name]]
        if not changed:
            return False
        for name in changed:
            setattr(office, name, values[name])
        office.save(update_fields=changed)
        old, new = ({name: state[name] for name in changed} for state in (before, values))
        _note(actor, Change.OFFICE, office, old, new)
    return True


def _note(
    actor: User, change: Change, office: Office, before: dict[str, Any], after: dict[str, Any]
) -> None:
    ChangeEntry.objects.create(
        actor=actor,
        change=change,
        before={"office": office.slug, **_plain(before)},
        after={"office": office.slug, **_plain(after)},
    )


def override_rules(
    *, letter: Letter, office: Office, values: dict[str, Any], source: str, actor: User
) -> bool:
    """What holds for this letter instead of the office's own rules, and who says so; None: there is
    no such rule for it. Values that are the office's own are dropped; without any left, its own
    hold again.

    Returns whether anything changed. Raises RoleEnded.
    """
    with transaction.atomic():
        check_member(letter=letter, user=actor, needed=Role.EDITOR)
        # Editors who save at once wait for one another.
        Letter.objects.select_for_update(no_key=True).get(pk=letter.pk)
        override = RuleOverride.objects.filter(letter=letter, office=office).first()
        before = _state(override)
        rules = {
            name: values[name]
            for name in OVERRIDABLE
            if name in values and (values[name] is None or values[name] != getattr(office, name))
        }
        if not rules:
            RuleOverride.objects.filter(letter=letter, office=office).delete()
            override = None
        else:
            override, _ = RuleOverride.objects.update_or_create(
                letter=letter,
                office=office,
                defaults={"rules": _plain(rules), "source": source, "changed_by": actor},
            )
        after = _state(override)
        if before == after:
            return False
        named = {"office": office.slug}
        record(
            letter,
            actor,
            "office_rules",
            before={**named, **before},
            after={**named, **after},
            note=f"{office}: {source}"[:500] if rules else str(office),
        )
    return True


def _state(override: RuleOverride | None) -> dict[str, Any]:
    return {"source": override.source, **override.rules} if override else {}


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {name: plain(value) for name, value in values.items()}
