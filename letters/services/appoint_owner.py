"""Gives a coalition that has no owner one. Only who is on the installation's console can."""

from django.db import transaction

from letters.models import Change, ChangeEntry, Coalition, Membership, Role, User
from letters.services.lock_members import lock_members
from letters.services.make_operator import account_of


class HasOwner(Exception):
    """An owner who can log in is there, and appoints others on the page of members."""


class AccountClosed(Exception):
    """The address's account is closed."""


def appoint_owner(*, coalition: Coalition, email: str) -> User:
    """The account of this address, made where there is none, without a password. Raises HasOwner,
    AccountClosed."""
    with transaction.atomic():
        members = lock_members(coalition.pk)
        if any(member.is_owner and member.user.is_active for member in members.values()):
            raise HasOwner
        user = account_of(email)
        if not user.is_active:
            raise AccountClosed
        before = members.get(user.pk)
        Membership.objects.update_or_create(
            coalition=coalition, user=user, defaults={"role": Role.OWNER}
        )
        ChangeEntry.objects.create(
            coalition=coalition,
            actor=user,
            person=user,
            change=Change.TRANSFER,
            before={"role": before.role} if before else {},
            after={"role": Role.OWNER},
        )
    return user
