"""Roles and departures. Each change locks the coalition, looks again, writes and logs."""

from django.db import transaction

from letters.models import Change, ChangeEntry, Coalition, Membership, Role, User
from letters.services.lock_members import (
    lock_members,
    lock_members_as_owner,
    member_of,
    refuse_last_owner,
)


def change_role(*, coalition: Coalition, user_id: int, role: Role, actor: User) -> None:
    """Raises NoLongerOwner, NotAMember, LastOwner."""
    with transaction.atomic():
        members = lock_members_as_owner(coalition.pk, actor)
        member = member_of(members, user_id)
        if member.role == role:
            return
        refuse_last_owner(members, member)
        _give(member, role, change=Change.ROLE, actor=actor)


def transfer_ownership(*, coalition: Coalition, user_id: int, actor: User) -> None:
    """The member becomes an owner and the actor an editor. Raises NoLongerOwner, NotAMember;
    LastOwner where the member's account is closed."""
    with transaction.atomic():
        members = lock_members_as_owner(coalition.pk, actor)
        heir = member_of(members, user_id)
        if user_id == actor.pk:
            return
        _give(heir, Role.OWNER, change=Change.TRANSFER, actor=actor)
        refuse_last_owner(members, members[actor.pk])
        _give(members[actor.pk], Role.EDITOR, change=Change.ROLE, actor=actor)


def remove_member(*, coalition: Coalition, user_id: int, actor: User) -> None:
    """Raises NoLongerOwner, NotAMember, LastOwner."""
    with transaction.atomic():
        members = lock_members_as_owner(coalition.pk, actor)
        member = member_of(members, user_id)
        refuse_last_owner(members, member)
        _end(member, change=Change.REMOVE, actor=actor)


def leave_coalition(*, coalition: Coalition, actor: User) -> None:
    """Raises NotAMember, LastOwner."""
    with transaction.atomic():
        members = lock_members(coalition.pk)
        member = member_of(members, actor.pk)
        refuse_last_owner(members, member)
        _end(member, change=Change.LEAVE, actor=actor)


def _give(member: Membership, role: Role, *, change: Change, actor: User) -> None:
    before, member.role = member.role, role
    member.save(update_fields=["role"])
    ChangeEntry.objects.create(
        coalition_id=member.coalition_id,
        actor=actor,
        person_id=member.user_id,
        change=change,
        before={"role": before},
        after={"role": role},
    )


def _end(member: Membership, *, change: Change, actor: User) -> None:
    member.delete()
    ChangeEntry.objects.create(
        coalition_id=member.coalition_id,
        actor=actor,
        person_id=member.user_id,
        change=change,
        before={"role": member.role},
    )
