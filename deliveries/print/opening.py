"""How many lines of the first page are taken by what stands over its names, foretold.

The measures are those of roll.typ, which gives it more where it needs more.
"""

from itertools import chain
from math import ceil

from deliveries.print.grid import MM, Grid
from deliveries.print.lines import count_lines, rule
from deliveries.print.page import Job

# In em: lines and the space between paragraphs.
LINE, SPACE = 1.36, 0.34
TITLE, LETTER = 2.0, 1.15
# All but the text: in em, and in pt.
AIR, RULES = 7.44 - TITLE * LINE - LETTER * LINE, 10.5 * MM
PART = 1 * MM  # before sums and before the legend
# Kerning, and the slant of the letter's title, are left out.
SAFE = 0.97


def opening_lines(job: Job, grid: Grid) -> int:
    """Lines of the grid, with the free one below it; 0 where the piece has no opening."""
    opening = job["opening"]
    if opening is None:
        return 0
    type_pt = float(job["type_pt"])
    wide = (grid.columns * (grid.width + grid.gutter) - grid.gutter) / type_pt * SAFE

    def lines(text: str, size: float = 1.0) -> int:
        return count_lines([(rule("regular"), text)], wide / size, 0)

    marks = (f"{sign}  {label}: {meaning}" for sign, label, meaning in opening["legend"])
    roots = (f"{label}: {root}" for label, root in opening["roots"])
    high = AIR + TITLE * LINE * lines(opening["title"], TITLE)
    high += LETTER * LINE * lines(opening["letter"], LETTER)
    high += sum(lines(text) * LINE + SPACE for text in chain(opening["about"], marks, roots))
    if opening["sums"]:
        high += len(opening["sums"]) * LINE + 2 * SPACE
    parts = bool(opening["sums"]) + bool(opening["legend"])
    return ceil((high * type_pt + RULES + parts * PART) / grid.pitch) + 1
