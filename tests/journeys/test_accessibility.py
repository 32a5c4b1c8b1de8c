"""Every public page under axe (WCAG 2.2 AA): light and dark, phone and desktop, 200 % zoom, and a
browser console that stays silent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import Site
from tests.journeys.public_pages import (
    ANSWERS,
    NO_PAGES,
    PAGES,
    PROBLEMS,
    make_things,
    public_routes,
)

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journey")]

RULES = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
}
# Colours, width, whether axe looks: a desktop, the same at 200 % zoom (half the width), a phone.
LOOKS = (("light", 1280, True), ("dark", 640, False), ("light", 320, False), ("dark", 320, True))


@pytest.fixture(scope="module")
def things(site: Site) -> dict[str, str]:
    return make_things(site)


@pytest.fixture(scope="module")
def visitor(browser: Browser) -> Iterator[Page]:
    """One tab for all pages; the answers are the same for everybody."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
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
    """What is wrong with the page that is open, in each look."""
    found = []
    for scheme, width, rules in LOOKS:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        page.set_viewport_size({"width": width, "height": 800})
        where = f"{name}, {scheme}, {width} px"
        content = page.evaluate("document.documentElement.scrollWidth")
        if content > width:
            found.append(f"{where}: scrolls sideways, {content} px wide")
        if rules:
            found += [
                f"{where}: {violation['id']}: {node['html']}"
                for violation in Axe().run(page, options=RULES).response["violations"]
                for node in violation["nodes"]
            ]
    return found


def test_every_public_route_has_a_case() -> None:
    known = {*PAGES, *(route for routes in NO_PAGES.values() for route in routes)}
    assert sorted(public_routes() ^ known) == [], "tests/journeys/public_pages.py lacks them"


@pytest.mark.parametrize("path", [path for paths in PAGES.values() for path in paths])
def test_page(
    path: str, site: Site, things: dict[str, str], visitor: Page, complaints: list[str]
) -> None:
    answer = visitor.goto(site.url + path.format(**things))
    assert answer is not None
    assert answer.status == 200
    found = faults(visitor, path)
    assert not found, "\n".join(found)
    assert complaints == []


@pytest.mark.parametrize("name", PROBLEMS)
def test_problem(
    name: str, site: Site, things: dict[str, str], visitor: Page, complaints: list[str]
) -> None:
    path, status = PROBLEMS[name]
    answer = visitor.goto(site.url + path.format(**things))
    assert answer is not None
    assert answer.status == status
    found = faults(visitor, name)
    assert not found, "\n".join(found)
    only_the_status(complaints, status)


@pytest.mark.parametrize("name", ANSWERS)
def test_answer(
    name: str, site: Site, things: dict[str, str], visitor: Page, complaints: list[str]
) -> None:
    path, action, typed, status = ANSWERS[name]
    visitor.goto(site.url + path.format(**things))
    form = visitor.locator(f"main form[action*='{action}']" if action else "main form").first
    for field, value in typed.items():
        form.locator(f"[name={field}]").fill(value)
    with visitor.expect_navigation() as sent:
        form.evaluate("form => { form.noValidate = true; form.requestSubmit(); }")
    assert sent.value.status == status
    if status == 422:
        expect(visitor.locator("#errors")).to_be_focused()
    found = faults(visitor, name)
    assert not found, "\n".join(found)
    only_the_status(complaints, status)


def test_answer_to_too_many_requests(
    site: Site, visitor: Page, complaints: list[str], things: dict[str, str]
) -> None:
    """A wrong code, again and again."""
    path = things["closed"] + "code/"
    form = {"email": "x@mail.example", "code": "2222-2222"}
    while visitor.request.post(site.url + path, form=form).status != 429:
        pass
    visitor.goto(site.url + path)
    for field, value in form.items():
        visitor.locator(f"main form [name={field}]").fill(value)
    with visitor.expect_navigation() as sent:
        visitor.locator("main form button").first.click()
    assert sent.value.status == 429
    found = faults(visitor, "too many requests")
    assert not found, "\n".join(found)
    only_the_status(complaints, 429)


def only_the_status(complaints: list[str], status: int) -> None:
    """Chromium itself reports a page whose status is an error; nothing else may be said."""
    others = [line for line in complaints if f"responded with a status of {status}" not in line]
    assert others == []


SHIFTS = """
window.shifts = [];
new PerformanceObserver(list => {
  for (const entry of list.getEntries()) {
    window.shifts.push([entry.value, ...entry.sources.map(source => source.node?.outerHTML)]);
  }
}).observe({type: "layout-shift", buffered: true});
"""
BYTES = """
["navigation", "resource"].flatMap(kind => performance.getEntriesByType(kind))
  .map(entry => [entry.name, entry.transferSize])
"""


@pytest.mark.parametrize(("width", "path"), [(390, ""), (1280, ""), (390, "fr/")])
def test_letter_is_light_and_nothing_moves(
    site: Site, browser: Browser, path: str, width: int
) -> None:
    """No layout shift, and under 60 KB in total for who comes the first time."""
    page = browser.new_context(viewport={"width": width, "height": 800}).new_page()
    page.add_init_script(SHIFTS)
    page.goto(f"{site.url}/letters/ostp-ai-copyright/{path}")
    page.wait_for_load_state("networkidle")
    page.mouse.wheel(0, 4000)
    page.locator("#sign [name=name]").scroll_into_view_if_needed()
    assert page.evaluate("window.shifts") == []
    loaded = page.evaluate(BYTES)
    assert len(loaded) > 3
    assert sum(size for _name, size in loaded) < 60_000, loaded
    page.context.close()
