"""A piece of the roll: organisations first, then people, in columns."""

import io
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pikepdf

from deliveries.print.fonts import shapes_of
from deliveries.print.grid import Grid, grid_of, longer
from deliveries.print.isolates import comma, isolated, most_run, runs_both_ways
from deliveries.print.lines import Run, count_lines, rule, widest_part
from deliveries.print.opening import opening_lines
from deliveries.print.page import Job
from deliveries.print.pages import SPARE, Heads, Lines, count_pages, last_columns
from deliveries.print.typesetting import compile_pdf, typeset

# A piece of this size takes about half a second; each embeds its fonts anew.
PIECE_NAMES = 2500
# Longer rolls name people, and roll.csv says the rest: a book of a thousand pages is not read.
MOST_IN_FULL = 2000
NO_BREAK = "\u00a0"

# Name, country code, what stands beside the name, signs of its marks.
Entry = tuple[str, str, Sequence[str], str]


class Set(NamedTuple):
    """An entry as roll.typ takes it.

    `signs` stand behind the name; language and region are for the shapes of Han characters; `wide`
    says that a word may be wider than the column; `lines` are foretold.
    """

    name: str
    signs: str
    rest: str
    language: str | None
    region: str | None
    wide: bool
    lines: int


def piece_ranges(names: int, workers: int = 2) -> list[tuple[int, int]]:
    """First and last position (from 1) of each piece, of even size, that keep `workers` busy."""
    if not names:
        return []
    pieces = -(-names // PIECE_NAMES)
    if pieces > 1:
        pieces = -(-pieces // workers) * workers
    edges = [names * piece // pieces for piece in range(pieces + 1)]
    return [(first + 1, last) for first, last in pairwise(edges)]


def detail_for(names: int) -> str:
    """What a roll of so many says of each: `full`, or `names` alone."""
    return "full" if names <= MOST_IN_FULL else "names"


def write_roll(job: Job, path: Path) -> None:
    path.write_bytes(print_roll(job))


def print_roll(job: Job) -> bytes:
    """One piece. `job["sections"]` is a list of {title, entries: [`Entry`]}."""
    type_pt = float(job["type_pt"])
    grid = grid_of(job["page_size"], type_pt, job["detail"])
    lines: list[int] = []
    heads = {}
    sections = []
    for section in job["sections"]:
        given = section["entries"]
        entries = [
            entry_of(entry, grid, job, _direction_around(given, at, grid))
            for at, entry in enumerate(given)
        ]
        if title := section["title"]:
            heads[len(lines)] = count_lines([(rule("bold"), title)], grid.width / type_pt, 0)
        lines += [entry.lines for entry in entries]
        sections.append({"title": title, "entries": entries})
    grid = fitting(job, lines, heads, grid)
    opening = opening_lines(job, grid)
    known = {
        "grid": grid._asdict(),
        "sections": sections,
        "opening_lines": opening,
        "comma": comma(job["language"]),
    }
    begin = None
    if grid.detail == "full":
        # Lines with roles and places are foretold less exactly, and there are few enough to look.
        draft = compile_pdf("roll", job, **known, breaks=[])
        begin = max(0, len(lines) - _paragraphs_on_last_page(draft))
    breaks = last_columns(lines, heads, grid, opening, begin)
    return typeset("roll", job, **known, breaks=breaks)


def _direction_around(entries: Sequence[Entry], at: int, grid: Grid) -> str:
    """How most letters run on about the page of an entry; only names that run both ways ask."""
    if not runs_both_ways(entries[at][0]):
        return ""
    half = grid.lines * grid.columns // 2
    near = entries[max(0, at - half) : at + half]
    if grid.detail == "names":
        return most_run(name for name, *_ in near)
    return most_run(text for name, _, details, _ in near for text in (name, *details))


def fitting(job: Job, lines: Lines, heads: Heads, grid: Grid) -> Grid:
    """The grid, with a line more in each column where that saves a last page of a few names."""
    tighter = longer(grid)
    more = [*lines, *[1] * SPARE]
    now = count_pages(lines, heads, grid, opening_lines(job, grid))
    then = count_pages(more, heads, tighter, opening_lines(job, tighter))
    return tighter if then < now else grid


def _paragraphs_on_last_page(pdf: bytes) -> int:
    """Each entry is an element of the document's structure; so are headings, and the opening's."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        last = document.pages[-1].objgen
        elements = document.Root.StructTreeRoot.K[0].K
        paragraphs = 0
        for number in range(len(elements) - 1, -1, -1):
            if elements[number].get("/Pg", document.Root).objgen != last:
                break
            paragraphs += elements[number].S == "/P"
        return paragraphs


def entry_of(entry: Entry, grid: Grid, job: Job, around: str) -> Set:
    name, country, details, signs = entry
    direction = job["direction"]
    language, region = shapes_of(name, country)
    parts = details if grid.detail == "full" else ()
    between = f"{comma(job['language'])} "
    rest = between.join(isolated(part, direction) for part in parts)
    width = grid.width / float(job["type_pt"])
    runs = runs_of(name, signs, rest, grid.detail)
    return Set(
        isolated(name, direction, around),
        signs,
        rest,
        language,
        region,
        widest_part(runs) > width - grid.indent,
        count_lines(runs, width, grid.indent),
    )


def runs_of(name: str, signs: str, rest: str, detail: str) -> list[Run]:
    """What an entry's lines are made of."""
    behind = f"{f'{NO_BREAK}{signs}' if signs else ''}{f', {rest}' if rest else ''}"
    return [(rule("bold" if detail == "full" else "regular"), name), (rule("regular"), behind)]
