"""Public pages under axe (WCAG 2.2 AA): in light and dark, on a phone and on a desktop."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import Site
from tests.journeys.test_signing import LETTER

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journey")]

RULES = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
WIDTHS = (320, 1280)
PAGES = {
    "home": "/",
    "letter": LETTER,
    "letter in French": f"{LETTER}fr/",
    "letter in Arabic": "/letters/statement-on-training/ar/",
    "roll": f"{LETTER}roll/",
    "roll, searched": f"{LETTER}roll/?q=maria",
    "versions": f"{LETTER}versions/",
    "check inbox": f"{LETTER}check-inbox/",
    "my signatures": "/my-signatures/en/",
}


@pytest.fixture(scope="module")
def visitor(browser: Browser) -> Iterator[Page]:
    """One tab for all pages; the answers are the same for everybody."""
    page = browser.new_page()
    yield page
    page.close()


@pytest.fixture
def complaints(visitor: Page) -> Iterator[list[str]]:
    """What the browser says in its console."""
    lines: list[str] = []

    def note(message: Any) -> None:
        lines.append(f"{message.type}: {message.text}")

    visitor.on("console", note)
    yield lines
    visitor.remove_listener("console", note)


def faults(page: Page, name: str) -> list[str]:
    """What is wrong with the page that is open, in each colour scheme and width."""
    found = []
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            where = f"{name}, {scheme}, {width} px"
            content = page.evaluate("document.documentElement.scrollWidth")
            if content > width:
                found.append(f"{where}: scrolls sideways, {content} px wide")
            found += [
                f"{where}: {violation['id']}: {node['html']}"
                for violation in Axe().run(page, options=RULES).response["violations"]
                for node in violation["nodes"]
            ]
    return found


@pytest.mark.parametrize("name", PAGES)
def test_page(name: str, site: Site, visitor: Page, complaints: list[str]) -> None:
    answer = visitor.goto(site.url + PAGES[name])
    assert answer is not None
    assert answer.status == 200
    found = faults(visitor, name)
    assert not found, "\n".join(found)
    assert complaints == []


def test_permalink_of_a_signature(site: Site, visitor: Page, complaints: list[str]) -> None:
    visitor.goto(f"{site.url}{LETTER}roll/")
    visitor.locator(".roll a.who").first.click()
    visitor.wait_for_url("**/roll/*/")
    found = faults(visitor, "permalink")
    assert not found, "\n".join(found)
    assert complaints == []


def test_sign_form_with_errors(site: Site, visitor: Page, complaints: list[str]) -> None:
    visitor.goto(site.url + LETTER)
    with visitor.expect_navigation() as sent:
        visitor.locator("form[action*='/sign/'] button").first.click()
    expect(visitor.locator("#errors")).to_be_focused()
    found = faults(visitor, "sign form with errors")
    assert not found, "\n".join(found)
    only_the_status(complaints, sent.value.status)


def test_page_not_found(site: Site, visitor: Page, complaints: list[str]) -> None:
    answer = visitor.goto(f"{site.url}/letters/no-such-letter/")
    assert answer is not None
    assert answer.status == 404
    found = faults(visitor, "page not found")
    assert not found, "\n".join(found)
    only_the_status(complaints, 404)


def only_the_status(complaints: list[str], status: int) -> None:
    """Chromium itself reports a page whose status is an error; nothing else may be said."""
    others = [line for line in complaints if f"responded with a status of {status}" not in line]
    assert others == []
