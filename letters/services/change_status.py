"""An organiser pauses, closes or reopens a letter, or ends its embargo."""

from django.db import transaction
from django.utils import timezone

from letters.models import Letter, LetterStatus, Role, User
from letters.services.check_member import check_member
from letters.services.current_letter import forget
from letters.services.record import record

# What may become what, and the name of it in the audit log.
STEPS = {
    (LetterStatus.OPEN, LetterStatus.PAUSED): "pause",
    (LetterStatus.PAUSED, LetterStatus.OPEN): "resume",
    (LetterStatus.OPEN, LetterStatus.CLOSED): "close",
    (LetterStatus.PAUSED, LetterStatus.CLOSED): "close",
    (LetterStatus.CLOSED, LetterStatus.OPEN): "reopen",
    (LetterStatus.EMBARGOED, LetterStatus.OPEN): "reveal",
}


class NotPossible(ValueError):
    """No such step from the status that the letter has; somebody may have changed it."""


class ClosingIsPast(ValueError):
    """The letter would be open and take no signature, because its closing time has passed."""


def steps_from(letter: Letter) -> list[tuple[LetterStatus, str]]:
    """What an organiser may do now: the status it leads to, and its name."""
    return [(to, action) for (old, to), action in STEPS.items() if old == _status_of(letter)]


def _status_of(letter: Letter) -> LetterStatus:
    """An embargo whose time has come is none, whatever the row still says."""
    if letter.status == LetterStatus.EMBARGOED and not letter.is_sealed():
        return LetterStatus.OPEN
    return LetterStatus(letter.status)


def change_status(*, letter: Letter, to: LetterStatus, actor: User) -> str:
    """Returns what was done, such as `pause`. Raises NotPossible, ClosingIsPast,
    RoleEnded."""
    with transaction.atomic():
        check_member(letter=letter, user=actor, needed=Role.EDITOR)
        locked = Letter.objects.select_for_update().get(pk=letter.pk)
        action = STEPS.get((_status_of(locked), to))
        if action is None:
            raise NotPossible
        past = locked.closes_at is not None and locked.closes_at <= timezone.now()
        if to == LetterStatus.OPEN and past:
            raise ClosingIsPast
        before, locked.status, locked.withdrawn_at = locked.status, to, None
        if action == "reveal":  # now, not at the time that was set
            locked.opens_at = timezone.now()
        locked.save(update_fields=["status", "opens_at", "withdrawn_at"])
        record(locked, actor, action, before={"letter": str(before)}, after={"letter": str(to)})
    forget(locked.slug)
    return action


def withdraw_letter(*, letter: Letter, actor: User) -> None:
    """The organisers no longer stand by the letter: it is closed until they reopen it, its
    page says so, and no mail with it leaves any more. Raises NotPossible, RoleEnded."""
    with transaction.atomic():
        check_member(letter=letter, user=actor, needed=Role.OWNER)
        locked = Letter.objects.select_for_update().get(pk=letter.pk)
        if not may_withdraw(locked):
            raise NotPossible
        before, locked.status = locked.status, LetterStatus.CLOSED
        locked.withdrawn_at = timezone.now()
        locked.save(update_fields=["status", "withdrawn_at"])
        after = {"letter": str(LetterStatus.CLOSED)}
        record(locked, actor, "withdraw", before={"letter": str(before)}, after=after)
    forget(locked.slug)


def may_withdraw(letter: Letter) -> bool:
    """Whether it is public and not withdrawn: a draft is discarded, an embargo ended first."""
    public = (LetterStatus.OPEN, LetterStatus.PAUSED, LetterStatus.CLOSED)
    return letter.withdrawn_at is None and _status_of(letter) in public
