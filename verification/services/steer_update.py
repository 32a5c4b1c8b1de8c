"""An editor sends, schedules, pauses, resumes or stops an update."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from letters.models import Letter, Role, User
from letters.services.check_member import check_member
from letters.services.record import record
from verification.models import Action, Update, UpdateState
from verification.services.write_update import UpdateChanged, lock_update

# By what was pressed: from which states, to which, and its name in the audit log.
STEPS = {
    "unschedule": ((UpdateState.SCHEDULED,), UpdateState.DRAFT, Action.CANCEL_UPDATE),
    "pause": ((UpdateState.SENDING,), UpdateState.PAUSED, Action.HALT_UPDATE),
    "resume": ((UpdateState.PAUSED,), UpdateState.SENDING, Action.RESUME_UPDATE),
    "stop": (
        (UpdateState.SENDING, UpdateState.PAUSED),
        UpdateState.CANCELLED,
        Action.CANCEL_UPDATE,
    ),
}


def send_update(
    *, letter: Letter, update_id: int, seen: int, actor: User, at: datetime | None = None
) -> Update:
    """Lets the words that were seen go out at this instant (default now); a worker begins then.

    Raises UpdateChanged where they are others meanwhile, RoleEnded.
    """
    with transaction.atomic():
        update = _locked(letter, update_id, actor)
        if update.state != UpdateState.DRAFT or update.revision != seen:
            raise UpdateChanged
        update.state, update.starts_at = UpdateState.SCHEDULED, at or timezone.now()
        update.save(update_fields=["state", "starts_at"])
        after = {"update": update.pk, "starts_at": update.starts_at.isoformat()}
        record(letter, actor, Action.SEND_UPDATE, after=after)
    return update


def steer_update(*, letter: Letter, update_id: int, step: str, actor: User) -> Update:
    """Takes one of STEPS. The mails that are on their way at this moment still go.

    Raises UpdateChanged where its state has no such step, RoleEnded.
    """
    with transaction.atomic():
        update = _locked(letter, update_id, actor)
        before = update.state
        old, new, action = STEPS.get(step, ((), None, None))
        if new is None or action is None or before not in old:
            raise UpdateChanged
        update.state = new
        if new == UpdateState.CANCELLED:
            update.finished_at = timezone.now()
        update.save(update_fields=["state", "finished_at"])
        record(
            letter,
            actor,
            action,
            before={"update": update.pk, "state": str(before)},
            after={"update": update.pk, "state": str(new)},
        )
    return update


def _locked(letter: Letter, update_id: int, actor: User) -> Update:
    check_member(letter=letter, user=actor, needed=Role.EDITOR)
    return lock_update(letter, update_id)
