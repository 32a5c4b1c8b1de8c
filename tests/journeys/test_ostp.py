"""The OSTP request of 2025: 430 sign and are delivered; 120 more and 3 fewer are the next delivery.

The office has that request's rules: 15 pages, 12 pt, a statement to include, words in the subject.
"""

from __future__ import annotations

import re
from email.message import EmailMessage

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.journeys.conftest import Site, wait_until
from tests.journeys.crowd import insert_crowd
from tests.journeys.looks import faults
from tests.journeys.test_editor import begin
from tests.journeys.test_main_job import log_in, text_of
from tests.journeys.test_signing import fill_in, link_in, press_sign

pytestmark = pytest.mark.journey
TITLE = "A letter about songs, films and an AI Action Plan"
SLUG = "a-letter-about-songs-films-and-an-ai-action-plan"
LETTER = f"/letters/{SLUG}/"
WORKSPACE = f"/organise/letters/{SLUG}/"
OFFICE = "Practice office with the rules of the AI Action Plan request"
MAILBOX = "practice@ostp.example"
STATEMENT = "This document is approved for public dissemination."
TEXT = """Training on songs and films needs the consent of those who made them.

We ask the Office to say so in the Action Plan."""
# Of the 430, these sign and later withdraw in the browser; the others signed before.
LEAVING = ("Aaron Leaves", "Berta Leaves", "Carla Leaves")
FIRST, MORE = 430, 120


def write_and_publish(site: Site, page: Page) -> None:
    begin(site, page, TITLE, "musicians-and-film-makers")
    page.locator("[name=addressee]").fill("To the Office of Science and Technology Policy")
    page.locator("[name=body_markdown]").fill(TEXT)
    expect(page.locator("#saved")).to_contain_text("Saved at", timeout=10_000)
    page.goto(f"{site.url}{WORKSPACE}settings/")
    page.get_by_label("Privacy contact").fill("privacy@songs.example")
    page.get_by_label(OFFICE).check()
    page.get_by_role("button", name="Save").click()
    page.goto(f"{site.url}{WORKSPACE}publish/")
    page.get_by_role("button", name="Publish the letter").click()
    expect(page.get_by_text("The letter is published.")).to_be_visible()


def address_of(name: str) -> str:
    return f"{name.split()[0].lower()}@leaves.example"


def sign(site: Site, browser: Browser, name: str) -> None:
    page = browser.new_page()
    page.goto(site.url + LETTER)
    fill_in(page, name, address_of(name))
    page.locator("[name=consent_government]").check()
    press_sign(page)
    page.goto(link_in(site.wait_for_mail(address_of(name)), "confirm"))
    page.get_by_role("button", name="Confirm my signature").click()
    page.wait_for_url("**/thanks/**")
    page.close()


def withdraw(site: Site, browser: Browser, name: str) -> None:
    page = browser.new_page()
    page.goto(link_in(site.wait_for_mail(address_of(name)), "manage").rstrip("/") + "/withdraw/")
    page.locator("main form button").click()
    expect(page.get_by_role("status")).to_contain_text("Your signature is withdrawn.")
    page.close()


def crowd(site: Site, name: str, number: int, begun: str) -> None:
    domain = f"{name.split()[0].lower()}.example"
    insert_crowd(
        site,
        SLUG,
        name,
        number,
        begun=begun,
        domain=domain,
        show_name=True,
        consent_government=True,
    )


def freeze(site: Site, page: Page, sends: str = "") -> None:
    page.goto(f"{site.url}{WORKSPACE}deliveries/")
    page.get_by_label("Office", exact=True).select_option(label=OFFICE)
    if sends:
        page.get_by_label(sends).check()
    page.get_by_role("button", name="Freeze and typeset").click()
    page.wait_for_url(re.compile(r"/deliveries/\d+/$"))
    expect(page.locator(".preflight .chip").first).to_be_visible(timeout=60_000)
    expect(page.locator("#seal .chip.sealed")).to_be_visible(timeout=60_000)


def is_green(page: Page) -> None:
    """Preflight names every rule of the request, and none has failed."""
    table = page.locator(".preflight")
    for rule in ("Pages of the letter", "Smallest type", "The statement", "Subject"):
        expect(verdict(table, rule)).to_have_text("Passed")
    assert table.locator("tr:has(.chip.failed)").all_inner_texts() == []


def verdict(table: Locator, rule: str) -> Locator:
    return table.locator("tr", has_text=rule).locator(".chip").first


def send(site: Site, page: Page, number: int) -> EmailMessage:
    """The mail that arrives at the office."""
    page.get_by_role("link", name="Send by mail").click()
    page.get_by_role("button", name="Send to the office").click()
    wait_until(lambda: len(mails(site)) == number, f"{number} mails at the office")
    return mails(site)[-1]


def mails(site: Site) -> list[EmailMessage]:
    return [mail for mail in site.mails_to(MAILBOX) if TITLE in str(mail["Subject"])]


def pdfs(mail: EmailMessage) -> dict[str, str]:
    """The text of each PDF in the mail, by what follows the delivery's number in its file name."""
    found = {}
    for part in mail.iter_attachments():
        content = part.get_payload(decode=True)
        if isinstance(content, bytes) and content.startswith(b"%PDF"):
            kind = re.sub(r".*-delivery-\d+-", "", str(part.get_filename()))
            found[kind] = text_of(content)
    return found


def test_430_sign_then_120_more_and_3_fewer(
    site: Site, page: Page, browser: Browser, console: list[str]
) -> None:
    log_in(site, page)
    write_and_publish(site, page)
    crowd(site, "Early Signer", FIRST - len(LEAVING), "2025-03-01T12:00:00+00:00")
    for name in LEAVING:
        sign(site, browser, name)

    freeze(site, page)
    is_green(page)
    assert faults(page, "delivery 1") == []
    mail = send(site, page, 1)
    assert "AI Action Plan" in str(mail["Subject"])
    files = pdfs(mail)
    assert STATEMENT in files["letter-sealed.pdf"]
    assert "430" in files["letter-sealed.pdf"]
    whole = " ".join(files.values())
    assert all(name in whole for name in (*LEAVING, "Early Signer 0", "Early Signer 426"))

    crowd(site, "Later Signer", MORE, "2025-03-10T12:00:00+00:00")
    for name in LEAVING:
        withdraw(site, browser, name)
    freeze(site, page, sends="Only what changed since its last delivery")
    is_green(page)
    assert faults(page, "delivery 2") == []
    files = pdfs(send(site, page, 2))
    assert set(files) == {"letter-sealed.pdf", "addendum-sealed.pdf"}
    says_what_changed(files["addendum-sealed.pdf"])

    # Anybody can read the same figures, and no name, on the public page.
    page.goto(f"{site.url}/deliveries/{SLUG}/2/")
    shown = " ".join(page.locator("main").inner_text().split())
    for figure in ("Added 120", "Withdrawn 3", "547"):
        assert figure in shown
    assert "Later Signer" not in shown


def says_what_changed(addendum: str) -> None:
    for words in (
        *("Addendum to delivery 1", "430 named in delivery 1", "120 added"),
        *("\u22123 withdrawn", "547 named in delivery 2"),
        "3 entries are no longer part of the roll",
    ):
        assert words in addendum
    named = set(re.findall(r"(?:Early|Later) Signer \d+", addendum))
    assert named == {f"Later Signer {n}" for n in range(MORE)}
    assert not any(name in addendum for name in LEAVING)
