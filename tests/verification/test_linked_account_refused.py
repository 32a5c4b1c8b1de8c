"""Who comes back from a provider with nothing: the wrong person, too late, twice, or too often."""

from __future__ import annotations

import time
from typing import Any

import pytest
import time_machine
from django.test import Client

from letters.models import Letter
from signatories.models import Status
from signatories.services.withdraw_signature import withdraw_signature
from tests.builders import a_signature
from tests.conftest import SAME_ORIGIN
from tests.verification.provider import BACK, log_in_there, set_out
from verification.linked_account import COOKIE
from verification.links import manage_path
from verification.models import Evidence

pytestmark = pytest.mark.django_db


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
