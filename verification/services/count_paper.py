"""Signatures on paper are numbers that organisers answer for; none is a signature here."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from letters.models import Letter, Role, User
from letters.services.check_member import check_member
from signatories.models import PaperCount
from signatories.services.refresh_tallies import refresh_tallies
from verification.models import Action, AuditEntry


def record_paper(
    *, letter: Letter, number: int, collected_on: date, note: str, actor: User
) -> PaperCount:
    """Adds them to the letter's number on paper. Raises RoleEnded."""
    with transaction.atomic():
        check_member(letter=letter, user=actor, needed=Role.EDITOR)
        paper = PaperCount.objects.create(
            letter=letter, number=number, collected_on=collected_on, note=note, recorded_by=actor
        )
        _write_down(paper, Action.PAPER, actor)
    return paper


def take_back_paper(*, paper: PaperCount, actor: User) -> None:
    """Takes them off again; that they stood there stays readable. Twice changes nothing. Raises
    RoleEnded."""
    with transaction.atomic():
        check_member(letter=paper.letter, user=actor, needed=Role.EDITOR)
        locked = PaperCount.objects.select_for_update(of=("self",)).get(pk=paper.pk)
        if locked.taken_back_at is not None:
            return
        locked.taken_back_at = timezone.now()
        locked.save(update_fields=["taken_back_at"])
        _write_down(locked, Action.UNPAPER, actor)


def _write_down(paper: PaperCount, action: Action, actor: User) -> None:
    AuditEntry.objects.create(
        letter_id=paper.letter_id,
        actor=actor,
        action=action,
        note=f"{paper.number:,}: {paper.note}",
        after={"number": paper.number, "collected_on": paper.collected_on.isoformat()},
    )
    refresh_tallies(letter_ids=[paper.letter_id])
