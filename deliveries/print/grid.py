"""The grid of a roll's page: how many columns, how wide, and how many lines each holds."""

from typing import NamedTuple

PAPERS = {"letter": ("us-letter", 612.0, 792.0), "a4": ("a4", 595.28, 841.89)}
MM = 72 / 25.4
SIDE, TOP, BOTTOM, GUTTER = 17 * MM, 24 * MM, 20 * MM, 6 * MM
MOST_COLUMNS = 3
# In em. A column narrower than this would break most names of two or three words.
FAIR_NAME = 12.5
INDENT = 1.0
# In em, from baseline to baseline: names alone stand closer than lines with roles and places.
PITCH = {"names": 1.15, "full": 1.24}


class Grid(NamedTuple):
    """Measures in pt. Each line of a page stands on the grid, so baselines meet across columns."""

    detail: str
    paper: str
    columns: int
    width: float
    pitch: float
    lines: int
    top: float
    bottom: float
    side: float = SIDE
    gutter: float = GUTTER
    indent: float = INDENT


def grid_of(page_size: str, type_pt: float, detail: str) -> Grid:
    """Three columns where each holds a fair name at that size, fewer where the type is larger."""
    paper, wide, high = PAPERS[page_size]

    def width(columns: int) -> float:
        return (wide - 2 * SIDE - (columns - 1) * GUTTER) / columns

    fair = [n for n in range(MOST_COLUMNS, 0, -1) if width(n) >= FAIR_NAME * type_pt]
    columns = fair[0] if fair else 1
    pitch = round(PITCH[detail] * type_pt, 2)
    lines = int((high - TOP - BOTTOM) / pitch)
    return Grid(
        detail, paper, columns, width(columns), pitch, lines, TOP, high - TOP - lines * pitch
    )


def longer(grid: Grid) -> Grid:
    """The same page with one line more in each column."""
    lines = grid.lines + 1
    return grid._replace(lines=lines, pitch=grid.pitch * grid.lines / lines)
