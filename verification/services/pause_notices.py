"""An organiser stops the mails about a new text, or lets them go on."""

from django.db import transaction

from letters.models import Letter, Role, User, Version
from letters.services.check_member import check_member
from letters.services.record import record


def pause_notices(*, letter: Letter, number: int, paused: bool, actor: User) -> bool:
    """Returns whether it changed. A batch that is on its way goes out; the rest waits in its rows.
    Raises Version.DoesNotExist, RoleEnded."""
    with transaction.atomic():
        check_member(letter=letter, user=actor, needed=Role.EDITOR)
        version = (
            Version.objects.select_for_update()
            .filter(letter=letter, published_at__isnull=False)
            .get(number=number)
        )
        if version.notices_paused == paused:
            return False
        version.notices_paused = paused
        version.save(update_fields=["notices_paused"])
        action = "pause_mails" if paused else "go_on_mails"
        record(letter, actor, action, after={"version": number})
    return True
