"""The round trip to an OpenID Connect provider, over HTTP."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import time_machine
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client
from django.urls import NoReverseMatch, reverse
from oidc_provider_mock import User as AccountThere
from oidc_provider_mock import run_server_in_thread

from coalition.accounts import NoSocialAccounts
from letters.models import Letter, Role, User
from signatories.forms import RollForm
from signatories.models import Mark, Signature, Status
from signatories.services.withdraw_signature import withdraw_signature
from tests.builders import a_coalition, a_letter, a_member, a_signature
from tests.conftest import SAME_ORIGIN
from verification.linked_account import COOKIE, callback_url
from verification.links import manage_path
from verification.models import Evidence
from verification.services.link_account import AccountTaken, link_account

pytestmark = pytest.mark.django_db
BACK = "/linked-account/example-id/"


@pytest.fixture(scope="module")
def service() -> Iterator[str]:
    ada = AccountThere(sub="ada", claims={"email": "ada@secret.example", "name": "Ada Secret"})
    with run_server_in_thread(require_nonce=True, user_claims=[ada]) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def provider(settings: Any, service: str) -> dict[str, Any]:
    return offer(settings, service)


def offer(settings: Any, server_url: str, **more: Any) -> dict[str, Any]:
    one = {
        "id": "example-id",
        "name": "Example ID",
        "server_url": server_url,
        "client_id": "coalition",
        "secret": "not so secret",
        **more,
    }
    settings.OPENID_PROVIDERS = [one]
    return one


def set_out(client: Client, row: Signature) -> Any:
    return client.post(f"{manage_path(row.pk)}account/example-id/")


def log_in_there(url: str, account: str = "ada", **more: str) -> str:
    """What the person does at the provider; the address they are sent back to."""
    answer = requests.post(url, data={"sub": account, **more}, allow_redirects=False, timeout=5)
    return answer.headers["Location"].removeprefix(django_settings.SITE_URL)


def link(client: Client, row: Signature, account: str = "ada") -> Any:
    return client.get(log_in_there(set_out(client, row).context["provider_url"], account))


def marks(row: Signature) -> list[str]:
    return Signature.objects.get(pk=row.pk).marks


def test_account_becomes_a_mark_and_a_keyed_hash_and_nothing_else(
    browser_client: Client, letter: Letter, provider: dict[str, Any]
) -> None:
    row = a_signature(letter)
    assert "Log in at Example ID" in browser_client.get(manage_path(row.pk)).content.decode()
    response = link(browser_client, row)
    assert (response.status_code, response["Location"].partition("?")[2]) == (303, "notice=account")
    assert marks(row) == ["openid"]
    page = browser_client.get(response["Location"]).content.decode()
    assert "Your account is linked." in page
    assert "Log in at" not in page
    for model in (User, EmailAddress, SocialAccount, SocialToken):
        assert not model.objects.exists(), model
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(e)::text FROM verification_evidence e")
        [(kept,)] = cursor.fetchall()
    assert "ada" not in kept
    assert "secret" not in kept.lower()
    [entry] = row.audit_entries.all()
    assert (entry.action, entry.actor, entry.after) == ("evidence", None, {"evidence": "openid"})


def test_asks_the_provider_for_no_name_and_no_address(
    browser_client: Client, letter: Letter, provider: dict[str, Any]
) -> None:
    response = set_out(browser_client, a_signature(letter))
    query = parse_qs(urlsplit(response.context["provider_url"]).query)
    assert query["scope"] == ["openid"]
    assert query["code_challenge_method"] == ["S256"]
    assert query["redirect_uri"] == [callback_url("example-id")]
    assert {"state", "nonce", "code_challenge"} <= set(query)
    # Not even the private link, by a referrer.
    assert response["Referrer-Policy"] == "same-origin"


def test_cookie_is_short_lived_and_goes_to_the_way_back_only(
    browser_client: Client, letter: Letter, provider: dict[str, Any]
) -> None:
    row = a_signature(letter)
    assert not browser_client.get(manage_path(row.pk)).cookies
    response = set_out(browser_client, row)
    [cookie] = response.cookies.values()
    assert (cookie.key, cookie["path"], cookie["max-age"]) == (COOKIE, BACK, 600)
    assert (cookie["samesite"], cookie["httponly"]) == ("Lax", True)
    assert "sets one cookie" in response.content.decode()
    back = browser_client.get(log_in_there(response.context["provider_url"]))
    assert back.cookies[COOKIE]["max-age"] == 0
    assert back.cookies[COOKIE]["path"] == BACK


def test_opening_the_links_changes_nothing(
    browser_client: Client, letter: Letter, provider: dict[str, Any]
) -> None:
    row = a_signature(letter)
    for method in ("get", "head"):
        response = getattr(browser_client, method)(f"{manage_path(row.pk)}account/example-id/")
        assert (response.status_code, len(response.cookies)) == (303, 0)
    assert browser_client.get(BACK).status_code == 400
    other_site = Client(headers={"Sec-Fetch-Site": "cross-site"})
    assert set_out(other_site, row).status_code == 403


def test_somebody_elses_account_cannot_be_sent_in(
    browser_client: Client, letter: Letter, provider: dict[str, Any]
) -> None:
    """A cheat sets out for their signature and makes a victim log in at the provider; and the
    other way round, a cheat's way back is opened by the victim in the middle of their own."""
    cheat, victim = a_signature(letter, "Cheat"), a_signature(letter, "Victim")
    cheats_url = set_out(browser_client, cheat).context["provider_url"]
    victims = Client(headers=SAME_ORIGIN)
    way_back = log_in_there(cheats_url, "victims-account")
    assert victims.get(way_back).status_code == 400
    set_out(victims, victim)
    assert victims.get(way_back).status_code == 400
    assert not Evidence.objects.exists()


def test_account_speaks_for_one_signature_of_a_letter(
    browser_client: Client, letter: Letter, provider: dict[str, Any]
) -> None:
    first, second = a_signature(letter, "Ada"), a_signature(letter, "Berta")
    link(browser_client, first)
    response = link(browser_client, second)
    assert response.status_code == 409
    assert "This account has strengthened another signature" in response.content.decode()
    assert manage_path(second.pk).rpartition(".")[0] in response.content.decode()
    assert marks(second) == []
    link(browser_client, second, "berta")
    assert marks(second) == ["openid"]
    elsewhere = a_signature(a_letter("other"))
    link(browser_client, elsewhere)
    assert marks(elsewhere) == ["openid"]
    digests = Evidence.objects.values_list("subject_digest", flat=True)
    assert len({bytes(one) for one in digests if one}) == 3


def test_way_back_works_once(
    browser_client: Client, letter: Letter, provider: dict[str, Any]
) -> None:
    row = a_signature(letter)
    response = set_out(browser_client, row)
    kept = response.cookies[COOKIE].value
    way_back = log_in_there(response.context["provider_url"])
    browser_client.get(way_back)
    assert browser_client.get(way_back).status_code == 400
    browser_client.cookies[COOKIE] = kept
    # Not 502: a cookie that is kept does not let anybody make us ask the provider again.
    assert browser_client.get(way_back).status_code == 400
    assert Evidence.objects.count() == 1


def test_trip_ends_after_ten_minutes(
    browser_client: Client, letter: Letter, provider: dict[str, Any]
) -> None:
    response = set_out(browser_client, a_signature(letter))
    way_back = log_in_there(response.context["provider_url"])
    browser_client.cookies[COOKIE] = response.cookies[COOKIE].value
    with time_machine.travel(time.time() + 601):
        assert browser_client.get(way_back).status_code == 400
    assert not Evidence.objects.exists()


def test_who_declines_there_loses_nothing(
    browser_client: Client, letter: Letter, provider: dict[str, Any]
) -> None:
    row = a_signature(letter)
    url = set_out(browser_client, row).context["provider_url"]
    [state] = parse_qs(urlsplit(url).query)["state"]  # the mock forgets it (RFC 6749, 4.1.2.1)
    response = browser_client.get(f"{log_in_there(url, action='deny')}&state={state}")
    assert response["Location"].endswith("?notice=account_declined")
    assert "You did not log in." in browser_client.get(response["Location"]).content.decode()
    assert marks(row) == []


@pytest.mark.parametrize("status", [Status.WITHDRAWN, Status.REJECTED, Status.ASKED])
def test_signature_that_does_not_stand_cannot(
    browser_client: Client, letter: Letter, provider: dict[str, Any], status: str
) -> None:
    row = a_signature(letter, status=status)
    response = set_out(browser_client, row)
    assert (response.status_code, len(response.cookies)) == (303, 0)
    assert "Log in at" not in browser_client.get(manage_path(row.pk)).content.decode()


def test_unconfirmed_and_erased_signatures_and_forged_links_cannot(
    browser_client: Client, letter: Letter, provider: dict[str, Any]
) -> None:
    row = a_signature(letter, status=Status.UNCONFIRMED)
    assert set_out(browser_client, row).status_code == 409
    assert browser_client.post("/manage/forged/account/example-id/").status_code == 404
    leaving = a_signature(letter, "Berta")
    way_back = log_in_there(set_out(browser_client, leaving).context["provider_url"])
    browser_client.post(f"{manage_path(leaving.pk)}erase/")
    assert browser_client.get(way_back).status_code == 410
    assert not Evidence.objects.exists()


def test_signature_withdrawn_on_the_way_cannot(
    browser_client: Client, letter: Letter, provider: dict[str, Any]
) -> None:
    row = a_signature(letter)
    way_back = log_in_there(set_out(browser_client, row).context["provider_url"])
    withdraw_signature(signature_id=row.pk)
    assert browser_client.get(way_back).status_code == 303
    assert not Evidence.objects.exists()


def test_setting_out_is_throttled(
    browser_client: Client, letter: Letter, provider: dict[str, Any], settings: Any
) -> None:
    settings.THROTTLE_PER_MINUTE = {**settings.THROTTLE_PER_MINUTE, "account_network": 1}
    row = a_signature(letter)
    assert set_out(browser_client, row).status_code == 200
    response = set_out(browser_client, row)
    assert (response.status_code, response["Retry-After"]) == (429, "60")


def test_provider_of_some_coalitions_is_not_there_for_others(
    browser_client: Client, settings: Any, letter: Letter, service: str
) -> None:
    offer(settings, service, coalitions=["makers"])
    other = a_signature(a_letter("other", coalition=a_coalition("others")))
    assert set_out(browser_client, other).status_code == 404
    assert "Log in at" not in browser_client.get(manage_path(other.pk)).content.decode()
    assert set_out(browser_client, a_signature(letter)).status_code == 200


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_two_signatures_with_one_account_at_once_one_wins() -> None:
    letter = a_letter()
    rows = [a_signature(letter, name) for name in ("Ada", "Berta")]
    refused: list[str] = []
    start = threading.Barrier(2)

    def bring(row: Signature) -> None:
        try:
            start.wait()
            link_account(signature_id=row.pk, subject_digest=b"x" * 32)
        except AccountTaken:
            refused.append(row.name)
        finally:
            connection.close()

    threads = [threading.Thread(target=bring, args=(row,)) for row in rows]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    assert Evidence.objects.count() == 1


def test_mark_is_explained_and_looked_for_only_where_accounts_can_be_linked(
    client: Client, letter: Letter, settings: Any
) -> None:
    client.force_login(a_member(letter.coalition, Role.VIEWER))
    page = "/organise/letters/a-letter/evidence/"
    assert "Linked account" not in client.get(page).content.decode()
    assert (Mark.OPENID.value, Mark.OPENID.label) not in RollForm().fields["mark"].choices
    offer(settings, "https://id.example")
    assert str(Mark.OPENID.meaning) in client.get(page).content.decode()
    assert "https://id.example" in client.get(page).content.decode()
    assert (Mark.OPENID.value, Mark.OPENID.label) in RollForm().fields["mark"].choices


def test_nobody_becomes_an_organiser_through_a_provider(
    client: Client, provider: dict[str, Any], settings: Any
) -> None:
    settings.SIGNUP_OPEN = True
    for name in ("openid_connect_login", "socialaccount_signup", "socialaccount_connections"):
        with pytest.raises(NoReverseMatch):
            reverse(name, args=["example-id"] if "openid" in name else [])
    for path in ("oidc/example-id/login/", "oidc/example-id/login/callback/", "3rdparty/signup/"):
        assert client.get(f"/accounts/{path}").status_code == 404
    assert not NoSocialAccounts().is_open_for_signup(client.request().wsgi_request, None)
