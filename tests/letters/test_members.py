"""Who works in a coalition: roles, removal, leaving, handing over."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from letters.models import Change, ChangeEntry, Coalition, Letter, Membership, Role, User
from letters.services.change_members import change_role, remove_member
from letters.services.lock_members import NoLongerOwner
from tests.builders import a_coalition, a_letter, a_member

pytestmark = pytest.mark.django_db
MEMBERS = "/organise/coalitions/makers/members/"


@pytest.fixture
def owner(db: None) -> User:
    return a_member(a_coalition(), Role.OWNER)


@pytest.fixture
def editor(owner: User) -> User:
    return a_member(Coalition.objects.get(), Role.EDITOR)


@pytest.fixture
def owner_client(owner: User) -> Client:
    client = Client()
    client.force_login(owner)
    return client


def role_of(user: User) -> str | None:
    membership = Membership.objects.filter(user=user).first()
    return membership.role if membership else None


def changes() -> list[str]:
    return [entry.change for entry in ChangeEntry.objects.order_by("id")]


def test_owner_changes_a_role(owner_client: Client, editor: User) -> None:
    response = owner_client.post(f"{MEMBERS}{editor.pk}/role/", {"role": "viewer"})
    assert (response.status_code, response["Location"]) == (303, MEMBERS)
    assert role_of(editor) == Role.VIEWER
    entry = ChangeEntry.objects.get()
    assert (entry.person, entry.before, entry.after) == (
        editor,
        {"role": "editor"},
        {"role": "viewer"},
    )


def test_unknown_role_is_refused(owner_client: Client, editor: User) -> None:
    assert owner_client.post(f"{MEMBERS}{editor.pk}/role/", {"role": "king"}).status_code == 422
    assert (role_of(editor), changes()) == (Role.EDITOR, [])


@pytest.mark.parametrize(
    ("path", "data"), [("role/", {"role": "viewer"}), ("remove/", {}), ("transfer/", {})]
)
def test_somebody_of_another_coalition_is_not_reached(
    owner_client: Client, path: str, data: dict[str, str]
) -> None:
    other = a_member(a_coalition("others"), Role.OWNER)
    page = owner_client.post(f"{MEMBERS}{other.pk}/{path}", data, follow=True).content.decode()
    assert "has left meanwhile" in page
    assert (role_of(other), changes()) == (Role.OWNER, [])


@pytest.mark.parametrize("path", ["remove/", "transfer/"])
def test_question_changes_nothing(owner_client: Client, editor: User, path: str) -> None:
    assert owner_client.get(f"{MEMBERS}{editor.pk}/{path}").status_code == 200
    assert (role_of(editor), changes()) == (Role.EDITOR, [])


def test_removed_member_is_refused_at_once_and_told_why(
    owner_client: Client, editor: User, client: Client
) -> None:
    letter = a_letter()
    client.force_login(editor)
    text = f"/organise/letters/{letter.slug}/text/"
    assert client.get(text).status_code == 200
    assert owner_client.post(f"{MEMBERS}{editor.pk}/remove/").status_code == 303
    for path in (text, MEMBERS):
        response = client.post(path)
        assert response.status_code == 403
        assert "no longer a member of “The makers of things”" in response.content.decode()
    assert changes() == [Change.REMOVE]


def test_removed_member_learns_nothing_of_younger_letters(
    owner_client: Client, editor: User, client: Client
) -> None:
    owner_client.post(f"{MEMBERS}{editor.pk}/remove/")
    letter: Letter = a_letter()
    client.force_login(editor)
    assert client.get(f"/organise/letters/{letter.slug}/").status_code == 404


def test_member_who_comes_back_is_let_in(owner_client: Client, editor: User) -> None:
    owner_client.post(f"{MEMBERS}{editor.pk}/remove/")
    Membership.objects.create(coalition=Coalition.objects.get(), user=editor, role=Role.VIEWER)
    client = Client()
    client.force_login(editor)
    assert client.get(MEMBERS).status_code == 200


def test_ownership_is_handed_over(owner_client: Client, owner: User, editor: User) -> None:
    owner_client.post(f"{MEMBERS}{editor.pk}/transfer/")
    assert (role_of(owner), role_of(editor)) == (Role.EDITOR, Role.OWNER)
    assert changes() == [Change.TRANSFER, Change.ROLE]
    assert owner_client.post(f"{MEMBERS}{editor.pk}/remove/").status_code == 403


@pytest.mark.parametrize("is_active", [True, False])
def test_last_owner_stays(owner_client: Client, owner: User, editor: User, is_active: bool) -> None:
    """An owner whose account is closed is none who could help."""
    if not is_active:
        Membership.objects.filter(user=editor).update(role=Role.OWNER)
        User.objects.filter(pk=editor.pk).update(is_active=False)
    for path, data in (
        (f"{MEMBERS}{owner.pk}/role/", {"role": "viewer"}),
        (f"{MEMBERS}{owner.pk}/remove/", {}),
        ("/organise/coalitions/makers/leave/", {}),
    ):
        response = owner_client.post(path, data, follow=True)
        assert "Make another member an owner first" in response.content.decode()
    assert (role_of(owner), changes()) == (Role.OWNER, [])


def test_coalition_is_not_handed_over_to_a_closed_account(
    owner_client: Client, owner: User, editor: User
) -> None:
    User.objects.filter(pk=editor.pk).update(is_active=False)
    owner_client.post(f"{MEMBERS}{editor.pk}/transfer/")
    assert (role_of(owner), role_of(editor), changes()) == (Role.OWNER, Role.EDITOR, [])


def test_member_leaves(editor: User, client: Client) -> None:
    client.force_login(editor)
    response = client.post("/organise/coalitions/makers/leave/")
    assert (response.status_code, response["Location"]) == (303, "/organise/")
    assert (role_of(editor), changes()) == (None, [Change.LEAVE])


def test_owner_who_was_demoted_meanwhile_is_refused(owner: User, editor: User) -> None:
    coalition = Coalition.objects.get()
    second = a_member(coalition, Role.OWNER, "second@makers.example")
    change_role(coalition=coalition, user_id=owner.pk, role=Role.VIEWER, actor=second)
    with pytest.raises(NoLongerOwner):
        remove_member(coalition=coalition, user_id=editor.pk, actor=owner)
    assert role_of(editor) == Role.EDITOR


def test_members_page_shows_addresses_to_owners_only(owner_client: Client, editor: User) -> None:
    User.objects.filter(pk=editor.pk).update(name="Edwin Editor")
    viewer = Client()
    viewer.force_login(a_member(Coalition.objects.get(), Role.VIEWER))
    assert editor.email in owner_client.get(MEMBERS).content.decode()
    page = viewer.get(MEMBERS).content.decode()
    assert "Edwin Editor" in page
    assert editor.email not in page


def test_members_page_costs_the_same_however_many(
    owner_client: Client, django_assert_num_queries: Any
) -> None:
    for n in range(3):
        a_member(Coalition.objects.get(), Role.VIEWER, f"{n}@makers.example")
    with django_assert_num_queries(5):
        assert owner_client.get(MEMBERS).status_code == 200
