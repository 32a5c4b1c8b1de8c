"""Operators' pages: for those who run the installation, to look at; nothing passes the services."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import models
from django.test import Client

from coalition.operators.site import site
from deliveries.models import Delivery
from letters.models import Change, ChangeEntry, Coalition, Letter, Membership, Office, Role, User
from tests.builders import a_member, a_signature, a_user, an_operator
from verification.models import Action, AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator_client(db: None) -> Client:
    client = Client()
    client.force_login(an_operator())
    return client


def test_operator_without_second_step_is_led_to_it(client: Client) -> None:
    client.force_login(a_user(is_staff=True, is_superuser=True))
    response = client.get("/operate/", follow=True)
    assert response.redirect_chain == [("/accounts/2fa/", 303)]
    assert "Operators need a two-step login" in response.content.decode()


@pytest.mark.parametrize("rights", [{"is_staff": True}, {"is_superuser": True}, {}])
def test_half_an_operator_is_none(client: Client, rights: dict[str, bool]) -> None:
    client.force_login(a_user(**rights))
    assert client.get("/operate/").status_code == 404


def test_every_table_and_row_is_to_look_at_only(operator_client: Client, letter: Letter) -> None:
    user = a_member(letter.coalition, Role.OWNER)
    signature = a_signature(letter, "Ada Example")
    entry = {"letter": letter, "signature": signature, "actor": user}
    rows: list[models.Model] = [
        letter,
        letter.coalition,
        user,
        signature,
        AuditEntry.objects.create(**entry, action=Action.HOLD),
        ChangeEntry.objects.create(coalition=letter.coalition, actor=user, change=Change.CREATE),
    ]
    for row in rows:
        table = f"/operate/{row._meta.app_label}/{row._meta.model_name}/"
        page = operator_client.get(table).content.decode()
        assert f"{table}{row.pk}/change/" in page
        assert "delete_selected" not in page
        shown = operator_client.get(f"{table}{row.pk}/change/")
        assert shown.status_code == 200
        assert 'name="_save"' not in shown.content.decode()
        for act in ("change/", "delete/"):
            assert operator_client.post(f"{table}{row.pk}/{act}").status_code == 403


def test_pages_show_neither_addresses_of_signatories_nor_passwords(
    operator_client: Client, letter: Letter
) -> None:
    signature = a_signature(letter, "Ada Example", email="rare@mail.example")
    user = a_user()
    for path in (f"signatories/signature/{signature.pk}", f"letters/user/{user.pk}"):
        page = operator_client.get(f"/operate/{path}/change/").content.decode()
        assert "rare@mail" not in page
        assert "email_encrypted" not in page
        assert user.password not in page


OFFICE = {
    "name": "Office of Paper",
    "slug": "office-of-paper",
    "channel": "email",
    "page_size": "letter",
    "time_zone": "America/New_York",
    "deadline_local": "2027-03-15T23:59:00",
    "annexes_count": "unknown",
    "comment_emoji": "false",
    "source": "A notice",
    "checked_on": "2026-11-01",
}


def test_operator_adds_an_office_and_changes_a_rule(operator_client: Client) -> None:
    answer = operator_client.post("/operate/letters/office/add/", OFFICE)
    assert answer.status_code == 302
    office = Office.objects.get()
    assert office.deadline_at is not None
    assert office.deadline_at.isoformat() == "2027-03-16T03:59:00+00:00"
    assert (office.max_pages, office.annexes_count, office.comment_emoji) == (None, None, False)
    page = f"/operate/letters/office/{office.pk}/change/"
    assert 'value="2027-03-15T23:59:00"' in operator_client.get(page).content.decode()
    offices = operator_client.get("/operate/letters/office/").content.decode()
    assert "15 March 2027, 11:59 pm Eastern Time" in offices
    operator_client.post(page, {**OFFICE, "max_pages": "15", "source": "The notice"})
    operator_client.post(page, {**OFFICE, "max_pages": "15", "source": "The notice"})
    office.refresh_from_db()
    assert office.max_pages == 15
    added, changed = ChangeEntry.objects.order_by("id")
    assert (added.change, added.after["slug"]) == (Change.NEW_OFFICE, "office-of-paper")
    assert changed.before == {"office": "office-of-paper", "max_pages": None, "source": "A notice"}
    assert changed.after == {"office": "office-of-paper", "max_pages": 15, "source": "The notice"}
    assert operator_client.post(page.replace("change", "delete")).status_code == 403


@pytest.mark.parametrize(
    "wrong",
    [
        {"checked_on": "2126-01-01"},
        {"source": ""},
        {"deadline_local": "2027-03-14T02:30:00"},
        {"time_zone": "Nowhere"},
    ],
)
def test_office_that_cannot_be_is_not_saved(operator_client: Client, wrong: dict[str, str]) -> None:
    answer = operator_client.post("/operate/letters/office/add/", {**OFFICE, **wrong})
    assert answer.status_code == 200
    assert not Office.objects.exists()


def test_only_our_own_tables_are_registered() -> None:
    rooms = {"letters", "signatories", "verification", "deliveries"}
    assert {model._meta.app_label for model in site._registry} == rooms
    assert Delivery in site._registry


def test_operator_closes_an_account_and_opens_it_again(operator_client: Client) -> None:
    user, own = a_user(), User.objects.get(email="operator@coalition.example")
    member = Client()
    member.force_login(user)
    choice = {"_selected_action": [user.pk, own.pk]}
    response = operator_client.post(
        "/operate/letters/user/", {"action": "close_accounts", **choice}, follow=True
    )
    assert "Your own account stays open." in response.content.decode()
    assert "1 account changed." in response.content.decode()
    assert member.get("/organise/").status_code == 302
    user.refresh_from_db()
    own.refresh_from_db()
    assert (user.is_active, own.is_active, user.sessions.count()) == (False, True, 0)
    operator_client.post("/operate/letters/user/", {"action": "open_accounts", **choice})
    user.refresh_from_db()
    assert user.is_active
    changes = [(e.change, e.actor, e.person) for e in ChangeEntry.objects.order_by("id")]
    assert changes == [(Change.CLOSE, own, user), (Change.REOPEN, own, user)]


def test_operator_is_a_stranger_to_every_coalition(operator_client: Client, letter: Letter) -> None:
    assert operator_client.get(f"/organise/letters/{letter.slug}/").status_code == 404
    assert operator_client.get("/organise/coalitions/makers/members/").status_code == 404


def test_first_run_from_the_console_to_a_coalition(
    client: Client, capsys: Any, settings: Any
) -> None:
    settings.COALITIONS_OPEN = False
    call_command("create_operator", "Olga@Harbour.example")
    link = re.search(r"http://localhost:8000(/\S+)", capsys.readouterr().out)
    assert link is not None
    page = client.get(link.group(1), follow=True)
    password = {"password1": "a harbour at night", "password2": "a harbour at night"}
    client.post(page.redirect_chain[-1][0], password)
    login = {"login": "olga@harbour.example", "password": "a harbour at night"}
    assert client.post("/accounts/login/", login)["Location"] == "/organise/"
    assert "/organise/coalitions/new/" in client.get("/organise/").content.decode()
    client.post("/organise/coalitions/new/", {"name": "Harbour"})
    assert Membership.objects.get(user__email__iexact=login["login"]).role == Role.OWNER
    assert Coalition.objects.get().slug == "harbour"
    assert client.get(link.group(1), follow=True).context["token_fail"]


def test_existing_account_becomes_an_operator_and_keeps_its_password(capsys: Any) -> None:
    user = a_user()
    for _ in range(2):
        call_command("create_operator", user.email.upper())
    assert "http" not in capsys.readouterr().out
    user.refresh_from_db()
    assert user.is_staff
    assert user.is_superuser
    assert user.check_password("correct horse battery")
    assert [entry.change for entry in ChangeEntry.objects.all()] == [Change.OPERATOR]


def test_half_an_address_is_refused() -> None:
    with pytest.raises(CommandError, match="no complete mail address"):
        call_command("create_operator", "olga")
    assert not User.objects.exists()


def test_console_appoints_an_owner_only_where_there_is_none(capsys: Any, letter: Letter) -> None:
    owner = a_member(letter.coalition, Role.OWNER)
    with pytest.raises(CommandError, match="has an owner"):
        call_command("appoint_owner", "makers", "new@coalition.example")
    User.objects.filter(pk=owner.pk).update(is_active=False)
    with pytest.raises(CommandError, match="account is closed"):
        call_command("appoint_owner", "makers", owner.email)
    call_command("appoint_owner", "makers", "New@Coalition.example")
    assert "/accounts/password/reset/key/" in capsys.readouterr().out
    user = User.objects.get(email="new@coalition.example")
    assert Membership.objects.get(user=user).role == Role.OWNER
    entry = ChangeEntry.objects.get(coalition=letter.coalition)
    assert (entry.change, entry.person, entry.after) == ("transfer", user, {"role": "owner"})
    with pytest.raises(CommandError, match="no coalition"):
        call_command("appoint_owner", "nobody", "new@coalition.example")
