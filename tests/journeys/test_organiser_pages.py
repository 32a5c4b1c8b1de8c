"""Every page of organisers and operators under axe (WCAG 2.2 AA): light and dark, desktop and
phone, with a browser console that stays silent."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.journeys.conftest import Site
from tests.journeys.looks import faults
from tests.journeys.organiser_pages import NO_PAGES, PAGES, make_things, organiser_routes

pytestmark = pytest.mark.journey

Things = tuple[dict[str, str], dict[str, str]]
CASES = [
    (who, path) for who, routes in PAGES.items() for paths in routes.values() for path in paths
]


@pytest.fixture(scope="module")
def things(site: Site, visitor: Page) -> Things:
    found, sessions = make_things(site)
    enter(visitor, site, sessions["keyholder"])
    found["key"] = a_passkey(visitor, site)
    return found, sessions


def enter(page: Page, site: Site, session: str | None) -> None:
    """The browser is this person's from here on."""
    page.context.clear_cookies()
    if session:
        page.context.add_cookies([{"name": "sessionid", "value": session, "url": site.url}])


def a_passkey(page: Page, site: Site) -> str:
    """Adds one that Chromium itself plays, and returns its number."""
    browser = page.context.new_cdp_session(page)
    browser.send("WebAuthn.enable")
    device = {"protocol": "ctap2", "transport": "internal", "hasUserVerification": True}
    device |= {"hasResidentKey": True, "isUserVerified": True, "automaticPresenceSimulation": True}
    browser.send("WebAuthn.addVirtualAuthenticator", {"options": device})
    page.goto(f"{site.url}/accounts/2fa/webauthn/add/")
    page.get_by_label("Name").fill("Key on the desk")
    page.locator("main form button").click()
    page.goto(f"{site.url}/accounts/2fa/webauthn/")
    edit = page.get_by_role("link", name="Edit").get_attribute("href")
    browser.detach()
    return str(edit).split("/")[-3]


def test_every_organisers_route_has_a_case() -> None:
    known = {route for routes in (*PAGES.values(), *NO_PAGES.values()) for route in routes}
    assert sorted(organiser_routes() ^ known) == [], "tests/journeys/organiser_pages.py lacks them"


@pytest.mark.parametrize(("who", "path"), CASES)
def test_page(
    who: str, path: str, site: Site, things: Things, visitor: Page, complaints: list[str]
) -> None:
    found, sessions = things
    enter(visitor, site, sessions.get(who))
    answer = visitor.goto(site.url + path.format(**found))
    assert answer is not None
    assert answer.status == 200
    wrong = faults(visitor, path)
    assert not wrong, "\n".join(wrong)
    assert complaints == []


def test_mail_of_an_update(site: Site, things: Things, visitor: Page) -> None:
    found, sessions = things
    enter(visitor, site, sessions["owner"])
    path = "/organise/letters/on-paper/updates/{update}/mail/en/".format(**found)
    mail = visitor.request.get(site.url + path)
    visitor.goto("about:blank")
    visitor.set_content(mail.text())
    wrong = faults(visitor, "mail of an update")
    assert not wrong, "\n".join(wrong)
