"""The joined roll, read back by other programs than those that made it."""

from __future__ import annotations

import fcntl
import os
import re
import subprocess
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from coalition.demo.plans import Plan, load_plans
from coalition.demo.submissions import invent_submissions
from deliveries.print.join import Bookmark, join_pieces
from deliveries.print.letter import MANY, write_letter
from deliveries.print.press import write_in_child
from deliveries.print.roll import write_roll
from deliveries.print.whole import DEFAULTS, print_whole_roll

_SPACES = re.compile("[\\s\u200e\u200f\u202a-\u202e\u2066-\u2069]+")
# Heads and feet of pages lie between two names.
NEAR = 500
NOW = datetime(2026, 5, 1, tzinfo=UTC)
EACH = 3
LETTER: dict[str, Any] = {
    **DEFAULTS,
    **dict.fromkeys(("delivery_line", "date", "body_markdown", "signed_title", "statement"), ""),
    **dict.fromkeys(("statement_language", "code_alt", "proof_title", "text_sha256"), ""),
    "addressee": [],
    "totals": [],
    "proof": [],
    "address": "http://localhost",
}
SCRIPTS = {
    *("LATIN", "GREEK", "CYRILLIC", "ARABIC", "HEBREW", "DEVANAGARI", "BENGALI", "TAMIL", "THAI"),
    *("HANGUL", "CJK", "HIRAGANA", "KATAKANA", "ARMENIAN", "GEORGIAN"),
}


def demo_names() -> dict[str, str]:
    """Every name of the largest demo letter with its country, and those of the others that have
    more than Latin letters."""
    largest, *others = sorted(load_plans(), key=lambda plan: -plan.received)
    names = dict(names_of(largest))
    for plan in others:
        for name, country in names_of(plan):
            if scripts_of(name) != {"LATIN"}:
                names.setdefault(name, country)
    return names


def names_of(plan: Plan) -> Iterator[tuple[str, str]]:
    for row in invent_submissions(plan, seed=1, now=NOW):
        yield row.name, row.country
        if row.organisation_name:
            yield row.organisation_name, row.country


def scripts_of(name: str) -> set[str]:
    return {unicodedata.name(char, "?").split()[0] for char in name if char.isalpha()}


@pytest.fixture(scope="session")
def names() -> list[tuple[str, str]]:
    return list(demo_names().items())


@pytest.fixture(scope="session")
def roll(names: list[tuple[str, str]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made by the process that comes first, for all processes that run these tests."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    path = folder / "roll.pdf"
    with (folder / "roll.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            entries = [[name, country, ["Writer"], ""] for name, country in names]
            # Typst's threads, here, would hang every later fork of this process.
            write_in_child(partial(print_whole_roll, {"entries": entries}), path)
    return path


def said_by(*command: object) -> str:
    words = [str(word) for word in command]
    done = subprocess.run(words, capture_output=True, check=True, text=True)
    assert done.stderr == ""
    return done.stdout


def missed(names: Sequence[str], text: str) -> list[str]:
    """The names that do not stand in `text`, each soon after the one before it."""
    text = unspaced(text)
    wrong = []
    after = text.find(unspaced(names[0]))
    for name in map(unspaced, names):
        at = text.find(name, after, after + NEAR)
        if at < 0:
            wrong.append(name)
        else:
            after = at + len(name)
    return wrong


def unspaced(text: str) -> str:
    """Without spaces and marks of direction."""
    return _SPACES.sub("", unicodedata.normalize("NFC", text))


def test_every_name_of_the_demo_copies_out_unchanged_and_in_order(
    names: list[tuple[str, str]], roll: Path
) -> None:
    everybody = [name for name, _ in names]
    assert set().union(*map(scripts_of, everybody)) >= SCRIPTS
    # As it lies on the page. There Poppler takes every hyphen at a line's end for a soft one.
    seen = said_by("pdftotext", "-enc", "UTF-8", roll, "-")
    assert missed([name.replace("-", "") for name in everybody], seen.replace("-", "")) == []
    # With the hyphens. There Poppler takes words that run from right to left one by one.
    raw = said_by("pdftotext", "-raw", "-enc", "UTF-8", roll, "-")
    assert missed([n for n in everybody if not scripts_of(n) & {"ARABIC", "HEBREW"}], raw) == []


def test_names_of_every_script_copy_out_of_the_letter(
    names: list[tuple[str, str]], tmp_path: Path
) -> None:
    chosen: dict[str, str] = {}
    of_kind = Counter[str]()
    for name, _ in names:
        signs = {unicodedata.category(char) for char in name} & {"Mn", "Mc", "Cf"}
        kind = f"{sorted(scripts_of(name))} {sorted(signs)} {'لله' in name}"
        of_kind[kind] += 1
        if of_kind[kind] <= EACH:
            chosen[name] = name.replace("-", "")
    rows = [list(chosen)[at : at + MANY] for at in range(0, len(chosen), MANY)]
    groups = [
        {"title": "People", "entries": [[name, []] for name in row], "more": ""} for row in rows
    ]
    path = tmp_path / "letter.pdf"
    write_in_child(partial(write_letter, {**LETTER, "groups": groups}), path)
    seen = said_by("pdftotext", "-enc", "UTF-8", path, "-")
    assert missed(list(chosen.values()), seen.replace("-", "")) == []


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
