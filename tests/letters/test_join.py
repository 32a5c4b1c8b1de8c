"""Invited by mail to work in a coalition: one link, once, and nobody learns who has an account."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import redis
import time_machine
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core import mail
from django.test import Client
from django.utils import timezone

from letters.models import Change, ChangeEntry, Coalition, MemberInvitation, Membership, Role, User
from letters.services import invite_member as inviting
from letters.services.send_member_invitations import send_member_invitations
from tests.builders import a_coalition, a_member, a_user

pytestmark = pytest.mark.django_db
INVITE = "/organise/coalitions/makers/invitations/"
ADDRESS = "Nora@Harbour.example"
ACCOUNT = {"name": "Nora Newcomer", "password": "a harbour at night"}


@pytest.fixture
def owner_client(db: None) -> Client:
    client = Client()
    client.force_login(a_member(a_coalition(), Role.OWNER))
    return client


def invited(owner_client: Client, email: str = ADDRESS, role: str = "editor") -> str:
    """The path of the mail's link."""
    assert owner_client.post(INVITE, {"email": email, "role": role}).status_code == 303
    assert send_member_invitations() == 1
    link = re.search(r"http\S+(/organise/join/\S+)", str(mail.outbox[-1].body))
    assert link is not None
    return link.group(1)


def test_invited_person_opens_an_account_and_is_in(owner_client: Client, client: Client) -> None:
    path = invited(owner_client)
    assert mail.outbox[0].to == ["Nora@harbour.example"]
    assert client.get(path).status_code == 200
    response = client.post(path, ACCOUNT)
    assert (response.status_code, response["Location"]) == (
        302,
        "/organise/coalitions/makers/members/",
    )
    page = client.get("/organise/coalitions/makers/members/")
    assert "Welcome to “The makers of things”" in page.content.decode()
    user = User.objects.get(name="Nora Newcomer")
    assert EmailAddress.objects.get(user=user).verified
    login = {"login": ADDRESS, "password": ACCOUNT["password"]}
    assert Client().post("/accounts/login/", login)["Location"] == "/organise/"
    assert Membership.objects.get(user=user).role == Role.EDITOR
    changes = [entry.change for entry in ChangeEntry.objects.order_by("id")]
    assert changes == [Change.INVITE, Change.JOIN]


def test_link_works_once(owner_client: Client, client: Client) -> None:
    path = invited(owner_client)
    client.post(path, ACCOUNT)
    again = Client()
    assert again.get(path).status_code == 404
    assert again.post(path, {**ACCOUNT, "name": "Eve"}).status_code == 404
    assert not User.objects.filter(name="Eve").exists()


def test_opening_the_link_changes_nothing(owner_client: Client, client: Client) -> None:
    path = invited(owner_client)
    for _ in range(2):
        assert client.get(path).status_code == 200
        assert client.head(path).status_code == 200
    assert MemberInvitation.objects.count() == 1
    assert Membership.objects.count() == 1


def test_who_has_an_account_joins_with_it(owner_client: Client, client: Client) -> None:
    path = invited(owner_client)
    user = a_user(ADDRESS.lower())
    response = client.post(path, ACCOUNT)
    assert response["Location"].startswith("/accounts/login/?next=%2Forganise%2Fjoin%2F")
    assert "_auth_user_id" not in client.session
    client.force_login(user)
    assert "Accept with this account" in client.get(path).content.decode()
    assert client.post(path).status_code == 303
    assert Membership.objects.get(user=user).role == Role.EDITOR


def test_nobody_learns_from_the_answers_who_has_an_account(
    owner_client: Client, client: Client
) -> None:
    """Neither the owner who invites, nor who sees the page of the link."""
    a_user("has@account.example")
    pages = []
    for email in ("has@account.example", "non@account.example"):
        path = invited(owner_client, email)
        page = client.get(path).content.decode()
        pages.append(re.sub(r'value="\w{64}"|%2Fjoin%2F[^"]+', "", page))
        told = owner_client.get("/organise/coalitions/makers/members/").content.decode()
        assert f"{email} gets a mail with a link." in told
    assert pages[0] == pages[1]


def test_wrong_new_account_is_refused_and_the_link_stays(
    owner_client: Client, client: Client
) -> None:
    path = invited(owner_client)
    for data in (
        {"name": "", "password": "a harbour at night"},
        {"name": "N", "password": "12345"},
    ):
        assert client.post(path, data).status_code == 422
    assert client.post(path, ACCOUNT).status_code == 302


def test_link_expires_and_can_be_sent_again(owner_client: Client, client: Client) -> None:
    path = invited(owner_client)
    resend = f"{INVITE}{MemberInvitation.objects.get().pk}/resend/"
    page = owner_client.post(resend, follow=True).content.decode()
    assert "Please wait ten minutes" in page
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        assert "good for seven days" in client.get(path).content.decode()
        assert client.post(path, ACCOUNT).status_code == 404
        owner_client.force_login(User.objects.get())
        assert owner_client.post(resend).status_code == 303
        assert send_member_invitations() == 1
        link = re.findall(r"http\S+(/organise/join/\S+)", str(mail.outbox[-1].body))[0]
        assert client.post(link, ACCOUNT).status_code == 302


def test_revoked_link_works_no_more(owner_client: Client, client: Client) -> None:
    path = invited(owner_client)
    invitation_id = MemberInvitation.objects.get().pk
    assert owner_client.post(f"{INVITE}{invitation_id}/revoke/").status_code == 303
    assert client.post(path, ACCOUNT).status_code == 404
    assert owner_client.post(f"{INVITE}{invitation_id}/revoke/").status_code == 404
    assert [e.change for e in ChangeEntry.objects.all()] == [Change.REVOKE, Change.INVITE]


def test_invitation_of_another_coalition_is_not_reached(owner_client: Client) -> None:
    other = Client()
    other.force_login(a_member(a_coalition("others"), Role.OWNER))
    invited(owner_client)
    invitation_id = MemberInvitation.objects.get().pk
    path = f"/organise/coalitions/others/invitations/{invitation_id}/"
    assert other.post(f"{path}revoke/").status_code == 404
    assert other.post(f"{path}resend/").status_code == 404
    assert MemberInvitation.objects.exists()


@pytest.mark.parametrize(
    ("email", "said"),
    [
        ("owner@makers.example", "belongs to a member already"),
        ("nora@harbour.example", "is invited already"),
        ("no address", "not a complete mail address"),
    ],
)
def test_invitation_names_what_is_wrong(owner_client: Client, email: str, said: str) -> None:
    invited(owner_client)
    response = owner_client.post(INVITE, {"email": email, "role": "viewer"})
    assert response.status_code == 422
    assert said in response.content.decode()
    assert MemberInvitation.objects.count() == 1


def test_pending_invitations_have_a_limit(
    owner_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("letters.services.invite_member.MOST_PENDING", 1)
    invited(owner_client)
    data = {"email": "two@harbour.example", "role": "viewer"}
    assert owner_client.post(INVITE, data).status_code == 422


def test_member_who_accepts_again_keeps_the_role(owner_client: Client) -> None:
    path = invited(owner_client, role="viewer")
    assert owner_client.post(path).status_code == 303
    assert Membership.objects.get().role == Role.OWNER


def test_database_keeps_no_plain_address_of_the_invited(owner_client: Client) -> None:
    invited(owner_client)
    row = MemberInvitation.objects.values_list().get()
    assert not any("harbour" in str(value).lower() for value in row)
    assert ChangeEntry.objects.get().after == {"role": "editor", "domain": "harbour.example"}


def test_refused_mail_is_shown_and_does_not_stop_the_others(
    owner_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    import smtplib

    from common.postbox import Postbox

    def refuse(box: Postbox, message: Any) -> None:
        if "nora" in message.to[0].lower():
            raise smtplib.SMTPRecipientsRefused({})

    monkeypatch.setattr(Postbox, "_send", refuse)
    for email in (ADDRESS, "otto@harbour.example"):
        owner_client.post(INVITE, {"email": email, "role": "viewer"})
    assert send_member_invitations() == 1
    assert send_member_invitations() == 0
    assert (
        "mail refused" in owner_client.get("/organise/coalitions/makers/members/").content.decode()
    )


def test_invited_address_joins_where_a_second_step_is_asked(
    owner_client: Client, client: Client
) -> None:
    path = invited(owner_client)
    Coalition.objects.update(mfa_required=True)
    response = client.post(path, ACCOUNT, follow=True)
    assert response.redirect_chain[-1][0] == "/accounts/2fa/"


def test_revoking_and_inviting_anew_is_no_mail_at_once(owner_client: Client) -> None:
    invited(owner_client)
    revoke = f"{INVITE}{MemberInvitation.objects.get().pk}/revoke/"
    owner_client.post(revoke)
    again = owner_client.post(INVITE, {"email": ADDRESS, "role": "viewer"})
    assert again.status_code == 422
    assert "Please wait ten minutes" in again.content.decode()
    assert send_member_invitations() == 0
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        (key,) = client.keys("once:member-invitation:*")
        assert 590 < client.ttl(key) <= 600
        client.delete(key)
    invited(owner_client)


def test_address_gets_so_many_mails_of_all_coalitions_together(
    owner_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inviting, "MOST_A_DAY", 1)
    invited(owner_client)
    other = Client()
    other.force_login(a_member(a_coalition("others"), Role.OWNER))
    page = "/organise/coalitions/others/"
    other.post(f"{page}invitations/", {"email": ADDRESS, "role": "editor"})
    assert send_member_invitations() == 0
    assert "mail refused" in other.get(f"{page}members/").content.decode()
