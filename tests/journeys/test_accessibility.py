"""Every public page under axe (WCAG 2.2 AA): light and dark, phone and desktop, 200 % zoom, and a
browser console that stays silent."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import Site
from tests.journeys.looks import faults, only_the_status
from tests.journeys.public_pages import (
    ANSWERS,
    NO_PAGES,
    PAGES,
    PROBLEMS,
    REFUSED,
    make_things,
    public_routes,
)

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def things(site: Site) -> dict[str, str]:
    return make_things(site)


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


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str, site: Site, things: dict[str, str], visitor: Page) -> None:
    sent, status = REFUSED[name]
    url = site.url + things["letter"] + "sign/"
    answer = visitor.request.post(url, **sent)
    assert answer.status == status
    looks_well(visitor, url, answer.text(), name)


def test_page_of_a_crash(site: Site, things: dict[str, str], visitor: Page) -> None:
    looks_well(visitor, f"{site.url}/", things["broken"], "500")


def test_page_on_the_way_to_an_account(
    site: Site, things: dict[str, str], visitor: Page, complaints: list[str]
) -> None:
    url = f"{site.url}{things['manage']}account/try-out/"
    page = visitor.request.post(url).text()
    leaves = '<meta http-equiv="refresh"'
    assert leaves in page
    looks_well(visitor, url, page.replace(leaves, "<meta"), "to the account")
    visitor.context.clear_cookies()
    assert complaints == []


def looks_well(visitor: Page, url: str, page: str, name: str) -> None:
    """This page, as if the address had answered with it."""
    visitor.route(url, lambda route: route.fulfill(body=page, content_type="text/html"))
    visitor.goto(url)
    visitor.unroute(url)
    found = faults(visitor, name)
    assert not found, "\n".join(found)


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
