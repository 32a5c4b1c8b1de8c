"""A letter under attack: the browser proves its work, without anything from elsewhere."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import Site
from tests.journeys.test_main_job import log_in
from tests.journeys.test_signing import LETTER, fill_in, press_sign

pytestmark = pytest.mark.journey


def switch(site: Site, page: Page, button: str) -> None:
    page.goto(f"{site.url}/organise{LETTER}protection/")
    page.get_by_role("button", name=button).click()


def test_browser_proves_its_work_while_the_form_is_filled_in(
    site: Site, browser: Browser, page: Page, console: list[str]
) -> None:
    organiser = browser.new_context().new_page()
    log_in(site, organiser)
    switch(site, organiser, "Switch it on")
    try:
        page.wait_for_timeout(2000)  # pages are kept for a second
        page.goto(site.url + LETTER)
        fill_in(page, "Aaa Surge Signer", "surge@mail.example")
        press_sign(page)
        page.wait_for_url("**/check-inbox/")
        site.wait_for_mail("surge@mail.example")
        refuse_replay(site, page)

        bare = browser.new_context(
            java_script_enabled=False, viewport={"width": 320, "height": 640}
        ).new_page()
        bare.goto(site.url + LETTER)
        fill_in(bare, "Aaa Bare Signer", "bare@mail.example")
        press_sign(bare)
        expect(bare.get_by_label("Your name")).to_have_value("Aaa Bare Signer")
        bare.get_by_label("A moderator looks at my signature").check()
        press_sign(bare)
        bare.wait_for_url("**/check-inbox/")
    finally:
        switch(site, organiser, "Switch it off")
    page.wait_for_timeout(2000)
    page.goto(site.url + LETTER)
    expect(page.locator("[data-challenge]")).to_have_count(0)


def refuse_replay(site: Site, page: Page) -> None:
    """The solution that a browser has just sent is sent again."""
    sent: list[Any] = []
    page.on("request", lambda request: sent.append(request) if request.method == "POST" else None)
    page.goto(site.url + LETTER)
    fill_in(page, "Aaa Surge Twice", "twice@mail.example")
    press_sign(page)
    page.wait_for_url("**/check-inbox/")
    again = page.request.post(
        sent[0].url,
        data=sent[0].post_data,
        headers={
            "Content-Type": "application/x-www-form-urlencoded",
            "Sec-Fetch-Site": "same-origin",
        },
    )
    assert again.status == 428
