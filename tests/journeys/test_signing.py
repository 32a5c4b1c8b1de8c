"""A stranger signs the letter in a real browser, confirms by mail, and stands on the roll."""

from __future__ import annotations

import re
from email.message import EmailMessage
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import Site, wait_until

pytestmark = pytest.mark.journey
LETTER = "/letters/ostp-ai-copyright/"


def link_in(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    found = re.search(rf"http://localhost:\d+/{kind}/\S+", body.get_content())
    assert found is not None
    return found.group()


def fill_in(page: Page, name: str, address: str) -> None:
    page.get_by_label("Your name").fill(name)
    page.get_by_label("Email", exact=True).fill(address)
    page.get_by_text("Show my name publicly").click()
    page.get_by_label("List my name on this website").check()


def press_sign(page: Page) -> None:
    page.locator("form[action*='/sign/'] button").first.click()


def test_person_signs_confirms_manages_and_withdraws(
    site: Site, page: Page, console: list[str]
) -> None:
    page.goto(site.url + LETTER)
    fill_in(page, "Aaa Journey Signer", "journey@mail.example")
    press_sign(page)
    page.wait_for_url("**/check-inbox/")
    mail = site.wait_for_mail("journey@mail.example")
    page.goto(link_in(mail, "confirm"))
    expect(page.locator("body")).to_contain_text("Aaa Journey Signer")
    page.locator("main form button").first.click()
    page.wait_for_url("**/thanks/**")
    expect(page.locator("body")).to_contain_text(re.compile(r"[A-Z2-7]{4}-[A-Z2-7]{4}-[A-Z2-7]{2}"))

    def listed() -> bool:
        page.goto(f"{site.url}{LETTER}roll/")
        return page.get_by_text("Aaa Journey Signer").count() > 0

    wait_until(listed, "name on the roll", seconds=10)
    assert page.context.cookies() == []

    page.goto(link_in(mail, "manage"))
    page.get_by_label("Your name").fill("Aaa Journey Renamed")
    page.locator("main form button").first.click()
    expect(page.get_by_label("Your name")).to_have_value("Aaa Journey Renamed")

    page.goto(link_in(mail, "manage").rstrip("/") + "/withdraw/")
    page.locator("main form button").first.click()

    def gone() -> bool:
        page.goto(f"{site.url}{LETTER}roll/")
        return page.get_by_text("Aaa Journey").count() == 0

    wait_until(gone, "name taken off the roll", seconds=10)


def test_code_of_the_mail_confirms_and_the_signature_is_erased(
    site: Site, page: Page, console: list[str]
) -> None:
    page.goto(site.url + LETTER)
    fill_in(page, "Aaa Code Typist", "typist@mail.example")
    press_sign(page)
    page.wait_for_url("**/check-inbox/")
    mail = site.wait_for_mail("typist@mail.example")
    body = mail.get_body(("plain",))
    assert body is not None
    found = re.search(r"\b[2-9A-Z]{4}-[2-9A-Z]{4}\b", body.get_content())
    assert found is not None
    page.get_by_label("Email").fill("Typist@mail.example")
    page.get_by_label("Code from the mail", exact=True).fill(found.group().lower())
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/confirm/**")
    expect(page.locator("body")).to_contain_text("Aaa Code Typist")
    page.get_by_role("button", name="Confirm my signature").click()
    page.wait_for_url("**/thanks/**")
    page.get_by_role("link", name="Change, hide or withdraw").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download my data").click()
    assert "Aaa Code Typist" in download.value.path().read_text()
    page.get_by_role("link", name="Erase my data").click()
    expect(page.locator("main")).to_contain_text("Aaa Code Typist")
    page.get_by_role("button", name="Erase everything").click()
    expect(page.locator("main")).to_contain_text("Everything held about you is erased.")
    expect(page.locator("body")).not_to_contain_text("Aaa Code Typist")
    assert page.context.cookies() == []


def test_scanner_that_opens_every_link_confirms_nothing(site: Site, page: Page) -> None:
    page.goto(site.url + LETTER)
    fill_in(page, "Aaa Scanned Signer", "scanned@mail.example")
    press_sign(page)
    page.wait_for_url("**/check-inbox/")
    mail = site.wait_for_mail("scanned@mail.example")
    for part in mail.walk():
        if part.get_content_maintype() == "text":
            for url in re.findall(r"http://localhost:\d+/[^\s\"<]+", part.get_content()):
                for method in ("GET", "HEAD"):
                    assert page.request.fetch(url, method=method).status in (200, 409)
    page.goto(link_in(mail, "confirm"))
    expect(page.locator("main form button").first).to_be_visible()
    page.goto(f"{site.url}{LETTER}roll/")
    expect(page.get_by_text("Aaa Scanned Signer")).to_have_count(0)


def test_french_signer_without_javascript_from_the_form_to_withdrawing(
    site: Site, browser: Browser
) -> None:
    context = browser.new_context(
        java_script_enabled=False, viewport={"width": 320, "height": 640}, locale="fr-FR"
    )
    page = context.new_page()
    page.goto(f"{site.url}{LETTER}fr/")
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    page.locator("[name=name]").fill("Élodie Aaa-Journée")
    page.locator("[name=email]").fill("elodie@mail.example")
    page.locator("[name=show_name][value=yes]").check()
    page.locator("[name=consent_web]").check()
    press_sign(page)
    page.wait_for_url("**/fr/check-inbox/")
    mail = site.wait_for_mail("elodie@mail.example", "Confirmez votre signature")
    for kind in ("plain", "html"):
        body = mail.get_body((kind,))
        assert body is not None
        assert "Bonjour Élodie Aaa-Journée" in body.get_content()
        assert "Dear" not in body.get_content()
    page.goto(link_in(mail, "confirm"))
    page.get_by_role("button", name="Confirmer ma signature").click()
    page.wait_for_url("**/thanks/**")
    page.goto(link_in(mail, "manage"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre signature")
    page.locator("[name=affiliation]").fill("Atelier du Papier")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator("[name=affiliation]")).to_have_value("Atelier du Papier")
    page.locator("a[href*='/withdraw/']").click()
    page.locator("main form button").click()
    expect(page.get_by_role("status")).to_contain_text("Votre signature est retirée.")
    assert page.locator("html").get_attribute("lang") == "fr"
    assert context.cookies() == []
    context.close()


def test_bad_form_keeps_what_was_typed_and_takes_the_focus(site: Site, page: Page) -> None:
    page.goto(site.url + LETTER)
    fill_in(page, "<b>Ada</b>", "ada@bad.example")
    press_sign(page)
    expect(page.get_by_label("Your name")).to_have_value("<b>Ada</b>")
    expect(page.get_by_label("Email", exact=True)).to_have_value("ada@bad.example")
    expect(page.locator("#errors")).to_be_focused()


@pytest.mark.parametrize("width", [320, 390, 1280])
@pytest.mark.parametrize("path", ["", "fr/", "roll/"])
def test_page_never_scrolls_sideways(site: Site, page: Page, path: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(site.url + LETTER + path)
    inner: Any = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert inner[0] <= inner[1]
