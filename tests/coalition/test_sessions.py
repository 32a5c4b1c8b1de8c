"""Cookies that no server of ours has set."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.test import Client, RequestFactory

from coalition.sessions import SessionStore, device_of
from letters.models import Letter, Session
from tests.builders import a_user

ODD = ['"\\000abcdefghijk"', "abcdefgh\u00e9", "ABCDEFGHIJKL", "short", "a" * 41, "'; --aaaaaaaa"]


@pytest.mark.django_db
@pytest.mark.parametrize("value", ODD)
def test_odd_session_cookie_is_none(client: Client, letter: Letter, value: str) -> None:
    cookie = {"HTTP_COOKIE": f"sessionid={value}"}
    assert client.get("/organise/", **cookie).status_code == 302
    assert client.get("/accounts/login/", **cookie).status_code == 200
    assert client.get(f"/letters/{letter.slug}/sign/", **cookie).status_code == 200


def test_public_pages_do_not_read_the_session(
    client: Client, letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def load(store: SessionStore) -> dict[str, str]:
        raise AssertionError("the session was read")

    monkeypatch.setattr(SessionStore, "load", load)
    client.cookies["sessionid"] = "abcdefghijklmnop"
    sign = f"/letters/{letter.slug}/sign/"
    assert client.get(sign).status_code == 200
    assert client.post(sign, {"name": "Ada"}).status_code == 422
    assert client.get(f"/letters/{letter.slug}/check-inbox/").status_code == 200
    assert client.get("/nowhere/").status_code == 404


@pytest.mark.django_db
def test_our_own_session_holds() -> None:
    store = SessionStore()
    store["name"] = "Ada"
    store.save()
    assert SessionStore(store.session_key)["name"] == "Ada"


PASSWORD = "correct horse battery"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
)


def logged_in(user_agent: str) -> Client:
    client = Client(headers={"User-Agent": user_agent})
    data = {"login": "organiser@coalition.example", "password": PASSWORD}
    assert client.post("/accounts/login/", data).status_code == 302
    return client


@pytest.mark.django_db
def test_sessions_are_listed_by_device_and_ended() -> None:
    a_user()
    here, phone = logged_in(FIREFOX), logged_in(SAFARI)
    page = here.get("/accounts/sessions/").content.decode()
    assert "Firefox, Linux" in page
    assert "Safari, iPhone" in page
    assert phone.session.session_key not in page
    handle = Session.objects.get(session_key=phone.session.session_key).handle
    assert here.post("/accounts/sessions/end/", {"session": handle}).status_code == 303
    assert phone.get("/organise/").status_code == 302
    assert here.get("/organise/").status_code == 200


@pytest.mark.django_db
def test_all_other_sessions_end() -> None:
    a_user()
    here, phone = logged_in(FIREFOX), logged_in(SAFARI)
    assert here.post("/accounts/sessions/end-others/").status_code == 303
    assert phone.get("/organise/").status_code == 302
    assert here.get("/organise/").status_code == 200


@pytest.mark.django_db
def test_setting_up_a_second_step_logs_out_elsewhere(rf: RequestFactory) -> None:
    user, other = a_user("olive@coalition.example"), a_user("other@coalition.example")
    for one in (user, user, other):
        Client().force_login(one)
    here = user.sessions.first()
    assert here is not None
    request = rf.post("/accounts/2fa/totp/activate/")
    request.session = SessionStore(here.session_key)
    authenticator_added.send(Authenticator, request=request, user=user, authenticator=None)
    assert [session.pk for session in user.sessions.all()] == [here.pk]
    assert other.sessions.count() == 1


@pytest.mark.django_db
def test_nobody_ends_another_users_session() -> None:
    a_user()
    here = logged_in(FIREFOX)
    stranger = Client()
    stranger.force_login(a_user("stranger@coalition.example"))
    handle = Session.objects.get(session_key=here.session.session_key).handle
    assert stranger.post("/accounts/sessions/end/", {"session": handle}).status_code == 404
    assert stranger.post("/accounts/sessions/end-others/").status_code == 303
    assert here.get("/organise/").status_code == 200


@pytest.mark.parametrize(
    ("user_agent", "device"),
    [(FIREFOX, "Firefox, Linux"), (SAFARI, "Safari, iPhone"), ("curl/8", ""), ("", "")],
)
def test_device_is_told_in_two_words(user_agent: str, device: str) -> None:
    assert device_of(user_agent) == device
