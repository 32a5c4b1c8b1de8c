"""The round trip to an OpenID Connect provider, over HTTP."""

from __future__ import annotations

import threading
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.db import connection
from django.test import Client
from django.urls import NoReverseMatch, reverse

from coalition.accounts import NoSocialAccounts
from letters.models import Letter, Role, User
from signatories.forms import RollForm
from signatories.models import Mark, Signature
from tests.builders import a_coalition, a_letter, a_member, a_signature
from tests.verification.provider import link, log_in_there, marks, offer, set_out
from verification.linked_account import callback_url
from verification.links import manage_path
from verification.models import Evidence
from verification.services.link_account import AccountTaken, link_account

pytestmark = pytest.mark.django_db


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
