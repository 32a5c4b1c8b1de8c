"""Invitations to work in a coalition: written down here, mailed by the worker."""

from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import timezone

from common.canonical import canonical_email
from common.crypto import email_digest, encrypt
from common.throttle import take_place, use_once
from letters.models import Change, ChangeEntry, Coalition, MemberInvitation, Role, User
from letters.services.lock_members import lock_members_as_owner

MOST_PENDING = 100
# An address gets a mail only so often, however often somebody asks for it.
PAUSE = timedelta(minutes=10)
# And so many mails a day of all coalitions together; past them it looks as where its server
# refuses, so that no coalition learns of the others.
MOST_A_DAY = 8


class AlreadyMember(Exception):
    """The address belongs to a member."""


class AlreadyInvited(Exception):
    """The address has a pending invitation."""


class TooManyPending(Exception):
    """The coalition has as many pending invitations as it may."""


class TooSoon(Exception):
    """The last mail went less than `PAUSE` ago, or has not gone yet."""


def invite_member(
    *, coalition: Coalition, email: str, role: Role, language: str, actor: User
) -> MemberInvitation:
    """Does the same for an address with and without an account, so that nobody learns which has
    one. Raises NoLongerOwner, AlreadyMember, AlreadyInvited, TooManyPending, TooSoon."""
    with transaction.atomic():
        members = lock_members_as_owner(coalition.pk, actor)
        if EmailAddress.objects.filter(user_id__in=members, email__iexact=email).exists():
            raise AlreadyMember
        digest = email_digest(canonical_email(email))
        pending = MemberInvitation.objects.filter(coalition=coalition)
        if pending.filter(email_digest=digest).exists():
            raise AlreadyInvited
        if pending.count() >= MOST_PENDING:
            raise TooManyPending
        if not _pause_is_over(coalition, digest):
            raise TooSoon
        invitation = MemberInvitation.objects.create(
            coalition=coalition,
            invited_by=actor,
            email_encrypted=encrypt(email),
            email_digest=digest,
            role=role,
            language=language,
            refused_at=_refused_at(digest),
        )
        _note(Change.INVITE, invitation, actor)
    return invitation


def resend_invitation(*, coalition: Coalition, invitation_id: int, actor: User) -> None:
    """A new mail with a new link; it is valid anew. Raises NoLongerOwner, TooSoon,
    MemberInvitation.DoesNotExist."""
    with transaction.atomic():
        lock_members_as_owner(coalition.pk, actor)
        invitation = _pending(coalition, invitation_id)
        last = invitation.sent_at or invitation.refused_at
        if last is None or last > timezone.now() - PAUSE:
            raise TooSoon
        _pause_is_over(coalition, bytes(invitation.email_digest))
        invitation.sent_at = None
        invitation.refused_at = _refused_at(bytes(invitation.email_digest))
        invitation.save(update_fields=["sent_at", "refused_at"])
        _note(Change.RESEND, invitation, actor)


def revoke_invitation(*, coalition: Coalition, invitation_id: int, actor: User) -> None:
    """Its link works no more. Raises NoLongerOwner, MemberInvitation.DoesNotExist."""
    with transaction.atomic():
        lock_members_as_owner(coalition.pk, actor)
        invitation = _pending(coalition, invitation_id)
        _note(Change.REVOKE, invitation, actor)
        invitation.delete()


def _pause_is_over(coalition: Coalition, digest: bytes) -> bool:
    """Whether this address was not asked for in `PAUSE`; begins the next one. The row cannot say,
    for revoking deletes it, and inviting anew would be another mail."""
    key = f"member-invitation:{coalition.pk}:{digest.hex()[:24]}"
    return use_once(key, int(PAUSE.total_seconds()))


def _refused_at(digest: bytes) -> datetime | None:
    """None where the address may get one more mail today."""
    key = f"member-mail:{digest.hex()[:24]}"
    has_room = take_place(key, places=MOST_A_DAY, seconds=24 * 3600)
    return None if has_room else timezone.now()


def _pending(coalition: Coalition, invitation_id: int) -> MemberInvitation:
    return MemberInvitation.objects.select_for_update().get(pk=invitation_id, coalition=coalition)


def _note(change: Change, invitation: MemberInvitation, actor: User) -> None:
    """The log names no address, because it is kept for good: only where the address is."""
    domain = invitation.email.rpartition("@")[2]
    ChangeEntry.objects.create(
        coalition_id=invitation.coalition_id,
        actor=actor,
        change=change,
        after={"role": invitation.role, "domain": domain},
    )
