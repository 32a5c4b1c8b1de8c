"""A spam wave of 3,000 fakes: found by a saved query, counted, rejected, undone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Site
from tests.journeys.crowd import insert_crowd
from tests.journeys.looks import faults
from tests.journeys.test_main_job import log_in

pytestmark = pytest.mark.journey
SLUG = "creators-coalition-on-ai"
WORKSPACE = f"/organise/letters/{SLUG}/"
FAKES = 3000


def test_spam_wave_is_found_counted_rejected_and_undone(site: Site, page: Page) -> None:
    # Invented people, all from one network, signed and confirmed between 2 and 3 at night.
    insert_crowd(
        site,
        SLUG,
        "Wanda Wave",
        FAKES,
        begun="2026-03-01T02:00:00+00:00",
        domain="wave.example",
        signals=["burst"],
    )
    log_in(site, page)
    page.goto(f"{site.url}{WORKSPACE}signatures/?q=wanda+wave+17")
    page.locator(".queue th a").first.click()
    page.get_by_role("link", name="All from this network").click()
    page.get_by_label("Received from").fill("2026-03-01T02:00")
    page.get_by_label("Received before").fill("2026-03-01T03:00")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("3,000 signatures match.")).to_be_visible()

    page.get_by_text("Save this query").click()
    page.get_by_label("Name of the query").fill("Wave of the night")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("link", name="Wave of the night")).to_be_visible()
    page.set_viewport_size({"width": 1280, "height": 800})

    page.get_by_text("Decide on all that match").click()
    form = page.locator("form[action$='bulk/new/']")
    form.get_by_label("Decision").select_option("reject")
    form.get_by_role("button", name="Count them").click()
    expect(page.get_by_text("Please choose a reason for the rejection.").first).to_be_visible()
    form.get_by_label("Reason").select_option("fake")
    form.get_by_role("button", name="Count them").click()
    expect(page.get_by_text("This will reject 3,000 signatures.")).to_be_visible()
    page.get_by_role("button", name="Reject 3,000 signatures").click()
    expect(page.locator("#progress .chip")).to_have_text("Done", timeout=60_000)
    assert not faults(page, "bulk decision, done")
    page.get_by_role("button", name="Undo 3,000 decisions").click()
    expect(page.locator("#progress .chip")).to_have_text("Undone", timeout=60_000)
    page.goto(f"{site.url}{WORKSPACE}signatures/")
    page.get_by_role("link", name="Wave of the night").click()
    page.get_by_label("Status").select_option("counted")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("3,000 signatures match.")).to_be_visible()


def test_queue_by_keys(site: Site, page: Page) -> None:
    log_in(site, page)
    page.goto(f"{site.url}{WORKSPACE}signatures/?status=held")
    name = page.locator(".queue th a").nth(1).inner_text()
    page.locator(".queue input[type=checkbox]").first.focus()
    page.keyboard.press("?")
    expect(page.locator("details.keys")).to_have_attribute("open", "")
    page.keyboard.press("j")
    page.keyboard.press("r")
    expect(page.locator("#bulk [name=reason]")).to_be_focused()
    page.locator("#bulk").get_by_role("button", name="Reject").click()
    expect(page.get_by_text("Please choose a reason for the rejection.").first).to_be_visible()
    expect(page.locator(".queue input:checked")).to_have_count(1)
    page.locator("#bulk [name=reason]").select_option("other")
    page.locator("#bulk").get_by_role("button", name="Reject").click()
    expect(page.get_by_text("1 signature changed.")).to_be_visible()
    expect(page.locator(".queue").get_by_role("link", name=name, exact=True)).to_have_count(0)
    page.get_by_role("button", name="Undo this decision").click()
    expect(page.get_by_text("1 decision undone.")).to_be_visible()
    expect(page.locator(".queue").get_by_role("link", name=name, exact=True)).to_have_count(1)


def test_featured_are_dragged_and_moved_by_arrows(
    site: Site, page: Page, console: list[str]
) -> None:
    log_in(site, page)
    page.goto(f"{site.url}{WORKSPACE}featured/")
    names = page.locator("[data-order] a")
    first, second, third = (names.nth(n).inner_text() for n in range(3))
    handles = page.locator("[data-handle]")
    handles.nth(0).drag_to(handles.nth(2), target_position={"x": 5, "y": 34})
    expect(page.get_by_text("The order is saved.")).to_be_visible()
    assert [names.nth(n).inner_text() for n in range(3)] == [second, third, first]
    page.get_by_role("button", name=f"Move {first} up").press("Enter")
    expect(names.nth(1)).to_have_text(first)
    page.reload()
    assert [names.nth(n).inner_text() for n in range(3)] == [second, first, third]
