"""Arabic reader, keyboard only, phone, expired link, already signed: see README.md beside this."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import Site, wait_until
from tests.journeys.test_signing import LETTER, fill_in, link_in, press_sign

pytestmark = pytest.mark.journey
FOCUS = """
() => {
  const element = document.activeElement, style = getComputedStyle(element);
  const box = element.getBoundingClientRect();
  const visible = (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0)
    || style.boxShadow !== "none"
    || (element.labels?.[0] && getComputedStyle(element.labels[0]).outlineStyle !== "none");
  return {
    name: element.name || element.textContent.trim(), visible: Boolean(visible),
    inside: box.bottom > 0 && box.top < innerHeight,
  };
}
"""


def sign_up(site: Site, page: Page, name: str, address: str) -> None:
    page.goto(site.url + LETTER)
    fill_in(page, name, address)
    press_sign(page)
    page.wait_for_url("**/check-inbox/")


def test_arabic_reader_signs_from_right_to_left(site: Site, page: Page, console: list[str]) -> None:
    letter = "/letters/statement-on-training/ar/"
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(site.url + letter)
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.locator("html")).to_have_attribute("lang", "ar")
    label, field = page.locator("label[for=id_name]"), page.locator("[name=name]")
    line = field.bounding_box()
    words = label.bounding_box()
    assert line is not None
    assert words is not None
    assert abs((words["x"] + words["width"]) - (line["x"] + line["width"])) < 40, "starts right"
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    field.fill("ليلى القارئة")
    page.locator("[name=email]").fill("layla@mail.example")
    page.locator("[name=show_name][value=yes]").check()
    page.locator("[name=consent_web]").check()
    press_sign(page)
    page.wait_for_url("**/ar/check-inbox/")
    mail = site.wait_for_mail("layla@mail.example")
    html = mail.get_body(("html",))
    assert html is not None
    assert '<html lang="ar" dir="rtl">' in html.get_content()
    page.goto(link_in(mail, "confirm"))
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.locator("bdi").filter(has_text="ليلى القارئة").first).to_be_visible()
    page.locator("main form button").first.click()
    page.wait_for_url("**/thanks/**")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_keyboard_only_signer(site: Site, page: Page, console: list[str]) -> None:
    """Tab, space and enter: in the order of the page, with a focus that can be seen."""
    page.emulate_media(reduced_motion="reduce")
    page.goto(site.url + LETTER)
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUS)["visible"]
    expect(page.locator(".skip")).to_be_focused()
    page.locator("#sign [name=capacity]").first.focus()
    order = []
    while not order or order[-1] not in ("Sign", "consent_updates"):
        page.keyboard.press("Tab")
        page.wait_for_function(f"({FOCUS})().inside")  # the page follows within a frame or two
        focus = page.evaluate(FOCUS)
        assert focus["visible"], focus
        order.append(focus["name"])
        if focus["name"] == "name":
            page.keyboard.type("Aaa Keyboard Signer")
        elif focus["name"] in ("show_name", "consent_web"):
            page.keyboard.press("Space")
    fields = page.locator("#sign form").evaluate(
        "form => [...new Set([...form.elements].filter(e => e.offsetParent).map(e => e.name))]"
    )
    assert order == [name for name in fields if name in order]

    # The address is missing: the summary takes the focus, and its link leads to the field.
    page.keyboard.press("Enter")
    summary = page.locator("#errors")
    expect(summary).to_be_focused()
    console.clear()  # Chromium reports the status
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Email", exact=True)).to_be_focused()
    page.keyboard.type("keyboard@mail.example")
    page.keyboard.press("Enter")
    page.wait_for_url("**/check-inbox/")
    page.goto(link_in(site.wait_for_mail("keyboard@mail.example"), "confirm"))
    while page.evaluate(FOCUS)["name"] != "Confirm my signature":
        page.keyboard.press("Tab")
        assert page.evaluate(FOCUS)["visible"]
    page.keyboard.press("Enter")
    page.wait_for_url("**/thanks/**")


@pytest.mark.parametrize("width", [320, 390])
def test_phone_signer_needs_seven_taps(site: Site, browser: Browser, width: int) -> None:
    """To the form, two fields, name shown, consent, sign; then one in the mail's page."""
    context = browser.new_context(
        viewport={"width": width, "height": 700}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    address = f"phone{width}@mail.example"
    page.goto(site.url + LETTER)
    page.get_by_role("link", name="Sign this letter").tap()
    page.get_by_label("Your name").tap()
    page.keyboard.type("Aaa Phone Signer")
    page.get_by_label("Email", exact=True).tap()
    page.keyboard.type(address)
    page.get_by_text("Show my name publicly").tap()
    page.get_by_text("List my name on this website").tap()
    page.get_by_role("button", name="Sign", exact=True).tap()
    page.wait_for_url("**/check-inbox/")
    pages = [page.url]
    page.goto(link_in(site.wait_for_mail(address), "confirm"))
    pages.append(page.url)
    page.get_by_role("button", name="Confirm my signature").tap()
    page.wait_for_url("**/thanks/**")
    pages.append(page.url)
    page.get_by_role("link", name="Change, hide or withdraw").tap()
    page.wait_for_url("**/manage/**")
    for url in [*pages, page.url]:
        page.goto(url)
        assert page.evaluate("document.documentElement.scrollWidth") == width, url
        small = page.locator("main :is(button, .button, input:not([type=hidden]))").evaluate_all(
            "all => all.filter(e => e.offsetParent && e.getBoundingClientRect().height < 24"
            " && !e.labels?.length).map(e => e.outerHTML)"
        )
        assert small == [], url
    context.close()


AGE = """
from datetime import timedelta
import time_machine
from django.utils import timezone
from common.canonical import canonical_email
from common.crypto import email_digest
from signatories.models import Signature
from verification.links import confirm_path
rows = Signature.objects.filter(email_digest=email_digest(canonical_email("late@mail.example")))
rows.update(confirmation_sent_at=timezone.now() - timedelta(days=8))
with time_machine.travel(timezone.now() - timedelta(days=8)):
    print(confirm_path(rows.get().pk))
"""


def test_signer_with_an_expired_link_gets_a_new_mail(
    site: Site, page: Page, console: list[str]
) -> None:
    sign_up(site, page, "Aaa Late Signer", "late@mail.example")
    site.wait_for_mail("late@mail.example")
    expired = site.run(AGE).splitlines()[-1]
    answer = page.goto(site.url + expired)
    assert answer is not None
    assert answer.status == 410
    console.clear()  # Chromium reports the status
    expect(page.get_by_role("heading", level=1)).to_have_text("This link has expired")
    page.get_by_role("button", name="Send a new mail").click()
    page.wait_for_url("**/check-inbox/")
    wait_until(lambda: len(site.mails_to("late@mail.example")) == 2, "second mail")
    page.goto(link_in(site.wait_for_mail("late@mail.example"), "confirm"))
    expect(page.locator("main")).to_contain_text("Aaa Late Signer")
    page.get_by_role("button", name="Confirm my signature").click()
    page.wait_for_url("**/thanks/**")


def test_already_signed_person_is_told_by_mail_only(
    site: Site, page: Page, console: list[str]
) -> None:
    sign_up(site, page, "Aaa Twice Signer", "twotimes@mail.example")
    seen = re.sub(r"\s+", " ", page.content())
    mail = site.wait_for_mail("twotimes@mail.example")
    page.goto(link_in(mail, "confirm"))
    page.get_by_role("button", name="Confirm my signature").click()
    page.wait_for_url("**/thanks/**")

    # In another spelling of the same address: the page is, to the letter, as the first time.
    sign_up(site, page, "Aaa Twice Signer", "TwoTimes@mail.example")
    assert re.sub(r"\s+", " ", page.content()) == seen
    told = site.wait_for_mail("twotimes@mail.example", "already")
    body = told.get_body(("plain",))
    assert body is not None
    assert "You have signed that letter already" in body.get_content()
    page.goto(link_in(told, "manage"))
    expect(page.get_by_label("Your name")).to_have_value("Aaa Twice Signer")
