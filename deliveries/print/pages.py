"""Where the columns and pages of a roll end, foretold from how many lines each entry takes.

Typst sets them, and keeps every entry where a forecast is wrong.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice, repeat

from deliveries.print.grid import Grid

# Lines that a page keeps free where a page more would be seen: an entry may take one more than was
# foretold.
SPARE = 2
# A column of a last page has at least so many, else the page looks scattered.
FEWEST_LINES = 4

Lines = Sequence[int]  # of each entry
Heads = Mapping[int, int]  # lines of the heading over an entry, by the entry's index


def column_starts(
    lines: Lines, heads: Heads, heights: Iterable[int], first: int = 0
) -> Iterator[int]:
    """The index of the first entry of each column, from the entry `first` on.

    No entry is divided. A heading stands a line below what is before it in its column.
    """
    columns = iter(heights)
    height = room = next(columns)
    yield first
    for index in range(first, len(lines)):
        needed = lines[index]
        if index in heads:
            needed += heads[index] + (room < height)
        if needed > room and room < height:
            yield index
            height = room = next(columns)
            needed = lines[index] + heads.get(index, 0)
        room -= needed


def page_starts(
    lines: Lines, heads: Heads, grid: Grid, opening: int = 0, first: int = 0
) -> Iterator[int]:
    """The index of the first entry of each page; on the first page `opening` lines are taken."""
    heights = chain(repeat(grid.lines - opening, grid.columns), repeat(grid.lines))
    return islice(column_starts(lines, heads, heights, first), 0, None, grid.columns)


def end_with_pages(
    ends: Sequence[int], lines: Lines, heads: Heads, grid: Grid, opening: int
) -> list[int]:
    """How many entries there are up to the end of each piece, where `ends` are even shares: each
    but the last one's moved back to the end of a page, if the piece has a whole page."""
    found = [0]
    for end in ends[:-1]:
        begin = cut = found[-1]
        for start in page_starts(lines, heads, grid, 0 if begin else opening, begin):
            if start > end:
                break
            cut = start
        found.append(cut - SPARE if cut - SPARE > begin else end)
    return [*found[1:], ends[-1]]


def count_pages(lines: Lines, heads: Heads, grid: Grid, opening: int) -> int:
    return sum(1 for _ in page_starts(lines, heads, grid, opening))


def last_columns(
    lines: Lines, heads: Heads, grid: Grid, opening: int, begin: int | None = None
) -> list[int]:
    """The first entries of the last page's columns, but for the first column, so that they are
    about as long as each other; none where the page is full. `begin` is the page's first entry,
    where it is known."""
    if begin is None:
        *_, begin = page_starts(lines, heads, grid, opening)
    height = grid.lines - (0 if begin else opening)
    total = sum(lines[begin:]) + sum(head for index, head in heads.items() if index >= begin)
    for most in range(max(FEWEST_LINES, -(-total // grid.columns)), height - SPARE + 1):
        starts = list(islice(column_starts(lines, heads, repeat(most), begin), grid.columns + 1))
        if len(starts) <= grid.columns:
            return starts[1:]
    return []
