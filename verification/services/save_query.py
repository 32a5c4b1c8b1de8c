"""A filter of the moderation list under a name."""

from django.db import IntegrityError, transaction

from letters.models import Letter, Role, User
from letters.services.check_member import check_member
from verification.models import Action, AuditEntry, SavedQuery
from verification.queue import names_address


class NameTaken(Exception):
    """The letter has a query of this name."""


class NotSavable(Exception):
    """The filter is empty, or asks for a mail address, which is written nowhere."""


def save_query(*, letter: Letter, name: str, typed: dict[str, str], actor: User) -> SavedQuery:
    """Saves it for all members. Raises NameTaken, NotSavable, RoleEnded."""
    if not typed or names_address(typed):
        raise NotSavable
    try:
        with transaction.atomic():
            check_member(letter=letter, user=actor, needed=Role.MODERATOR)
            saved = SavedQuery.objects.create(
                letter=letter, name=name, filters=typed, created_by=actor
            )
            AuditEntry.objects.create(letter=letter, actor=actor, action=Action.SAVE, note=name)
    except IntegrityError:
        raise NameTaken from None
    return saved


def forget_query(*, letter: Letter, query_id: int, actor: User) -> None:
    """Removes it; what was decided with it stands. Raises SavedQuery.DoesNotExist, RoleEnded."""
    with transaction.atomic():
        check_member(letter=letter, user=actor, needed=Role.MODERATOR)
        saved = SavedQuery.objects.select_for_update().get(letter=letter, pk=query_id)
        AuditEntry.objects.create(letter=letter, actor=actor, action=Action.FORGET, note=saved.name)
        saved.delete()
