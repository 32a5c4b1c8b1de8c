"""A coalition is created and its first letter published; two editors write at the same time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from coalition.demo import ORGANISER_EMAIL
from tests.journeys.conftest import Site
from tests.journeys.looks import faults
from tests.journeys.test_main_job import log_in
from tests.journeys.test_members import create_coalition

pytestmark = pytest.mark.journey
EDITOR_EMAIL = ORGANISER_EMAIL.replace("organiser", "editor")
TITLE = "A letter about the town library"
SLUG = "a-letter-about-the-town-library"
TEXT = "Keep the library *open* on Sundays."


@pytest.fixture
def owner(site: Site, page: Page) -> Page:
    log_in(site, page)
    return page


@pytest.fixture
def editor(site: Site, browser: Browser) -> Iterator[Page]:
    """A colleague, in a browser of their own."""
    page = browser.new_page()
    log_in(site, page, EDITOR_EMAIL)
    yield page
    page.close()


def begin(site: Site, page: Page, title: str, coalition: str = "screen-creators") -> None:
    page.goto(f"{site.url}/organise/")
    page.locator(f"nav a[href='/organise/coalitions/{coalition}/new-letter/']").click()
    page.get_by_label("Title").fill(title)
    expect(page.locator("#address-hint")).to_contain_text("/letters/a-letter-about")
    page.get_by_role("button", name="Begin the letter").click()
    expect(page.locator("#editor")).to_be_visible()


def test_coalition_is_created_and_its_first_letter_published(site: Site, owner: Page) -> None:
    owner.get_by_role("link", name="A new coalition").click()
    create_coalition(owner, "Friends of the Library", "friends-of-the-library")
    begin(site, owner, TITLE, "friends-of-the-library")
    owner.locator("[name=addressee]").fill("To the town council")
    owner.locator("[name=body_markdown]").fill(TEXT)
    expect(owner.locator("#preview .letter-text em")).to_have_text("open")
    expect(owner.locator("#saved")).to_contain_text("Saved at", timeout=10_000)

    # A translation beside the authoritative text.
    owner.get_by_label("Add a language").select_option("ar")
    owner.get_by_role("button", name="Add", exact=True).click()
    expect(owner.locator(".original .letter-text")).to_contain_text("Keep the library open")
    owner.locator("[name=title]").fill("رسالة عن مكتبة المدينة")
    expect(owner.locator("#saved")).to_contain_text("Saved at", timeout=10_000)

    # The list names what is missing; each link leads to where it is mended.
    owner.get_by_role("link", name="Check and publish").click()
    expect(owner.get_by_text("1 thing is missing.")).to_be_visible()
    assert faults(owner, "publish") == []
    owner.get_by_role("link", name="Mend this Privacy contact").click()
    owner.get_by_label("Privacy contact").fill("privacy@library.example")
    owner.get_by_role("button", name="Save").click()
    owner.get_by_role("link", name="Add a picture").click()
    expect(owner.get_by_role("heading", level=1)).to_have_text("Picture")
    owner.get_by_role("link", name="Not now").click()
    owner.get_by_role("link", name="Change the schedule").click()
    owner.get_by_role("link", name="Text", exact=True).click()
    owner.get_by_role("link", name="Check and publish").click()
    owner.get_by_role("button", name="Publish the letter").click()
    expect(owner.get_by_text("The letter is published.")).to_be_visible()
    owner.get_by_role("link", name="Public page").click()
    expect(owner.get_by_role("heading", level=1)).to_have_text(TITLE)
    expect(owner.get_by_role("link", name="Sign this letter")).to_be_visible()


def test_two_editors_write_at_once_and_nothing_is_lost(
    site: Site, owner: Page, editor: Page
) -> None:
    begin(site, owner, "A letter about two pens")
    editor.goto(owner.url)
    owner.locator("[name=body_markdown]").fill("The owner’s words.")
    expect(owner.locator("#saved")).to_contain_text("Saved at", timeout=10_000)
    editor.locator("[name=body_markdown]").fill("The editor’s words.")
    conflict = editor.locator("#trouble .conflict")
    expect(conflict.locator("del").first).to_contain_text("owner", timeout=10_000)
    expect(conflict.locator("ins").first).to_contain_text("editor")
    expect(editor.locator("[name=body_markdown]")).to_have_value("The editor’s words.")
    assert faults(editor, "conflict") == []

    editor.get_by_role("button", name="Go on with my text").click()
    expect(editor.locator("#preview .letter-text")).to_contain_text("The editor’s words.")
    editor.locator("details summary").first.click()
    expect(editor.locator(".set-aside-text")).to_contain_text("The owner’s words.")
    assert faults(editor, "texts set aside") == []

    # The owner, who has the old text open, hears of it, and takes the editor's.
    owner.locator("[name=title]").fill("A letter about two hands")
    expect(owner.locator("#trouble .conflict")).to_be_visible(timeout=10_000)
    owner.get_by_role("button", name="Go on with their text").click()
    expect(owner.locator("[name=body_markdown]")).to_have_value("The editor’s words.")
    expect(owner.locator(".set-aside-text")).to_have_count(2)


def test_editor_works_without_javascript(site: Site, browser: Browser) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    log_in(site, page, EDITOR_EMAIL)
    page.goto(f"{site.url}/organise/coalitions/screen-creators/new-letter/")
    page.get_by_label("Title").fill("A letter about plain pages")
    page.get_by_role("button", name="Begin the letter").click()
    page.locator("[name=body_markdown]").fill("Some *plain* words.")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#preview em")).to_have_text("plain")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    page.context.close()
