"""Where columns and pages of a roll end: as foretold, and on paper."""

from __future__ import annotations

import re
import subprocess
from collections import defaultdict
from collections.abc import Iterable
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest

from deliveries.models import PieceKind
from deliveries.print import child, roll
from deliveries.print.grid import Grid, grid_of
from deliveries.print.lines import Rule, count_lines
from deliveries.print.opening import opening_lines
from deliveries.print.pages import SPARE, column_starts, end_with_pages, last_columns
from deliveries.print.whole import DEFAULTS
from deliveries.services import plan_pieces
from letters.models import Letter
from tests.builders import a_signature
from tests.deliveries.builders import a_delivery

GRID = grid_of("letter", 10, "names")._replace(lines=6)
# Of one line and of two, of letters as wide and as narrow as letters are.
NAMES = [
    f"{first} {last}"
    for first in ("Ada", "Maximilian Alexander", "Wim", "Ölga", "இளங்கோவன்", "Иван")
    for last in ("Muster", "Illi", "Wammerwald-Mommsen", "நெடுஞ்செழியன்", "Петров-Водкин", "王")
] * 20


def test_an_entry_is_not_divided_and_a_heading_stays_with_its_first_entry() -> None:
    lines = [1, 2, 3, 1, 1, 1, 1]
    assert list(column_starts(lines, {}, iter([4, 4, 4, 4]))) == [0, 2, 4]
    # A heading stands a line below what is before it, but not at the top of a column.
    assert list(column_starts([1, 1, 1], {0: 1, 1: 1}, iter([4, 4]))) == [0, 1]
    assert list(column_starts([1, 1, 1], {0: 1, 1: 1}, iter([5, 5]))) == [0, 2]


@pytest.mark.parametrize("is_found", [False, True])
def test_lines_are_foretold_without_fonts_or_what_finds_them(
    is_found: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if is_found:
        program = tmp_path / "fc-match"
        program.write_text("#!/bin/sh\necho DejaVu Sans:/nowhere.ttf\n")
        program.chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path))
    measures = Rule("regular")
    assert measures.space > 0
    assert count_lines([(measures, "Ada Ant 王")], 4, 0) == 2


def test_a_piece_ends_with_the_last_page_before_its_share_ends() -> None:
    lines = [1] * 100
    assert end_with_pages([40, 70, 100], lines, {}, GRID, 2) == [30 - SPARE, 64 - SPARE, 100]
    # A share that is less than a page is taken as it is.
    assert end_with_pages([10, 20, 100], lines, {}, GRID, 0) == [10, 20, 100]


def test_a_last_page_has_even_columns() -> None:
    assert last_columns([1] * 27, {}, GRID, 0) == [22, 26]
    assert last_columns([1] * 30, {}, GRID, 0) == [22, 26]
    assert last_columns([1] * 13, {0: 1}, GRID._replace(lines=20), 2) == [4, 9]
    assert last_columns([1] * 36, {}, GRID, 0) == []
    assert last_columns([], {}, GRID, 0) == []


def column_ends(path: Path, grid: Grid) -> dict[int, list[float]]:
    """How far down, in lines, each column of each page goes."""
    command = ["pdftotext", "-bbox", str(path), "-"]
    pages = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    found = {}
    for number, page in enumerate(pages.split("<page ")[1:], 1):
        ends: dict[int, float] = defaultdict(float)
        for left, top in re.findall(r'xMin="([\d.]+)" yMin="([\d.]+)"', page):
            column = int((float(left) - grid.side + 1) / (grid.width + grid.gutter))
            line = (float(top) - grid.top) / grid.pitch + 1
            if line <= grid.lines:
                ends[column] = max(ends[column], line)
        found[number] = [ends[column] for column in range(grid.columns)]
    return found


@pytest.mark.slow
def test_on_paper_a_piece_ends_with_a_full_page_and_the_last_one_with_even_columns(
    tmp_path: Path,
) -> None:
    grid = grid_of("letter", 10, "names")
    job = {**DEFAULTS, "detail": "names"}
    opening = opening_lines(job, grid)
    width = grid.width / 10
    lines = [
        count_lines(roll.runs_of(name, "■◆", "", "names"), width, grid.indent) for name in NAMES
    ]
    assert {1, 2} <= set(lines)
    ends = end_with_pages([len(NAMES) // 2, len(NAMES)], lines, {}, grid, opening)
    assert ends[0] < len(NAMES) // 2
    for number, (first, end) in enumerate(pairwise([0, *ends])):
        section = {"title": "", "entries": [[name, "", [], "■◆"] for name in NAMES[first:end]]}
        piece = {**job, "opening": None if number else job["opening"], "sections": [section]}
        path = tmp_path / f"{number}.pdf"
        child.write_in_child(partial(roll.write_roll, piece), path)
        pages = column_ends(path, grid)
        assert lowest(ends for page, ends in pages.items() if page < len(pages)) > grid.lines - 3
        if number == 0:
            assert len(pages) > 1
            assert lowest([pages[len(pages)]]) > grid.lines - 3 - 2 * SPARE
        else:
            last = pages[len(pages)]
            assert max(last) - min(last) < 6


def lowest(pages: Iterable[list[float]]) -> float:
    return min(min(columns) for columns in pages)


def test_a_delivery_s_pieces_end_with_pages(
    letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(roll, "PIECE_NAMES", 8)
    monkeypatch.setattr(plan_pieces, "grid_of", lambda *_: GRID._replace(columns=1))
    monkeypatch.setattr(plan_pieces, "opening_lines", lambda *_: 2)
    a_signature(letter, "R Guild", organisation_name="Guild", consent_government=True)
    for number in range(15):
        long = "Maximiliane-Alexandra-Theodora " * (number == 2)
        a_signature(letter, f"{chr(65 + number)} {long}Muster", consent_government=True)
    delivery = a_delivery(letter)
    pieces = delivery.pieces.filter(kind=PieceKind.ROLL).order_by("index")
    # Pages begin with the guild, with the first person, for whom there is no room below it, and,
    # since one takes two lines, with the fifth.
    assert [(piece.first, piece.last) for piece in pieces] == [(1, 5 - SPARE), (6 - SPARE, 16)]


def test_a_line_more_in_each_column_saves_a_page_of_a_few_names() -> None:
    job = {**DEFAULTS, "opening": None}
    room = 2 * GRID.columns * (GRID.lines + 1) - SPARE
    assert roll.fitting(job, [1] * room, {}, GRID).lines == GRID.lines + 1
    assert roll.fitting(job, [1] * (room + 1), {}, GRID) == GRID
    assert roll.fitting(job, [1] * 2 * GRID.columns * GRID.lines, {}, GRID) == GRID
