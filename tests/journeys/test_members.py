"""Who runs a coalition: created, invited by mail, promoted, removed in the middle of work; and who
runs the installation."""

from __future__ import annotations

import re
import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import Site
from tests.journeys.looks import faults
from tests.journeys.test_main_job import log_in
from tests.journeys.test_signing import link_in

pytestmark = pytest.mark.journey
PASSWORD = "a harbour at night"


def create_coalition(page: Page, name: str, slug: str) -> None:
    """From the page that asks for its name to that of its members."""
    page.get_by_label("Name of the coalition").fill(name)
    page.get_by_role("button", name="Create the coalition").click()
    page.wait_for_url(f"**/organise/coalitions/{slug}/members/")


def test_coalition_is_created_member_invited_promoted_and_removed_while_working(
    site: Site, page: Page, browser: Browser, console: list[str]
) -> None:
    log_in(site, page)
    page.get_by_role("link", name="A new coalition").click()
    create_coalition(page, "Friends of the Harbour", "friends-of-the-harbour")
    page.get_by_label("Mail address").fill("nora@harbour.example")
    page.locator("#id_role").select_option("viewer")
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_role("status")).to_contain_text("nora@harbour.example gets a mail")

    nora = browser.new_context().new_page()
    nora.goto(link_in(site.wait_for_mail("nora@harbour.example"), "organise/join"))
    nora.get_by_label("Your name").fill("Nora Newcomer")
    nora.get_by_label("A password").fill(PASSWORD)
    nora.get_by_role("button", name="Open an account and accept").click()
    expect(nora.get_by_role("status")).to_contain_text("Welcome to “Friends of the Harbour”")
    expect(nora.get_by_role("link", name="Settings")).to_have_count(0)
    found = faults(nora, "members, as a viewer sees them")

    page.reload()
    page.get_by_label("Role of Nora Newcomer").select_option("editor")
    page.get_by_role("button", name="Change the role of Nora Newcomer").click()
    expect(page.get_by_role("status")).to_contain_text("The role is changed.")
    nora.goto(f"{site.url}/organise/")
    found += faults(nora, "a coalition without a letter")
    nora.get_by_role("link", name="Begin the first one").click()
    nora.locator("#id_title").fill("A letter that will not be")

    page.get_by_role("link", name="Remove Nora Newcomer").click()
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_role("status")).to_contain_text("can enter no more")
    nora.get_by_role("button", name="Begin the letter").click()
    expect(nora.locator("main")).to_contain_text(
        "You are no longer a member of “Friends of the Harbour”. Nothing was changed."
    )
    nora.get_by_role("link", name="Your coalitions and letters").click()
    expect(nora.locator("main")).not_to_contain_text("Friends of the Harbour")

    page.get_by_role("link", name="Changes").click()
    assert page.locator(".log strong").all_inner_texts() == [
        "Removed",
        "Role changed",
        "Joined",
        "Invited",
        "Coalition created",
    ]
    page.get_by_role("link", name="Settings").click()
    assert not found, "\n".join(found)


def test_operator_starts_an_installation_and_looks_around(site: Site, page: Page) -> None:
    errors: list[str] = []
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    command = "import django.core.management as m; m.call_command('create_operator', '{}')"
    said = site.run(command.format("olga@harbour.example"))
    link = re.search(r"http://\S+", said)
    assert link is not None
    page.goto(link.group())
    page.locator("#id_password1").fill(PASSWORD)
    page.locator("#id_password2").fill(PASSWORD)
    page.locator("#id_password2").press("Enter")
    page.wait_for_url("**/done/")
    page.goto(f"{site.url}/accounts/login/?next=/operate/")
    page.locator("[name=login]").fill("olga@harbour.example")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")
    page.wait_for_url("**/accounts/2fa/")
    expect(page.get_by_role("status")).to_contain_text("Operators need a two-step login")
    page.goto(f"{site.url}/accounts/2fa/totp/activate/")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")
    page.wait_for_url("**/2fa/totp/activate/")
    secret = page.locator("#authenticator_secret").input_value()
    page.locator("#id_code").fill(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))
    page.locator("#id_code").press("Enter")
    page.wait_for_url("**/recovery-codes/")

    page.goto(f"{site.url}/operate/")
    expect(page.locator("h1")).to_contain_text("What is there")
    page.get_by_role("link", name="Signatures", exact=True).click()
    page.locator("#result_list tbody tr th a").first.click()
    expect(page.locator("h1")).to_contain_text("View signature")
    expect(page.get_by_role("button", name="Save")).to_have_count(0)
    assert errors == []
