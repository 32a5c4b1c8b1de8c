"""A member's right to act, looked at again in the transaction that acts."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from letters.models import Letter, Membership, Role, User


class RoleEnded(PermissionDenied):
    """The role was taken away, or made smaller, after the page had let them in."""


def check_member(*, letter: Letter, user: User, needed: Role) -> Membership:
    """As `check_member_of`, for the coalition of a letter."""
    return check_member_of(coalition_id=letter.coalition_id, user=user, needed=needed)


def check_member_of(*, coalition_id: int, user: User, needed: Role) -> Membership:
    """The user's membership, locked until the transaction ends: whoever takes the role away waits
    for this decision, or this decision does not happen. Work in the background asks with each
    batch; an account that was closed has ended there too.

    Rows of the letter are locked after it. Before it stand only the coalition's row, which whoever
    takes roles away locks first, and that of a run in the background. Raises RoleEnded.
    """
    membership = (
        Membership.objects.select_for_update(no_key=True, of=("self",))
        .filter(coalition_id=coalition_id, user_id=user.pk, user__is_active=True)
        .first()
    )
    if membership is None or not Role(membership.role).includes(needed):
        raise RoleEnded(_("Your role no longer allows this. Nothing was changed."))
    return membership
