"""Personal invitations: written down here, mailed by the worker, accepted by confirming."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from common.canonical import canonical_email
from common.crypto import email_digest, encrypt
from letters.models import Letter, Role, User
from letters.services.check_member import check_member
from signatories.models import Mark, Signature, Source
from verification.models import Action, AuditEntry, Invitation
from verification.services.give_evidence import give_evidence, take_evidence


@dataclass(frozen=True, slots=True)
class Invitee:
    name: str
    email: str


def invite(*, letter: Letter, invitees: list[Invitee], language: str, actor: User) -> int:
    """Writes down who is invited; an address that was invited before is left as it is, and one
    that has signed is marked without a mail. Returns how many are new. Raises RoleEnded."""
    new = 0
    with transaction.atomic():
        check_member(letter=letter, user=actor, needed=Role.EDITOR)
        for invitee in invitees:
            digest = email_digest(canonical_email(invitee.email))
            _invitation, made = Invitation.objects.get_or_create(
                letter=letter,
                email_digest=digest,
                defaults={
                    "name": invitee.name,
                    "language": language,
                    "email_encrypted": encrypt(invitee.email),
                    "invited_by": actor,
                },
            )
            new += made
            signed = Signature.objects.filter(
                letter=letter, email_digest=digest, confirmed_at__isnull=False
            ).first()
            if made and signed is not None:
                accept_invitation(signature=signed)
        if new:
            AuditEntry.objects.create(
                letter=letter, actor=actor, action=Action.INVITE, note=str(new)
            )
    return new


def accept_invitation(*, signature: Signature) -> None:
    """Marks a confirmed signature as invited where its address was."""
    accepted = Invitation.objects.filter(
        letter_id=signature.letter_id,
        email_digest=bytes(signature.email_digest),
        revoked_at__isnull=True,
    ).update(signature=signature)
    if accepted:
        give_evidence(signature_id=signature.pk, kind=Mark.INVITATION)
        Signature.objects.filter(pk=signature.pk).update(source=Source.INVITATION)


def resend_invitation(*, invitation: Invitation, actor: User) -> bool:
    """Sends its mail once more, at most once a day. Returns whether it will go: not to who has
    signed, and not where it was revoked or waits to be sent. Raises RoleEnded."""
    a_day_ago = timezone.now() - timedelta(days=1)
    due = Invitation.objects.filter(
        pk=invitation.pk, signature__isnull=True, revoked_at__isnull=True
    ).filter(Q(sent_at__lt=a_day_ago) | Q(refused_at__isnull=False))
    with transaction.atomic():
        check_member(letter=invitation.letter, user=actor, needed=Role.EDITOR)
        goes = bool(due.update(sent_at=None, refused_at=None, due_at=timezone.now()))
        if goes:
            _record(invitation, Action.RESEND, actor)
    return goes


def revoke_invitation(*, invitation: Invitation, actor: User) -> None:
    """Its link works no more; a signature that it marked loses the mark and stays. Raises
    RoleEnded."""
    with transaction.atomic():
        check_member(letter=invitation.letter, user=actor, needed=Role.EDITOR)
        locked = Invitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
        if locked.revoked_at is not None:
            return
        locked.revoked_at = timezone.now()
        locked.save(update_fields=["revoked_at"])
        _record(locked, Action.REVOKE, actor)
        if locked.signature_id is not None:
            take_evidence(signature_id=locked.signature_id, kind=Mark.INVITATION)


def _record(invitation: Invitation, action: Action, actor: User) -> None:
    AuditEntry.objects.create(
        letter_id=invitation.letter_id,
        signature_id=invitation.signature_id,
        actor=actor,
        action=action,
        after={"invitation": invitation.pk},
    )
