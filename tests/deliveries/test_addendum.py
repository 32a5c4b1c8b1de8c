"""What a later delivery to the same office says of the one before, on paper and in its files."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from pathlib import Path

import pytest

from deliveries.models import Delivery, Sends
from deliveries.services.compose_jobs import letter_job
from deliveries.services.compose_roll import addendum_job
from deliveries.services.send_delivery import mark_delivered
from letters.models import Letter
from signatories.models import FeaturedGroup
from signatories.services.withdraw_signature import withdraw_signature
from tests.builders import a_signature
from tests.deliveries.builders import a_delivery, an_office, made_ready, typeset


def words_of(path: Path) -> str:
    command = ["pdftotext", "-raw", str(path), "-"]
    text = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    return " ".join(text.split())


@pytest.fixture
def second(letter: Letter) -> Delivery:
    """Frozen: two were added, one with marks; one withdrew; one corrected her name."""
    office = an_office()
    leaving = a_signature(letter, "Leaving Person", consent_government=True)
    renamed = a_signature(letter, "Ana Bel", consent_government=True)
    a_signature(letter, "Staying Person", consent_government=True)
    mark_delivered(made_ready(a_delivery(letter, office)))
    withdraw_signature(signature_id=leaving.pk)
    renamed.name = "Anabel Correct"
    renamed.save(update_fields=["name"])
    marks = ["guild_code", "vouched"]
    a_signature(letter, "Nadia New", consent_government=True, marks=marks)
    a_signature(letter, "Rep", organisation_name="New Guild", consent_government=True)
    return a_delivery(letter, office, sends=Sends.ADDENDUM)


def test_an_addendum_states_exactly_what_changed(second: Delivery) -> None:
    job = addendum_job(second)
    assert [(part["title"], [line[0] for line in part["entries"]]) for part in job["sections"]] == [
        ("Organisations added", ["New Guild"]),
        ("People added", ["Nadia New"]),
        ("People whose entry now reads", ["Anabel Correct"]),
    ]
    before = second.since
    assert before is not None
    assert job["opening"]["sums"] == [
        ("3", "named in delivery 1"),
        ("2", "added"),
        ("\u22121", "withdrawn"),
        ("4", "named in delivery 2"),
    ]
    assert [root for _, root in job["opening"]["roots"]] == [before.list_root, second.list_root]


@pytest.mark.slow
def test_an_addendum_is_a_file_of_its_own_and_names_nobody_who_withdrew(second: Delivery) -> None:
    typeset(second)
    assert [file.name for file in second.files.for_office()] == ["letter.pdf", "addendum.pdf"]
    assert second.files.filter(name="roll.pdf").exists()

    words = words_of(second.folder / "addendum.pdf")
    for part in (
        *("Addendum to delivery 1", "1 entry is no longer part of the roll", "Nadia New ◆✓"),
        *("Guild member: entered a one-time code", "Anabel Correct", "New Guild", "Page 1 of 1"),
    ):
        assert part in words
    assert second.list_root in words.replace(" ", "")
    assert "Leaving" not in words
    assert "Staying" not in words

    manifest = json.loads((second.folder / "manifest.json").read_text())
    assert "addendum.pdf" in [file["name"] for file in manifest["files"]]
    assert manifest["marks"]["vouched"]["entries"] == 1
    rows = csv.DictReader(io.StringIO((second.folder / "roll.csv").read_text("utf-8-sig")))
    marks = {row["name"]: row["marks"] for row in rows}
    assert marks["Nadia New"] == "Guild member; Vouched for"
    assert marks["Staying Person"] == ""


def test_the_first_delivery_has_the_whole_roll_whatever_is_asked(letter: Letter) -> None:
    a_signature(letter, consent_government=True)
    delivery = a_delivery(letter, sends=Sends.ADDENDUM)
    assert delivery.layout["sends"] == Sends.ROLL
    assert not delivery.pieces.filter(kind="addendum").exists()


def test_headings_of_the_featured_stay_as_they_were_frozen(letter: Letter) -> None:
    for rank, name in enumerate(("First Person", "Second Person", "Third Person"), 1):
        a_signature(letter, name, consent_government=True, featured_rank=rank)
    group = FeaturedGroup.objects.create(letter=letter, first_rank=2, headings={"en": "Composers"})
    delivery = a_delivery(letter)
    group.headings = {"en": "Somebody else"}
    group.save()
    groups = letter_job(delivery)["groups"]
    assert [(each["title"], [name for name, _ in each["entries"]]) for each in groups] == [
        ("Among the signatories", ["First Person"]),
        ("Composers", ["Second Person", "Third Person"]),
    ]
