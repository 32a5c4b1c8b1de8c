"""An editor writes an update, tries it and sends it; a signatory reads it and ends the updates."""

from __future__ import annotations

import urllib.request

import pytest
from playwright.sync_api import Browser, Page, expect

from coalition.demo import ORGANISER_EMAIL
from tests.journeys.conftest import Site, wait_until
from tests.journeys.looks import faults
from tests.journeys.test_main_job import log_in
from tests.journeys.test_signing import fill_in, link_in, press_sign

pytestmark = pytest.mark.journey
ADDRESS = "una@updates.example"
_LETTER = """
from letters.models import Letter
from tests.builders import a_letter
a_letter("updated", coalition=Letter.objects.get(slug="ostp-ai-copyright").coalition)
"""


def write_and_send(page: Page, subject: str) -> None:
    page.get_by_role("link", name="Updates", exact=True).click()
    page.get_by_role("link", name="Write an update").click()
    page.get_by_label("Subject").first.fill(subject)
    page.get_by_label("Text", exact=True).first.fill("The office **answered** us.")
    page.get_by_role("button", name="Save and look at it").click()
    mail = page.frame_locator("iframe")
    expect(mail.locator("strong")).to_have_text("answered")


def test_update_from_words_to_unsubscribing(
    site: Site, page: Page, browser: Browser, console: list[str]
) -> None:
    site.run(_LETTER)
    page.goto(f"{site.url}/letters/updated/")
    fill_in(page, "Una Updated", ADDRESS)
    page.locator("[name=consent_updates]").check()
    press_sign(page)
    page.wait_for_url("**/check-inbox/")
    page.goto(link_in(site.wait_for_mail(ADDRESS), "confirm"))
    page.get_by_role("button", name="Confirm my signature").click()
    page.wait_for_url("**/thanks/**")

    log_in(site, page)
    page.goto(f"{site.url}/organise/letters/updated/")
    write_and_send(page, "We were heard")
    expect(page.get_by_text("1 signatory has asked for updates")).to_be_visible()
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_role("button", name="Send me a test").click()
    site.wait_for_mail(ORGANISER_EMAIL, "We were heard")
    assert [m for m in site.mails_to(ADDRESS) if "heard" in str(m["Subject"])] == []
    page.get_by_role("button", name="Send the update").click()

    mail = site.wait_for_mail(ADDRESS, "We were heard")
    expect(page.locator(".chip.done")).to_be_visible(timeout=30_000)
    assert faults(page, "update sent") == []
    stop = str(mail["List-Unsubscribe"]).strip(" <>")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert link_in(mail, "unsubscribe") == stop

    # Opening the address changes nothing; the mail program's POST does, from outside a browser.
    phone = browser.new_page(viewport={"width": 320, "height": 700}, java_script_enabled=False)
    phone.goto(stop)
    expect(phone.get_by_role("button", name="Get no more updates")).to_be_visible()
    request = urllib.request.Request(stop, data=b"List-Unsubscribe=One-Click")  # noqa: S310
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310  our own loopback URL
        assert answer.status == 200
    phone.goto(stop)
    expect(phone.get_by_role("heading", level=1)).to_have_text("You get no more updates")
    phone.close()

    page.set_viewport_size({"width": 1280, "height": 900})
    write_and_send(page, "Another one")
    expect(page.get_by_text("0 signatories have asked for updates")).to_be_visible()
    page.get_by_role("button", name="Send the update").click()
    expect(page.locator(".chip.done")).to_be_visible(timeout=30_000)
    found = wait_until(lambda: site.mails_to(ADDRESS), "mails")
    assert [str(m["Subject"]) for m in found if "Another" in str(m["Subject"])] == []
