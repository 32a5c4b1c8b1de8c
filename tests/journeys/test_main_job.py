"""The main job, end to end: from the letter page to the PDF in the office's mailbox."""

from __future__ import annotations

import hashlib
import io
import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from coalition.demo import ORGANISER_EMAIL, ORGANISER_PASSWORD
from tests.journeys.conftest import Site, wait_until
from tests.journeys.test_signing import fill_in, link_in, press_sign

pytestmark = pytest.mark.journey
SLUG = "ostp-ai-copyright"
LETTER = f"/letters/{SLUG}/"
WORKSPACE = f"/organise/letters/{SLUG}/"


def log_in(site: Site, page: Page, address: str = ORGANISER_EMAIL) -> None:
    page.goto(f"{site.url}/accounts/login/")
    page.locator("[name=login]").fill(address)
    page.locator("[name=password]").fill(ORGANISER_PASSWORD)
    page.locator("[name=password]").press("Enter")
    page.wait_for_url("**/organise/")


def text_of(data: bytes) -> str:
    """A PDF's text with every run of white space as one space."""
    reader = PdfReader(io.BytesIO(data))
    assert not reader.is_encrypted
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def test_organisation_from_signing_to_the_pdf_in_the_offices_mailbox(
    site: Site, page: Page, console: list[str]
) -> None:
    # An organisation's representative signs; a moderator's decision makes it public.
    page.goto(site.url + LETTER)
    page.get_by_label("On behalf of an organisation").check()
    fill_in(page, "Rosa Representative", "rosa@harbourguild.example")
    page.locator("[name=organisation_name]").fill("Harbour Guild of Letters")
    page.locator("[name=role_title]").fill("Secretary")
    page.locator("[name=consent_government]").check()
    press_sign(page)
    page.wait_for_url("**/check-inbox/")
    page.goto(link_in(site.wait_for_mail("rosa@harbourguild.example"), "confirm"))
    page.get_by_role("button", name="Confirm my signature").click()
    page.wait_for_url("**/thanks/**")
    manage = page.locator("a[href*='/manage/']").first.get_attribute("href")
    page.goto(f"{site.url}{LETTER}roll/")
    expect(page.get_by_text("Harbour Guild of Letters")).to_have_count(0)

    # The organiser lets it sign, and rejects nobody without a reason.
    log_in(site, page)
    page.goto(f"{site.url}{WORKSPACE}signatures/?q=rosa@harbourguild.example")
    row = page.locator("tbody tr")
    expect(row).to_have_count(1)
    row.get_by_role("button", name="Approve").click()
    expect(row).to_contain_text("Counted")

    def listed() -> bool:
        page.goto(f"{site.url}{LETTER}roll/")
        return page.get_by_text("Harbour Guild of Letters").count() > 0

    wait_until(listed, "organisation on the roll", seconds=10)

    # Freeze, watch it being typeset, look at the files.
    page.goto(f"{site.url}{WORKSPACE}deliveries/")
    page.get_by_label("Office").select_option(
        label="Practice office with the rules of the AI Action Plan request"
    )
    page.get_by_role("button", name="Freeze and typeset").click()
    page.wait_for_url(re.compile(r"/deliveries/\d+/$"))
    expect(page.get_by_role("link", name="Send by mail")).to_be_visible(timeout=60_000)

    # Preflight names every rule and none has failed; send it, and open what arrived at the office.
    verdicts = page.locator(".preflight .chip")
    expect(verdicts.first).to_be_visible(timeout=30_000)
    assert page.locator(".preflight tr:has(.chip.failed)").all_inner_texts() == []
    assert verdicts.count() > 10
    expect(page.locator("#seal .chip.sealed")).to_be_visible(timeout=60_000)
    page.get_by_role("link", name="Send by mail").click()
    recipient = page.locator("main").inner_text()
    address = re.search(r"[\w.+-]+@[\w-]+\.example", recipient)
    assert address is not None
    page.get_by_role("button", name="Send to the office").click()
    mail = site.wait_for_mail(address.group())
    files = {
        str(part.get_filename()): part.get_payload(decode=True)
        for part in mail.iter_attachments()
        if str(part.get_filename()).endswith(".pdf")
    }
    text = " ".join(text_of(data) for data in files.values() if isinstance(data, bytes))
    assert "Harbour Guild of Letters" in text
    assert "Ask first" in text

    # The public page shows the hash of exactly what was sent.
    def sent() -> bool:
        page.reload()
        return page.get_by_text("Sent", exact=True).count() > 0

    wait_until(sent, "delivery marked as sent", seconds=20)
    number = page.url.rstrip("/").rsplit("/", 1)[1]
    page.goto(f"{site.url}/deliveries/{SLUG}/{number}/")
    shown = page.locator("main").inner_text()
    for data in files.values():
        assert isinstance(data, bytes)
        assert hashlib.sha256(data).hexdigest() in shown
    assert "Harbour Guild of Letters" not in shown

    # Whoever has a file or a receipt checks it there; nothing is sent, a changed byte is noticed.
    roll = next(data for name, data in files.items() if name.endswith("roll-sealed.pdf"))
    assert isinstance(roll, bytes)
    public_page = page.url
    page.goto(f"{site.url}{urlsplit(manage or '').path}deliveries/")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the receipt").first.click()
    receipt = download.value.path().read_text(encoding="utf-8")
    page.goto(public_page)
    answers = page.locator(".drop-box [role=status] p")
    for name, content, answer in (
        ("roll.pdf", roll, "roll-sealed.pdf is a sealed copy of this delivery, unchanged."),
        ("roll.pdf", roll[:-1] + b"x", "is no file of this delivery"),
        ("receipt.json", receipt.encode(), "Harbour Guild of Letters is among the entries"),
        ("forged.json", receipt.replace("Harbour", "Hollow").encode(), "is no receipt of this"),
    ):
        page.locator(".drop-box input").set_input_files(
            {"name": name, "mimeType": "application/octet-stream", "buffer": content}
        )
        expect(answers).to_contain_text([answer])


def test_organiser_rejects_only_with_a_reason_and_the_log_says_so(site: Site, page: Page) -> None:
    log_in(site, page)
    page.goto(f"{site.url}{WORKSPACE}signatures/?status=counted")
    first = page.locator("tbody tr").first
    name = first.locator("th a").inner_text()
    first.get_by_role("checkbox").check()
    bulk = page.locator("#bulk")
    bulk.locator("[name=reason]").select_option("duplicate")
    bulk.locator("[name=note]").fill("Same person, other address")
    bulk.get_by_role("button", name="Reject").click()
    page.goto(f"{site.url}{WORKSPACE}audit-log/")
    entry = page.locator("main")
    expect(entry).to_contain_text("Same person, other address")
    expect(entry).to_contain_text(name)
    page.goto(f"{site.url}{LETTER}roll/")
    expect(page.get_by_text(name, exact=True)).to_have_count(0)
