"""A piece of the roll: organisations first, then people, two columns."""

from itertools import pairwise
from pathlib import Path

from deliveries.print.fonts import shapes_of
from deliveries.print.page import Job
from deliveries.print.typesetting import typeset

PAPERS = {"letter": "us-letter", "a4": "a4"}
# A word of as many characters may be wider than a column (see roll.typ).
LONG_WORD = 20
# A piece of this size takes about a third of a second; each embeds its fonts anew.
PIECE_NAMES = 1000
FIRST_STRONG, POP_ISOLATE = "\u2068", "\u2069"


def piece_ranges(names: int, workers: int = 2) -> list[tuple[int, int]]:
    """First and last position (from 1) of each piece, of even size, that keep `workers` busy."""
    if not names:
        return []
    pieces = -(-names // PIECE_NAMES)
    if pieces > 1:
        pieces = -(-pieces // workers) * workers
    edges = [names * piece // pieces for piece in range(pieces + 1)]
    return [(first + 1, last) for first, last in pairwise(edges)]


def write_roll(job: Job, path: Path) -> None:
    path.write_bytes(print_roll(job))


def print_roll(job: Job) -> bytes:
    """One piece. `job["sections"]` is a list of {title, entries: [[name, country, details]]}."""
    sections = [
        {**section, "entries": [entry_of(*entry) for entry in section["entries"]]}
        for section in job["sections"]
    ]
    return typeset("roll", job, paper=PAPERS[job["page_size"]], sections=sections)


def entry_of(name: str, country: str, details: list[str]) -> dict[str, str | bool | None]:
    """An entry as roll.typ takes it; language and region are for the shapes of Han characters."""
    language, region = shapes_of(name, country)
    rest = ", ".join(map(isolated, details))
    return {
        "name": isolated(name),
        "language": language,
        "region": region,
        "rest": rest,
        "long": any(len(word) >= LONG_WORD for word in f"{name} {rest}".split()),
    }


def isolated(text: str) -> str:
    """Text with a right-to-left letter, between isolates: it does not reorder its neighbours."""
    if text.isascii() or not any("\u0590" <= char <= "\u08ff" or char >= "\ufb1d" for char in text):
        return text
    return f"{FIRST_STRONG}{text}{POP_ISOLATE}"
