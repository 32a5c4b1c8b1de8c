"""Launch day: 500 founders are invited and sign in private; then, at its second, all is public."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import Site, wait_until
from tests.journeys.test_editor import EDITOR_EMAIL, begin
from tests.journeys.test_embargo import sign_as_invited
from tests.journeys.test_main_job import log_in
from tests.journeys.test_signing import fill_in, link_in, press_sign

pytestmark = pytest.mark.journey
TITLE = "A letter about the first of May"
SLUG = "a-letter-about-the-first-of-may"
LETTER = f"/letters/{SLUG}/"
WORKSPACE = f"/organise/letters/{SLUG}/"
FOUNDERS = 500
SIGNING = (7, 250, 500)  # of the first, a middle and the last batch of mails


@pytest.fixture
def editor(site: Site, browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    log_in(site, page, EDITOR_EMAIL)
    yield page
    page.close()


def set_opening(site: Site, editor: Page, ahead: timedelta) -> datetime:
    editor.goto(f"{site.url}{WORKSPACE}schedule/")
    editor.get_by_label("Time zone").select_option("UTC")
    opening = editor.get_by_label("Opens for signatures")
    at = datetime.now(UTC).replace(microsecond=0) + ahead
    opening.fill(f"{at:%Y-%m-%dT%H:%M:%S}")
    assert opening.evaluate("field => field.checkValidity()"), "a browser refuses seconds"
    editor.get_by_role("button", name="Save").click()
    expect(editor.get_by_text("Saved.", exact=True)).to_be_visible()
    return at


def seal(site: Site, editor: Page) -> None:
    """The letter is written, scheduled for tomorrow and published under embargo."""
    begin(site, editor, TITLE)
    editor.locator("[name=addressee]").fill("To the town council")
    editor.locator("[name=body_markdown]").fill("Dance on the first of May.")
    expect(editor.locator("#saved")).to_contain_text("Saved at", timeout=10_000)
    editor.goto(f"{site.url}{WORKSPACE}settings/")
    editor.get_by_label("Privacy contact").fill("privacy@may.example")
    editor.get_by_role("button", name="Save").click()
    set_opening(site, editor, timedelta(days=1))
    editor.goto(f"{site.url}{WORKSPACE}publish/")
    editor.get_by_role("button", name="Publish under embargo").click()
    expect(editor.get_by_text("The letter is under embargo")).to_be_visible()


def invite(site: Site, editor: Page, path: Path) -> None:
    """All of a file as spreadsheets write it; each mail leaves, and the page says so."""
    people = [f"founder{n}@may.example;Aaa Founder {n}" for n in range(1, FOUNDERS + 1)]
    path.write_text("\r\n".join(["E-mail;Name", *people]), encoding="utf-8-sig")
    editor.goto(f"{site.url}{WORKSPACE}evidence/")
    editor.get_by_label("Or a CSV file").set_input_files(path)
    editor.get_by_role("button", name="Invite").click()
    expect(editor.get_by_text(f"{FOUNDERS} people are invited.")).to_be_visible()
    wait_until(lambda: progress(editor) == [FOUNDERS, FOUNDERS, 0], "mail to all", seconds=60)
    mails = site.mails_to("@may.example")
    assert len(mails) == len({mail["To"] for mail in mails}) == FOUNDERS


def progress(editor: Page) -> list[int]:
    """How many are invited, were sent the mail, have signed."""
    editor.reload()
    return [int(figure) for figure in editor.locator(".figures dd").all_inner_texts()]


def nobody_knows_of_it(site: Site, stranger: Page) -> None:
    for end in ("", "roll/", "count.json", "card.png", "versions/", "fr/"):
        assert stranger.request.get(f"{site.url}{LETTER}{end}").status == 404, end
    assert not any(is_named_in(site, stranger))


def is_named_in(site: Site, stranger: Page) -> list[bool]:
    """Whether the front page and the sitemap name the letter."""
    paths = ("/", "/sitemap.xml")
    return [SLUG in stranger.request.get(site.url + path).text() for path in paths]


def watch_the_reveal(site: Site, stranger: Page, at: datetime) -> None:
    """Not a moment before its second, and for whoever asks from then on."""

    def is_public() -> bool:
        asked = datetime.now(UTC)
        answer = stranger.request.get(site.url + LETTER)
        assert answer.status == 200 or asked < at, f"{asked - at} after the reveal"
        assert answer.status == 404 or datetime.now(UTC) >= at, "public before the reveal"
        return answer.status == 200

    wait_until(is_public, "reveal")


def test_five_hundred_founders_are_invited_sign_in_private_and_are_revealed(
    site: Site, page: Page, editor: Page, browser: Browser, console: list[str], tmp_path: Path
) -> None:
    seal(site, editor)
    invite(site, editor, tmp_path / "founders.csv")
    for n in SIGNING:
        founder = browser.new_page()
        sign_as_invited(site, founder, f"founder{n}@may.example")
        founder.close()
    nobody_knows_of_it(site, page)
    assert progress(editor) == [FOUNDERS, FOUNDERS, len(SIGNING)]

    at = set_opening(site, editor, timedelta(seconds=8))
    watch_the_reveal(site, page, at)

    # The founders are the first whom the public sees.
    def are_listed() -> bool:
        page.goto(f"{site.url}{LETTER}roll/")
        return page.locator(".entry").get_by_role("img", name="Invited").count() == len(SIGNING)

    wait_until(are_listed, "founders on the roll")
    for n in SIGNING:
        expect(page.get_by_text(f"Aaa Founder {n}", exact=True)).to_be_visible()
    wait_until(lambda: all(is_named_in(site, page)), "letter announced")
    assert page.request.get(f"{site.url}{LETTER}card.png").status == 200

    # From now on whoever comes may sign.
    page.goto(site.url + LETTER)
    fill_in(page, "Aaa First Stranger", "stranger@may.example")
    press_sign(page)
    page.goto(link_in(site.wait_for_mail("stranger@may.example", "Confirm"), "confirm"))
    page.get_by_role("button", name="Confirm my signature").click()
    page.wait_for_url("**/thanks/**")

    def count() -> int:
        return int(page.request.get(f"{site.url}{LETTER}count.json").json()["counted"])

    wait_until(lambda: count() == len(SIGNING) + 1, "stranger in the count")
    assert page.context.cookies() == []
    editor.goto(f"{site.url}{WORKSPACE}settings/")
    expect(editor.locator(".chip.open")).to_be_visible()
