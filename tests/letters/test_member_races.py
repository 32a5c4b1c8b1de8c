"""Real threads, real transactions: a coalition always keeps an owner, a link works once."""

from __future__ import annotations

from functools import partial

import pytest

from letters.models import MemberInvitation, Membership, Role
from letters.services.change_members import leave_coalition, remove_member
from letters.services.invite_member import invite_member
from letters.services.join_coalition import join_with_new_account
from letters.services.lock_members import LastOwner, NoLongerOwner
from tests.builders import a_coalition, a_member
from tests.verification.test_races import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


def test_two_owners_who_leave_at_once_leave_one() -> None:
    coalition = a_coalition()
    for n in range(5):
        owners = [a_member(coalition, Role.OWNER, f"{n}{x}@mail.example") for x in "ab"]
        results = at_once(
            *(partial(leave_coalition, coalition=coalition, actor=owner) for owner in owners)
        )
        assert {type(result) for result in results} == {type(None), LastOwner}
        assert Membership.objects.count() == 1
        Membership.objects.all().delete()


def test_two_owners_who_remove_each_other_leave_one() -> None:
    coalition = a_coalition()
    for n in range(5):
        a, b = (a_member(coalition, Role.OWNER, f"{n}{x}@mail.example") for x in "ab")
        results = at_once(
            partial(remove_member, coalition=coalition, user_id=b.pk, actor=a),
            partial(remove_member, coalition=coalition, user_id=a.pk, actor=b),
        )
        assert {type(result) for result in results} == {type(None), NoLongerOwner}
        assert Membership.objects.count() == 1
        Membership.objects.all().delete()


def test_link_opened_twice_at_once_makes_one_member() -> None:
    coalition = a_coalition()
    owner = a_member(coalition, Role.OWNER)
    for n in range(5):
        invite_member(
            coalition=coalition,
            email=f"new{n}@mail.example",
            role=Role.VIEWER,
            language="en",
            actor=owner,
        )
        invitation = MemberInvitation.objects.get()
        accept = partial(
            join_with_new_account, invitation=invitation, name="New", password="a harbour at night"
        )
        results = at_once(accept, accept)
        assert sum(isinstance(result, Exception) for result in results) == 1
        assert Membership.objects.count() == n + 2
