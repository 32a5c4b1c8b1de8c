"""Bookmarks of the roll: sections, and in each the first letters."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pikepdf
import pytest

from common.names import sort_key
from deliveries.models import PieceKind
from deliveries.print import roll
from deliveries.services.roll_bookmarks import roll_bookmarks
from deliveries.services.volumes import roll_volumes
from letters.models import Letter
from tests.builders import a_letter, a_signature
from tests.deliveries.builders import a_delivery, typeset

PEOPLE = (
    "Ada Ant",
    "Åke Ax",
    "Émile Eau",
    "eve Elm",
    "Ole Oak",
    "Ørn Oak",
    "Ольга Орёл",
    "김민준",
    "李小龍",
    "王芳",
)


def text_of(path: Path, page: int) -> str:
    command = ["pdftotext", "-f", str(page), "-l", str(page), str(path), "-"]
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout


@pytest.mark.slow
def test_each_bookmark_leads_to_the_page_where_its_letter_begins(
    letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(roll, "PIECE_NAMES", 4)
    for name in PEOPLE:
        a_signature(letter, name, consent_government=True)
    for name in ("Zinc Guild", "Zebra Guild"):
        a_signature(letter, f"R {name}", organisation_name=name, consent_government=True)
    delivery = typeset(a_delivery(letter))
    path = delivery.folder / "roll.pdf"
    with pikepdf.open(path) as pdf, pdf.open_outline() as outline:
        titles = {part.title: [each.title for each in part.children] for part in outline.root}
        numbers = {page.obj.objgen: number for number, page in enumerate(pdf.pages, 1)}
        pages = {
            each.title: numbers[each.destination[0].objgen]
            for part in outline.root
            for each in part.children
        }
    assert titles["Organisations"] == ["Z"]
    assert titles["People"] == ["A", "E", "O", "О", "ᄀ", "李–王"]
    for title, name in (("Z", "Zebra"), ("A", "Ada"), ("O", "Ole"), ("О", "Ольга"), ("ᄀ", "김")):
        assert name in text_of(path, pages[title])


@pytest.mark.django_db
def test_a_letter_of_the_language_has_a_bookmark_of_its_own() -> None:
    spanish = a_letter("una-carta", language="es")
    for name in ("Nuria Sol", "Ñora Ávila", "Oto Paz", "Óscar Paz"):
        a_signature(spanish, name, consent_government=True, sort_key=sort_key(name, "es"))
    delivery = a_delivery(spanish)
    (volume,) = roll_volumes(delivery)
    assert [mark.title for mark in roll_bookmarks(delivery, volume) if mark.inner] == [
        *("N", "Ñ", "O"),
    ]


def test_a_bookmark_counts_its_entry_from_the_end_of_the_piece(letter: Letter) -> None:
    a_signature(letter, "Ada Ant", consent_government=True)
    a_signature(letter, "Bo Bee", consent_government=True)
    a_signature(letter, "R", organisation_name="Zinc Guild", consent_government=True)
    delivery = a_delivery(letter)
    assert delivery.pieces.filter(kind=PieceKind.ROLL).count() == 1
    (volume,) = roll_volumes(delivery)
    # The heading of the people stands behind the organisation.
    assert [(mark.title, mark.from_end) for mark in roll_bookmarks(delivery, volume)] == [
        ("Organisations", 4),
        ("Z", 4),
        ("People", 2),
        ("A", 2),
        ("B", 1),
    ]
