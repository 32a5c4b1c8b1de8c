"""What members tell each other about a signature: notes, and who looks after it."""

from collections.abc import Collection

from django.db import transaction

from letters.models import Letter, Membership, Role, User
from letters.services.check_member import check_member
from signatories.models import Signature
from verification.models import Action, Assignment, AuditEntry, Remark


def add_remark(*, letter: Letter, signature: Signature, text: str, author: User) -> Remark:
    """Notes it. The audit log says that somebody noted something, not what: an erased signature
    takes its notes along. Raises RoleEnded."""
    with transaction.atomic():
        check_member(letter=letter, user=author, needed=Role.MODERATOR)
        remark = Remark.objects.create(signature=signature, author=author, text=text)
        AuditEntry.objects.create(
            letter=letter, signature=signature, actor=author, action=Action.REMARK
        )
    return remark


def assign_signatures(
    *, letter: Letter, signature_ids: Collection[int], membership: Membership | None, actor: User
) -> int:
    """Gives the signatures to a member of the letter's coalition, or to nobody.

    Returns how many changed hands. Raises RoleEnded, also where the one who shall look after
    them is none who may decide.
    """
    with transaction.atomic():
        check_member(letter=letter, user=actor, needed=Role.MODERATOR)
        if membership is not None:
            check_member(letter=letter, user=membership.user, needed=Role.MODERATOR)
        rows = list(
            Signature.objects.of_letter(letter.pk)
            .kept()
            .filter(pk__in=signature_ids)
            .select_for_update()
            .order_by("id")
        )
        held = dict(
            Assignment.objects.filter(signature__in=rows).values_list("signature", "membership")
        )
        to = membership.pk if membership else None
        moved = [row for row in rows if held.get(row.pk) != to]
        Assignment.objects.filter(signature__in=moved).delete()
        if membership is not None:
            Assignment.objects.bulk_create(
                Assignment(signature=row, membership=membership) for row in moved
            )
        AuditEntry.objects.bulk_create(
            AuditEntry(
                letter=letter,
                signature=row,
                actor=actor,
                action=Action.ASSIGN,
                before={"membership": held.get(row.pk)},
                after={"membership": to},
            )
            for row in moved
        )
    return len(moved)
