"""Organisers' accounts: closed to strangers, verified by mail, with a second step on offer."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from coalition import accounts
from letters.models import User
from tests.builders import a_user

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


def test_strangers_cannot_open_an_account(client: Client) -> None:
    data = {"email": "x@mail.example", "password1": PASSWORD, "password2": PASSWORD}
    assert client.post("/accounts/signup/", data).status_code == 200
    assert not User.objects.exists()
    assert "/accounts/signup/" not in client.get("/accounts/login/").content.decode()


def test_account_needs_its_address_confirmed_before_login(client: Client, settings: Any) -> None:
    settings.SIGNUP_OPEN = True
    data = {"email": "x@mail.example", "password1": PASSWORD, "password2": PASSWORD}
    client.post("/accounts/signup/", data)
    assert client.get("/organise/").status_code == 302
    assert mail.outbox[0].to == ["x@mail.example"]
    assert not EmailAddress.objects.get().verified


def test_login_by_address_leads_to_the_letters(client: Client) -> None:
    a_user("ada@coalition.example")
    data = {"login": "Ada@Coalition.Example", "password": PASSWORD}
    response = client.post("/accounts/login/", data)
    assert (response.status_code, response["Location"]) == (302, "/organise/")
    assert client.get("/organise/").status_code == 200


def test_login_goes_to_no_other_site(client: Client) -> None:
    a_user("ada@coalition.example")
    data = {"login": "ada@coalition.example", "password": PASSWORD, "next": "//evil.example/"}
    assert client.post("/accounts/login/", data)["Location"] == "/organise/"


@pytest.mark.parametrize("email", ["ada@coalition.example", "nobody@coalition.example"])
def test_password_reset_does_not_tell_who_has_an_account(client: Client, email: str) -> None:
    a_user("ada@coalition.example")
    response = client.post("/accounts/password/reset/", {"email": email})
    assert (response.status_code, response["Location"]) == (302, "/accounts/password/reset/done/")
    assert len(mail.outbox) == int(email.startswith("ada"))


def test_reset_link_names_our_site_whatever_the_host_says(client: Client, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    a_user("ada@coalition.example")
    client.post(
        "/accounts/password/reset/",
        {"email": "ada@coalition.example"},
        headers={"Host": "evil.example"},
    )
    assert "evil.example" not in mail.outbox[0].body


def test_second_step_is_on_offer(client: Client) -> None:
    client.force_login(a_user())
    page = client.get("/accounts/2fa/").content.decode()
    for method in ("totp", "webauthn"):
        assert f"/accounts/2fa/{method}/" in page


def test_wrong_passwords_are_throttled(client: Client) -> None:
    a_user("ada@coalition.example")
    for _ in range(11):
        client.post("/accounts/login/", {"login": "ada@coalition.example", "password": "x"})
    right = {"login": "ada@coalition.example", "password": PASSWORD}
    assert client.post("/accounts/login/", right).status_code != 302


@pytest.mark.parametrize(
    "credential",
    [
        "{}",
        "[1]",
        '{"id":1}',
        '{"id":"x","response":null}',
        '{"id":"AA","rawId":"AA","type":"public-key","response":{"userHandle":1}}',
        '{"id":"AA","rawId":"AA","response":{"clientDataJSON":"AA","attestationObject":"AA"}}',
    ],
)
def test_passkey_that_no_browser_makes_is_a_wrong_one(client: Client, credential: str) -> None:
    data = {"credential": credential}
    login = client.post("/accounts/2fa/webauthn/login/", data)
    assert login.status_code in (200, 302)
    assert client.get("/organise/").status_code == 302
    a_user("ada@coalition.example")
    client.post("/accounts/login/", {"login": "ada@coalition.example", "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert client.post("/accounts/2fa/webauthn/add/", data).status_code == 200


def test_address_gets_so_many_mails_about_its_account(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "MOST_MAILS_A_DAY", 2)
    a_user("ada@coalition.example")
    for _ in range(3):
        response = client.post("/accounts/password/reset/", {"email": "Ada@coalition.example"})
        assert response["Location"] == "/accounts/password/reset/done/"
    assert len(mail.outbox) == 2
