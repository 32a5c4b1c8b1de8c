"""Invited founder: signs a letter under embargo in private, and is listed from the reveal on."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import Site, wait_until
from tests.journeys.test_main_job import log_in
from tests.journeys.test_signing import link_in

pytestmark = pytest.mark.journey
LETTER = "/letters/sealed-letter/"
MAKE = """
from datetime import timedelta
from django.utils import timezone
from letters.models import Letter
from tests.builders import a_letter
coalition = Letter.objects.get(slug="ostp-ai-copyright").coalition
tomorrow = timezone.now() + timedelta(days=1)
a_letter("sealed-letter", coalition=coalition, status="embargoed", opens_at=tomorrow)
"""
REVEAL = """
from django.utils import timezone
from letters.models import Letter
Letter.objects.filter(slug="sealed-letter").update(opens_at=timezone.now())
"""


def sign_as_invited(site: Site, page: Page, address: str) -> None:
    """By the personal link alone, to be named on the website; and confirms."""
    page.goto(link_in(site.wait_for_mail(address, "invitation"), "invited"))
    page.get_by_text("Show my name publicly").click()
    page.get_by_label("List my name on this website").check()
    page.get_by_role("button", name="Sign", exact=True).click()
    page.wait_for_url("**/invited/*/check-inbox/")
    page.goto(link_in(site.wait_for_mail(address, "Confirm"), "confirm"))
    page.get_by_role("button", name="Confirm my signature").click()
    expect(page.get_by_text("the minute it goes public")).to_be_visible()


def test_invited_founder_signs_under_embargo_and_is_listed_from_the_reveal(
    site: Site, page: Page, browser: Browser, console: list[str]
) -> None:
    site.run(MAKE)
    organiser = browser.new_context().new_page()
    log_in(site, organiser)
    organiser.goto(f"{site.url}/organise{LETTER}evidence/")
    organiser.get_by_label("Names and addresses").fill("Fay Founder, fay@mail.example")
    organiser.get_by_role("button", name="Invite").click()

    # On a phone, by the link alone.
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(link_in(site.wait_for_mail("fay@mail.example", "invitation"), "invited"))
    expect(page.get_by_text("This letter is under embargo until")).to_be_visible()
    expect(page.locator(".letter-text")).to_contain_text("better paper")
    expect(page.get_by_label("Your name")).to_have_value("Fay Founder")
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    sign_as_invited(site, page, "fay@mail.example")
    assert page.context.cookies() == []

    # Nothing is there without the link.
    for end in ("", "fr/", "roll/", "count.json", "card.png", "versions/", "check-inbox/"):
        assert page.request.get(f"{site.url}{LETTER}{end}").status == 404, end
    assert "sealed-letter" not in page.request.get(site.url).text()

    site.run(REVEAL)

    def listed() -> bool:
        answer = page.request.get(f"{site.url}{LETTER}roll/")
        return answer.status == 200 and "Fay Founder" in answer.text()

    wait_until(listed, "founder on the roll", seconds=15)
    page.goto(site.url + LETTER)
    expect(page.get_by_role("img", name="Invited").first).to_be_visible()
