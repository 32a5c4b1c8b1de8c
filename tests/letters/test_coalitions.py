"""Creating a coalition, its settings, its log, and the second step it may ask for."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction
from django.test import Client

from letters.models import Change, ChangeEntry, Coalition, Letter, Membership, Role
from tests.builders import a_coalition, a_member, a_user

pytestmark = pytest.mark.django_db
NEW = "/organise/coalitions/new/"
SETTINGS = "/organise/coalitions/makers/settings/"


def as_member(role: Role, coalition: Coalition | None = None) -> Client:
    client = Client()
    client.force_login(a_member(coalition or a_coalition(), role))
    return client


def with_second_step(client: Client) -> Client:
    Authenticator.objects.create(
        user_id=client.session["_auth_user_id"], type=Authenticator.Type.TOTP, data={}
    )
    return client


@pytest.mark.parametrize(("is_open", "is_staff"), [(True, False), (False, True)])
def test_coalition_is_created_with_its_creator_as_owner(
    client: Client, settings: Any, is_open: bool, is_staff: bool
) -> None:
    settings.COALITIONS_OPEN = is_open
    user = a_user(is_staff=is_staff)
    client.force_login(user)
    response = client.post(NEW, {"name": "Friends of Paper"})
    assert (response.status_code, response["Location"]) == (
        303,
        "/organise/coalitions/friends-of-paper/members/",
    )
    membership = Membership.objects.get()
    assert (membership.user, membership.role) == (user, Role.OWNER)
    assert [entry.change for entry in ChangeEntry.objects.all()] == [Change.CREATE]


def test_coalition_is_created_only_by_operators_where_the_setting_says_so(
    client: Client, settings: Any
) -> None:
    settings.COALITIONS_OPEN = False
    client.force_login(a_user())
    response = client.post(NEW, {"name": "Friends of Paper"})
    assert response.status_code == 403
    assert "those who run it create coalitions" in response.content.decode()
    assert not Coalition.objects.exists()
    assert NEW not in client.get("/organise/").content.decode()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"name": ""}, "This field is required."),
        ({"name": "紙の友"}, "Please write a short name in Latin letters."),
        ({"name": "The makers", "slug": "makers"}, "already exists"),
        ({"name": "X", "slug": "a b"}, "Enter a valid"),
        ({"name": "<script>"}, "write plain words"),
    ],
)
def test_new_coalition_names_what_is_wrong(
    client: Client, settings: Any, data: dict[str, str], said: str
) -> None:
    settings.COALITIONS_OPEN = True
    a_coalition()
    client.force_login(a_user())
    response = client.post(NEW, data)
    assert response.status_code == 422
    assert said in response.content.decode()


def test_settings_are_saved_and_logged() -> None:
    client = as_member(Role.OWNER)
    data = {
        "name": "The makers",
        "slug": "the-makers",
        "website": "makers.example",
        "imprint": "1 Paper Street\r\nLyon",
    }
    response = client.post(SETTINGS, data)
    assert response["Location"] == "/organise/coalitions/the-makers/settings/"
    coalition = Coalition.objects.get()
    assert (coalition.website, coalition.imprint) == (
        "https://makers.example",
        "1 Paper Street\nLyon",
    )
    assert client.post("/organise/coalitions/the-makers/settings/", data).status_code == 303
    entry = ChangeEntry.objects.get()
    assert entry.before == {
        "name": "The makers of things",
        "slug": "makers",
        "website": "",
        "imprint": "",
    }
    page = client.get("/organise/coalitions/the-makers/log/").content.decode()
    assert "https://makers.example" in page


def test_settings_keep_what_was_typed() -> None:
    response = as_member(Role.OWNER).post(SETTINGS, {"name": "Kept", "website": "no website"})
    assert response.status_code == 422
    assert 'value="Kept"' in response.content.decode()
    assert Coalition.objects.get().name == "The makers of things"


def test_taken_short_name_is_refused() -> None:
    a_coalition("others")
    response = as_member(Role.OWNER).post(SETTINGS, {"name": "Makers", "slug": "others"})
    assert response.status_code == 422


def test_owner_asks_for_a_second_step_only_with_one() -> None:
    client = as_member(Role.OWNER)
    data = {"name": "Makers", "slug": "makers", "mfa_required": "on"}
    assert client.post(SETTINGS, data).status_code == 422
    assert with_second_step(client).post(SETTINGS, data).status_code == 303
    assert Coalition.objects.get().mfa_required


@pytest.mark.parametrize(
    "path", ["/organise/letters/a-letter/", "/organise/coalitions/makers/members/"]
)
def test_member_without_second_step_is_led_to_it(letter: Letter, path: str) -> None:
    Coalition.objects.update(mfa_required=True)
    client = as_member(Role.EDITOR, letter.coalition)
    response = client.get(path, follow=True)
    assert response.redirect_chain == [("/accounts/2fa/", 303)]
    assert "asks its members for a two-step login" in response.content.decode()
    assert with_second_step(client).get(path).status_code == 200


def test_stranger_is_not_told_that_a_second_step_is_asked() -> None:
    Coalition.objects.filter(pk=a_coalition().pk).update(mfa_required=True)
    client = as_member(Role.OWNER, a_coalition("others"))
    assert client.get("/organise/coalitions/makers/members/").status_code == 404


def test_log_cannot_be_changed_or_emptied() -> None:
    coalition = a_coalition()
    entry = ChangeEntry.objects.create(coalition=coalition, actor=a_user(), change=Change.CREATE)
    for change in (entry.delete, lambda: ChangeEntry.objects.update(change=Change.LEAVE)):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            change()


def test_log_costs_the_same_however_long(django_assert_num_queries: Any) -> None:
    client = as_member(Role.VIEWER)
    coalition, user = Coalition.objects.get(), Membership.objects.get().user
    for n in range(3):
        other = a_user(f"{n}@mail.example")
        ChangeEntry.objects.create(
            coalition=coalition, actor=user, person=other, change=Change.JOIN
        )
    with django_assert_num_queries(7):
        assert client.get("/organise/coalitions/makers/log/").status_code == 200


def test_first_page_names_a_coalition_and_not_its_letters_without_the_second_step(
    letter: Letter,
) -> None:
    Coalition.objects.update(mfa_required=True)
    client = as_member(Role.EDITOR, letter.coalition)
    page = client.get("/organise/").content.decode()
    assert "The makers of things" in page
    assert "asks its members for a two-step login" in page
    assert letter.slug not in page
    assert letter.slug in with_second_step(client).get("/organise/").content.decode()
