"""Guild member, invited founder and account holder: each has a mark on the roll at the end."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import Site, wait_until
from tests.journeys.test_main_job import log_in
from tests.journeys.test_signing import fill_in, link_in, press_sign

pytestmark = pytest.mark.journey
LETTER = "/letters/ostp-ai-copyright/"
EVIDENCE = "/organise/letters/ostp-ai-copyright/evidence/"


def is_marked(site: Site, page: Page, name: str, mark: str) -> None:
    def listed() -> bool:
        page.goto(f"{site.url}{LETTER}roll/")
        entry = page.locator(".entry").filter(has_text=name)
        return entry.get_by_role("img", name=mark).count() == 1

    wait_until(listed, f"{mark} beside {name}", seconds=15)


def test_guild_member_enters_a_code_once(
    site: Site, page: Page, browser: Browser, console: list[str]
) -> None:
    log_in(site, page)
    page.goto(site.url + EVIDENCE)
    page.get_by_label("Name of the guild").fill("Harbour Writers’ Guild")
    page.get_by_role("button", name="Add this guild").click()
    page.get_by_role("button", name="Print sheets").click()
    code = page.locator(".code-cards .hash").first.inner_text()

    signer = browser.new_context().new_page()
    signer.goto(site.url + LETTER)
    fill_in(signer, "Aaa Guild Member", "member@mail.example")
    press_sign(signer)
    signer.wait_for_url("**/check-inbox/")
    signer.goto(link_in(site.wait_for_mail("member@mail.example"), "confirm"))
    signer.get_by_role("button", name="Confirm my signature").click()
    signer.get_by_label("Code of your guild").fill(code)
    signer.get_by_role("button", name="Use the code").click()
    expect(signer.get_by_role("status")).to_contain_text("Your code is accepted")
    is_marked(site, signer, "Aaa Guild Member", "Guild member")

    def is_told() -> bool:
        # The browser may show its own copy of some seconds ago once more.
        signer.goto(site.url + LETTER)
        return signer.get_by_text("Harbour Writers’ Guild: 1 verified member").count() == 1

    wait_until(is_told, "guild's count on the letter", seconds=15)
    assert signer.context.cookies() == []


def test_invited_founder_of_an_open_letter_signs_by_the_personal_link(
    site: Site, page: Page, browser: Browser, console: list[str]
) -> None:
    log_in(site, page)
    page.goto(site.url + EVIDENCE)
    page.get_by_label("Names and addresses").fill("Aaa Invited Founder, founder@mail.example")
    page.get_by_role("button", name="Invite").click()

    founder = browser.new_context().new_page()
    founder.goto(link_in(site.wait_for_mail("founder@mail.example", "invitation"), "invited"))
    expect(founder.get_by_label("Your name")).to_have_value("Aaa Invited Founder")
    expect(founder.get_by_label("Email")).to_have_count(0)
    founder.get_by_text("Show my name publicly").click()
    founder.get_by_label("List my name on this website").check()
    founder.get_by_role("button", name="Sign", exact=True).click()
    founder.wait_for_url("**/check-inbox/")
    founder.goto(link_in(site.wait_for_mail("founder@mail.example", "Confirm"), "confirm"))
    founder.get_by_role("button", name="Confirm my signature").click()
    is_marked(site, founder, "Aaa Invited Founder", "Invited")
    assert founder.context.cookies() == []


def test_signatory_proves_an_account_without_a_script(
    site: Site, browser: Browser, account_service: str
) -> None:
    signer = browser.new_context(java_script_enabled=False).new_page()
    signer.goto(site.url + LETTER)
    fill_in(signer, "Aaa Account Holder", "holder@mail.example")
    press_sign(signer)
    signer.wait_for_url("**/check-inbox/")
    signer.goto(link_in(site.wait_for_mail("holder@mail.example"), "confirm"))
    signer.get_by_role("button", name="Confirm my signature").click()
    signer.get_by_role("button", name="Log in at Try-out ID").click()
    signer.wait_for_url(f"{account_service}/**")
    [cookie] = signer.context.cookies()
    assert (cookie["path"], cookie["httpOnly"]) == ("/linked-account/try-out/", True)
    signer.get_by_placeholder("sub").fill("an-account-of-hers")
    signer.get_by_role("button", name="Authorize").click()
    expect(signer.get_by_role("status")).to_contain_text("Your account is linked")
    assert signer.context.cookies() == []
    is_marked(site, signer, "Aaa Account Holder", "Linked account")
    signer.get_by_label("Verified as").select_option("openid")
    signer.get_by_role("button", name="Search").click()
    expect(signer.locator(".entry")).to_have_count(1)
