"""A piece of the roll: organisations first, then people, in columns."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from deliveries.print.fonts import shapes_of
from deliveries.print.grid import Grid, grid_of
from deliveries.print.lines import count_lines, rule, widest_part
from deliveries.print.page import Job
from deliveries.print.typesetting import typeset

# A piece of this size takes about half a second; each embeds its fonts anew.
PIECE_NAMES = 2500
# Longer rolls name people, and roll.csv says the rest: a book of a thousand pages is not read.
MOST_IN_FULL = 2000
# Typst splits no entry of up to three lines between columns, for it leaves no line alone.
NEVER_SPLIT = 3
NO_BREAK = "\u00a0"
FIRST_STRONG, POP_ISOLATE = "\u2068", "\u2069"

# Name, country code, what stands beside the name, signs of its marks.
Entry = tuple[str, str, Sequence[str], str]


class Set(NamedTuple):
    """An entry as roll.typ takes it.

    `signs` stand behind the name; language and region are for the shapes of Han characters; `wide`
    says that a word may be wider than the column, `tall` that the entry is to be kept together.
    """

    name: str
    signs: str
    rest: str
    language: str | None
    region: str | None
    wide: bool
    tall: bool


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
    sections = [
        {**section, "entries": [entry_of(entry, grid, type_pt) for entry in section["entries"]]}
        for section in job["sections"]
    ]
    return typeset("roll", job, grid=grid._asdict(), sections=sections)


def entry_of(entry: Entry, grid: Grid, type_pt: float) -> Set:
    name, country, details, signs = entry
    language, region = shapes_of(name, country)
    rest = ", ".join(map(isolated, details)) if grid.detail == "full" else ""
    width = grid.width / type_pt
    name_in = rule("bold" if grid.detail == "full" else "regular")
    behind = f"{f'{NO_BREAK}{signs}' if signs else ''}{f', {rest}' if rest else ''}"
    runs = [(name_in, name), (rule("regular"), behind)]
    return Set(
        isolated(name),
        signs,
        rest,
        language,
        region,
        widest_part(runs) > width - grid.indent,
        count_lines(runs, width, grid.indent) > NEVER_SPLIT,
    )


def isolated(text: str) -> str:
    """Text with a right-to-left letter, between isolates: it does not reorder its neighbours."""
    if text.isascii() or not any("\u0590" <= char <= "\u08ff" or char >= "\ufb1d" for char in text):
        return text
    return f"{FIRST_STRONG}{text}{POP_ISOLATE}"
