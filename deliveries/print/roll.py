"""A piece of the roll: organisations first, then people, one line each."""

from html import escape
from itertools import pairwise
from pathlib import Path

from deliveries.print.fonts import shapes_of
from deliveries.print.page import Job, Printed, print_document

# The name's column, as a share of the sheet's text width in mm (margins in page.css).
TEXT_WIDTH_MM = {"letter": 215.9 - 44, "a4": 210 - 44}
NAME_COLUMN = 0.38
MM_PER_POINT = 25.4 / 72
# A word that may be wider than a column has to break inside; asking that of every line is slow.
LONG_WORD = 24
# A piece of this size takes about 2 s and 160 MB; each piece cuts its fonts anew (0.2 s).
PIECE_NAMES = 1750
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


def print_roll(job: Job) -> Printed:
    """One piece. `job["sections"]` is a list of {title, entries: [[name, country, details]]}."""
    column = TEXT_WIDTH_MM[job["page_size"]] * NAME_COLUMN
    room = column / MM_PER_POINT / float(job["type_pt"]) - 0.5
    parts = []
    if job["opening"]:
        parts += [f"<h1>{escape(job['opening'])}</h1>", f"<div>{escape(job['about'])}</div>"]
    for section in job["sections"]:
        parts += [f"<h2>{escape(section['title'])}</h2><section>"]
        parts += [entry_html(room, *entry) for entry in section["entries"]]
        parts.append("</section>")
    measures = f"padding-inline-start:{column:.2f}mm;text-indent:-{column:.2f}mm"
    style = f"p{{{measures};tab-size:{column:.2f}mm}}"
    return print_document(job, "roll", "".join(parts), style)


def write_roll(job: Job, path: Path) -> None:
    path.write_bytes(print_roll(job).pdf)


def entry_html(room: float, name: str, country: str, details: list[str]) -> str:
    """One entry: name, tab, role, affiliation and place; the country's code is for Han shapes.

    A name wider than its column (`room`, in em) has the first line to itself.
    """
    classes = []
    if shapes := shapes_of(name, country):
        classes.append(shapes)
    rest = ", ".join(map(isolated, details))
    if any(len(word) > LONG_WORD for word in f"{name} {rest}".split()):
        classes.append("w")
    # Attributes are a tenth of the time it takes to read a piece, so most lines have none.
    start = f'<p class="{" ".join(classes)}">' if classes else "<p>"
    gap = "\t" if likely_width(name) < room else "\n"
    return f"{start}{escape(name)} {gap}{escape(rest)}</p>"


def likely_width(name: str) -> float:
    """About how wide a name is, in em: East Asian characters fill one, others over half."""
    return sum(1.0 if char >= "\u2e80" else 0.57 for char in name)


def isolated(text: str) -> str:
    """Text with a right-to-left letter, between isolates: it does not reorder its neighbours."""
    if text.isascii() or not any("\u0590" <= char <= "\u08ff" or char >= "\ufb1d" for char in text):
        return text
    return f"{FIRST_STRONG}{text}{POP_ISOLATE}"
