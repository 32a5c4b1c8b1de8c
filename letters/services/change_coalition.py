"""Changes what a coalition is called, says of itself and asks of its members."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from letters.models import Change, ChangeEntry, Coalition, User
from letters.services.current_letter import forget
from letters.services.lock_members import lock_members_as_owner

SETTINGS = ("name", "slug", "description", "website", "imprint", "mfa_required")


def change_coalition(*, coalition: Coalition, values: Mapping[str, Any], actor: User) -> Coalition:
    """The coalition as it is now. Raises NoLongerOwner; IntegrityError where the slug has been
    taken meanwhile."""
    with transaction.atomic():
        lock_members_as_owner(coalition.pk, actor)
        current = Coalition.objects.get(pk=coalition.pk)
        before = {name: getattr(current, name) for name in SETTINGS}
        changed = {name for name in SETTINGS if values[name] != before[name]}
        if not changed:
            return current
        for name in changed:
            setattr(current, name, values[name])
        current.save(update_fields=sorted(changed))
        ChangeEntry.objects.create(
            coalition=current,
            actor=actor,
            change=Change.SETTINGS,
            before={name: before[name] for name in SETTINGS if name in changed},
            after={name: values[name] for name in SETTINGS if name in changed},
        )
        slugs = list(current.letters.values_list("slug", flat=True))
    for slug in slugs:
        forget(slug)
    return current
