"""Changes to who works in a coalition go one after the other, each under the lock of its row."""

from collections.abc import Mapping

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from letters.models import Coalition, Membership, User


class NoLongerOwner(PermissionDenied):
    """The actor's role changed after the page was loaded."""


class NotAMember(LookupError):
    """Whom the change is about has left meanwhile."""


class LastOwner(Exception):
    """The coalition would be left without an owner who can log in."""


def lock_members(coalition_id: int) -> dict[int, Membership]:
    """The coalition's memberships by user id, which nobody else changes until the transaction ends.
    Letters and signatures are not held up by the lock."""
    Coalition.objects.select_for_update(no_key=True).get(pk=coalition_id)
    members = Membership.objects.filter(coalition_id=coalition_id).select_related("user")
    return {member.user_id: member for member in members}


def lock_members_as_owner(coalition_id: int, actor: User) -> dict[int, Membership]:
    """As `lock_members`. Raises NoLongerOwner."""
    members = lock_members(coalition_id)
    own = members.get(actor.pk)
    if own is None or not own.is_owner:
        raise NoLongerOwner(_("You are no longer an owner of this coalition. Nothing was changed."))
    return members


def member_of(members: Mapping[int, Membership], user_id: int) -> Membership:
    """Raises NotAMember."""
    if user_id not in members:
        raise NotAMember
    return members[user_id]


def refuse_last_owner(members: Mapping[int, Membership], going: Membership) -> None:
    """Raises LastOwner where nobody else is an owner whose account is open."""
    others = (m for m in members.values() if m.pk != going.pk)
    if going.is_owner and not any(m.is_owner and m.user.is_active for m in others):
        raise LastOwner
