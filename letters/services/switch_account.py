"""Closes an account, or opens it again. Operators do it."""

from django.db import transaction

from letters.models import Change, ChangeEntry, User
from letters.services.end_sessions import end_sessions


class OwnAccount(Exception):
    """An operator's own, so that one operator always stays."""


def switch_account(*, user: User, is_active: bool, actor: User) -> bool:
    """Whether it changed. A closed account is logged out everywhere at once and keeps its roles.
    Raises OwnAccount."""
    if user.pk == actor.pk:
        raise OwnAccount
    with transaction.atomic():
        locked = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        if locked.is_active == is_active:
            return False
        locked.is_active = is_active
        locked.save(update_fields=["is_active"])
        if not is_active:
            end_sessions(user=locked)
        change = Change.REOPEN if is_active else Change.CLOSE
        ChangeEntry.objects.create(actor=actor, person=locked, change=change)
    return True
