"""Cookies that no server of ours has set."""

from __future__ import annotations

import pytest
from django.test import Client

from coalition.sessions import SessionStore
from letters.models import Letter

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
