"""A material change: the editor publishes it, a signatory is asked by mail and signs again."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import Site, wait_until
from tests.journeys.test_main_job import log_in
from tests.journeys.test_signing import fill_in, link_in, press_sign

pytestmark = pytest.mark.journey
SLUG = "creators-coalition-on-ai"
ADDRESS = "nora@newtext.example"


def test_material_change_and_signing_again(
    site: Site, page: Page, browser: Browser, console: list[str]
) -> None:
    page.goto(f"{site.url}/letters/{SLUG}/")
    fill_in(page, "Nora Newtext", ADDRESS)
    press_sign(page)
    page.wait_for_url("**/check-inbox/")
    page.goto(link_in(site.wait_for_mail(ADDRESS), "confirm"))
    page.get_by_role("button", name="Confirm my signature").click()
    page.wait_for_url("**/thanks/**")

    # The editor lets it count (this letter holds everything), then changes the text.
    log_in(site, page)
    page.goto(f"{site.url}/organise/letters/{SLUG}/signatures/?q={ADDRESS}")
    page.locator("tbody tr").get_by_role("button", name="Approve").click()
    expect(page.locator("tbody tr")).to_contain_text("Counted")
    page.get_by_role("link", name="Text", exact=True).click()
    page.get_by_role("button", name="Write a new version").click()
    page.locator("[name=title]").fill("A letter with another title")
    expect(page.locator("#preview .letter-title")).to_have_text("A letter with another title")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Look at the changes").click()
    expect(page.locator("#preview ins").first).to_contain_text("another")
    page.get_by_label(re.compile("A material change")).check()
    page.get_by_label("What changed, in a sentence").fill("The letter has a new title.")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Version 2 is published.")).to_be_visible()

    # The signatory reads what changed on a phone, without JavaScript, and signs.
    mail = site.wait_for_mail(ADDRESS, "Please sign the new text")
    phone = browser.new_page(viewport={"width": 320, "height": 700}, java_script_enabled=False)
    phone.goto(link_in(mail, "manage"))
    expect(phone.get_by_role("heading", level=1)).to_contain_text("new text")
    expect(phone.locator(".diff ins").first).to_contain_text("another")
    width = phone.evaluate("document.documentElement.scrollWidth")
    assert width <= 320
    phone.get_by_role("button", name="I sign the new text").click()
    expect(phone.get_by_text("You have signed the new text.")).to_be_visible()
    phone.goto(f"{site.url}/letters/{SLUG}/changes/1/2/")
    expect(phone.locator(".diff del").first).to_be_visible()

    def listed() -> bool:
        phone.goto(f"{site.url}/letters/{SLUG}/")
        return phone.get_by_text("Nora Newtext").count() > 0

    wait_until(listed, "signature on the new text", seconds=15)
    phone.close()
