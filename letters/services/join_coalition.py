"""Accepts an invitation to work in a coalition. Its link proves the address, and works once."""

from allauth.account.models import EmailAddress
from django.db import transaction

from common.tokens import make_token, read_token
from letters.models import Change, ChangeEntry, MemberInvitation, Membership, User
from letters.models.member_invitation import VALID
from letters.services.lock_members import lock_members

PURPOSE = "join"


class Gone(Exception):
    """The invitation was accepted or revoked."""


class AccountExists(Exception):
    """The address has an account, which must be logged in to."""


def join_token(invitation: MemberInvitation) -> str:
    return make_token(PURPOSE, str(invitation.pk))


def read_invitation(token: str) -> MemberInvitation:
    """Raises common.tokens.TokenExpired, TokenError, Gone."""
    invitation_id = int(read_token(PURPOSE, token, max_age=VALID))
    invitation = (
        MemberInvitation.objects.select_related("coalition", "invited_by")
        .filter(pk=invitation_id)
        .first()
    )
    if invitation is None:
        raise Gone
    return invitation


def join_coalition(*, invitation: MemberInvitation, user: User) -> None:
    """Makes the user a member; who is one already keeps the role. Raises Gone."""
    with transaction.atomic():
        members = lock_members(invitation.coalition_id)
        pending = MemberInvitation.objects.select_for_update().filter(pk=invitation.pk).first()
        if pending is None:
            raise Gone
        pending.delete()
        if user.pk in members:
            return
        Membership.objects.create(coalition_id=pending.coalition_id, user=user, role=pending.role)
        ChangeEntry.objects.create(
            coalition_id=pending.coalition_id,
            actor=user,
            person=user,
            change=Change.JOIN,
            after={"role": pending.role},
        )


def join_with_new_account(*, invitation: MemberInvitation, name: str, password: str) -> User:
    """Opens an account for the invited address, confirmed by the link. Raises Gone, AccountExists;
    IntegrityError where the address gets an account at the same moment."""
    email = invitation.email.lower()  # as allauth keeps and looks for it
    with transaction.atomic():
        taken = EmailAddress.objects.filter(email=email, verified=True).exists()
        if taken or User.objects.filter(email__iexact=email).exists():
            raise AccountExists
        user = User.objects.create_user(email, password, name=name)
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
        join_coalition(invitation=invitation, user=user)
    return user
