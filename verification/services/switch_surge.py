"""An organiser asks everybody who signs a letter for a proof of work, or no longer does."""

from django.db import transaction

from letters.models import Letter, Role, User
from letters.services.check_member import check_member
from verification.models import Action, AuditEntry


def switch_surge(*, letter: Letter, on: bool, actor: User) -> None:
    """Switches surge mode; each web process notices within a second or two. Raises RoleEnded."""
    with transaction.atomic():
        check_member(letter=letter, user=actor, needed=Role.MODERATOR)
        locked = Letter.objects.select_for_update().get(pk=letter.pk)
        if locked.surge_mode == on:
            return
        locked.surge_mode = on
        locked.save(update_fields=["surge_mode"])
        AuditEntry.objects.create(
            letter=locked, actor=actor, action=Action.SURGE if on else Action.CALM
        )
