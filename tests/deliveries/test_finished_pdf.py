"""The joined roll, read back by other programs than those that made it."""

from __future__ import annotations

import re
import subprocess
import unicodedata
from functools import partial
from pathlib import Path

import pikepdf
import pytest
from django.utils import timezone

from coalition.demo.plans import load_plans
from coalition.demo.submissions import invent_submissions
from deliveries.print.join import Bookmark, join_pieces
from deliveries.print.press import write_in_child
from deliveries.print.roll import write_roll
from deliveries.print.whole import DEFAULTS, print_whole_roll

# Spaces, direction marks, and the hyphen that Poppler takes for a soft one at a line's end.
_UNSEEN = re.compile("[-\\s\u00ad\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]+")
# A glyph that stands for several letters: Poppler reverses them with the line.
_ONE_GLYPH = re.compile("\u200c|\u0651|\u0644\u0644\u0647")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u06ff]")
SCRIPTS = ("LATIN", "GREEK", "CYRILLIC", "ARABIC", "HEBREW", "DEVANAGARI", "BENGALI", "TAMIL")
SCRIPTS += ("THAI", "HANGUL", "CJK", "HIRAGANA", "KATAKANA", "ARMENIAN", "GEORGIAN", "ETHIOPIC")
EACH = 25


def demo_names() -> list[tuple[str, str]]:
    """Names of the largest demo letter with their countries: of each script and shape, some."""
    plan = max(load_plans(), key=lambda plan: plan.received)
    chosen: dict[str, str] = {}
    of_shape: dict[str, int] = {}
    for person in invent_submissions(plan, seed=1, now=timezone.now()):
        kinds = {unicodedata.name(char, "?").split()[0] for char in person.name if char.isalpha()}
        marks = {unicodedata.category(char) for char in person.name}
        shape = f"{sorted(kinds)} {sorted(marks)}"
        if person.name not in chosen and of_shape.get(shape, 0) < EACH:
            of_shape[shape] = of_shape.get(shape, 0) + 1
            chosen[person.name] = person.country
    return list(chosen.items())


@pytest.fixture(scope="module")
def names() -> list[tuple[str, str]]:
    return demo_names()


@pytest.fixture(scope="module")
def roll(names: list[tuple[str, str]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("roll") / "roll.pdf"
    entries = [[name, country, ["Writer"], ""] for name, country in names]
    # Typst's threads, here, would hang every later fork of this process.
    write_in_child(partial(print_whole_roll, {"entries": entries}), path)
    return path


def said_by(*command: object) -> str:
    words = [str(word) for word in command]
    return subprocess.run(words, capture_output=True, check=True, text=True).stdout


def plain(text: str) -> str:
    return _UNSEEN.sub("", unicodedata.normalize("NFC", text))


def test_every_name_of_the_demo_copies_out_unchanged_and_in_order(
    names: list[tuple[str, str]], roll: Path
) -> None:
    scripts = {unicodedata.name(char, "?").split()[0] for name, _ in names for char in name}
    assert len(scripts & set(SCRIPTS)) >= 12
    text = plain(said_by("pdftotext", "-enc", "UTF-8", roll, "-"))
    after = 0
    wrong = []
    for name, _ in names:
        at = text.find(f"{plain(name)},Writer", after)
        if at < 0:
            wrong.append(name)
        else:
            after = at
    # What is known not to: letters of one Arabic glyph, and two directions in one name.
    known = [name for name in wrong if _RIGHT_TO_LEFT.search(name) and is_known(name)]
    assert wrong == known
    for name in known:
        assert all(char in text for char in plain(name))


def is_known(name: str) -> bool:
    return bool(_ONE_GLYPH.search(name)) or bool(re.search("[A-Za-z]", name))


def test_qpdf_finds_no_fault(roll: Path) -> None:
    done = said_by("qpdf", "--check", roll)
    assert "No syntax or stream encoding errors found" in done
    assert "File is not encrypted" in done


def test_all_fonts_are_embedded_and_cut_down(roll: Path) -> None:
    lines = said_by("pdffonts", roll).splitlines()[2:]
    assert len(lines) > 10
    for line in lines:
        embedded, subset = line.split()[-5:-3]
        assert (embedded, subset) == ("yes", "yes"), line


def test_it_is_tagged_has_a_language_and_shows_its_title(roll: Path) -> None:
    with pikepdf.open(roll) as pdf:
        root = pdf.Root
        assert root.MarkInfo.Marked
        assert str(root.Lang) == "en"
        assert root.ViewerPreferences.DisplayDocTitle
        with pdf.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
            assert metadata["dc:title"] == DEFAULTS["title"]
            assert metadata["{http://ns.adobe.com/xap/1.0/t/pg/}NPages"] == str(len(pdf.pages))


def test_each_page_leads_to_its_entries_and_back(roll: Path, names: list[tuple[str, str]]) -> None:
    with pikepdf.open(roll) as pdf:
        tree = pdf.Root.StructTreeRoot
        parents = pikepdf.NumberTree(tree.ParentTree)
        entries = 0
        for part in tree.K[0].K:
            assert part.S == "/Part"
            entries += sum(element.S == "/P" for element in part.K)
        assert entries >= len(names)
        for number, page in enumerate(pdf.pages):
            assert page.obj.StructParents == number
            assert all(element.Pg == page.obj for element in parents[number])
        assert sorted(parents.keys()) == list(range(len(pdf.pages)))


def test_pieces_of_two_documents_are_numbered_through_and_marked(tmp_path: Path) -> None:
    job = {**DEFAULTS, "type_pt": "12", "detail": "full", "language": "en"}
    paths = []
    for number, name in enumerate(("Ada (12 0 R) Lovelace", "Bo /Writer.3 Diddley")):
        path = tmp_path / f"{number}.pdf"
        section = {"title": "People", "entries": [[name, "", [], ""]]}
        write_in_child(partial(write_roll, {**job, "sections": [section]}), path)
        paths.append(path)
    marks = [Bookmark("Ada (12 0 R)", 0), Bookmark("A", 0, 1, inner=True), Bookmark("Böb", 1)]
    first, second = tmp_path / "a.pdf", tmp_path / "b.pdf"
    for target in (first, second):
        write_in_child(partial(join_pieces, paths, job=job, bookmarks=marks), target)
    assert first.read_bytes() == second.read_bytes()
    text = said_by("pdftotext", first, "-")
    assert "Page 1 of 2" in text
    assert "Page 2 of 2" in text
    assert "Ada (12 0 R) Lovelace" in text
    with pikepdf.open(first) as pdf, pdf.open_outline() as outline:
        assert [item.title for item in outline.root] == ["Ada (12 0 R)", "Böb"]
        assert [item.title for item in outline.root[0].children] == ["A"]
        assert [item.destination[0] == pdf.pages[n].obj for n, item in enumerate(outline.root)] == [
            True,
            True,
        ]
