"""A thousand people who agreed elsewhere, 37 of the rows faulty: checked, imported, mailed."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import Site
from tests.journeys.looks import faults
from tests.journeys.test_evidence import LETTER, is_marked
from tests.journeys.test_main_job import log_in
from tests.journeys.test_signing import link_in

pytestmark = pytest.mark.journey
PAGE = "/organise/letters/ostp-ai-copyright/imports/"
FAULTY = (
    "Without Address,,FR",
    "=cmd|calc,formula{n}@import.example,FR",
    "Wrong Country,land{n}@import.example,Atlantis",
    "Somebody Again,person1@import.example,FR",
    ",nameless{n}@import.example,FR",
)


def a_table(path: Path) -> Path:
    """1,000 rows as a spreadsheet in Windows writes them, each 27th of the first 999 faulty."""
    rows = []
    for n in range(1, 1001):
        faulty = n % 27 == 0
        row = (
            FAULTY[n % len(FAULTY)]
            if faulty
            else "Aaa Impörted {n},person{n}@import.example,France"
        )
        rows.append(row.format(n=n))
    lines = ["Name,E-mail,Country", *rows]
    path.write_bytes("\r\n".join(lines).replace(",", ";").encode("cp1252"))
    return path


def test_thousand_people_with_37_faulty_rows(
    site: Site, page: Page, browser: Browser, console: list[str], tmp_path: Path
) -> None:
    log_in(site, page)
    page.goto(site.url + PAGE)
    page.get_by_label("CSV file").set_input_files(a_table(tmp_path / "people.csv"))
    page.get_by_role("button", name="Upload").click()

    expect(page.get_by_text("looks like Windows-1252")).to_be_visible()
    expect(page.get_by_role("cell", name="Aaa Impörted 1", exact=True)).to_be_visible()
    expect(page.get_by_label("Country optional")).to_have_value("2")
    page.get_by_label("Their names stand on this website").check()
    page.get_by_role("button", name="Check every row").click()

    begin = page.get_by_role("button", name="Import 963 people")
    expect(begin).to_be_visible(timeout=60_000)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the faulty rows").click()
    with Path(download.value.path()).open(encoding="utf-8-sig", newline="") as file:
        found = list(csv.DictReader(file))
    assert len(found) == 37
    assert {row["What is wrong"] for row in found} >= {
        "Name: this looks like a formula.",
        "The same address is in line 2.",
        "Country: Please choose a country from the list.",
    }

    begin.click()
    expect(page.get_by_text("The file is deleted")).to_be_visible(timeout=60_000)
    expect(page.locator(".figures dd")).to_have_text(["963", "0", "37"])
    assert faults(page, "imported") == []

    person = browser.new_context().new_page()
    person.goto(link_in(site.wait_for_mail("person1000@import.example", "Confirm"), "confirm"))
    person.get_by_role("button", name="Confirm my signature").click()
    is_marked(site, person, "Aaa Impörted 1000", "Imported")
    person.goto(site.url + LETTER)
    assert person.context.cookies() == []

    # The same file once more adds nobody.
    page.goto(site.url + PAGE)
    page.get_by_label("CSV file").set_input_files(tmp_path / "people.csv")
    page.get_by_role("button", name="Upload").click()
    page.get_by_role("button", name="Check every row").click()
    expect(page.get_by_text("Nobody in the file can be added.")).to_be_visible(timeout=60_000)
    expect(page.locator(".figures dd")).to_have_text(["0", "963", "37"])
