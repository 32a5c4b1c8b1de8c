"""Geometry of charts: lengths in percent, as SVG attributes take them. Colours are in charts.css.

pygal writes a style element into each drawing, which the content security policy refuses, and its
colours do not follow dark mode.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

GAP = 0.25  # of a column's place


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a column, from the first (at the bottom) on."""

    y: str
    height: str


@dataclass(frozen=True, slots=True)
class Column:
    label: str
    values: tuple[int, ...]
    x: str
    width: str
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    label: str
    value: int
    width: str
    share: int
    """Of the whole, in percent."""


def percent(part: float, whole: float) -> str:
    """Such as “12.5%”, with a point in every language."""
    return f"{part / whole * 100:.6g}%" if whole else "0%"


def nice_top(most: int) -> int:
    """The end of an axis that holds `most`: a round number with a round half."""
    size = 1
    while True:
        for step in (2, 4, 6, 10):
            if step * size >= most:
                return step * size
        size *= 10


def columns(data: Sequence[tuple[str, tuple[int, ...]]], top: int) -> list[Column]:
    """Columns of stacked values, label first, evenly over the width, up to `top`."""
    place = 100 / max(len(data), 1)
    made = []
    for index, (label, values) in enumerate(data):
        segments, below = [], 0
        for value in values:
            below += value
            segments.append(Segment(percent(top - below, top), percent(value, top)))
        x, width = place * (index + GAP / 2), place * (1 - GAP)
        made.append(Column(label, values, percent(x, 100), percent(width, 100), tuple(segments)))
    return made


def line(values: Sequence[int], top: int) -> str:
    """The points of a line from edge to edge of a square of 100 whose y grows downwards."""
    if len(values) == 1:
        values = [values[0], values[0]]
    steps = max(len(values) - 1, 1)
    return " ".join(
        f"{100 * n / steps:.6g},{100 - 100 * v / top:.6g}" for n, v in enumerate(values)
    )


def bars(data: Iterable[tuple[str, int]], whole: int | None = None) -> list[Bar]:
    """Bars of which the longest is as long as there is room; shares of `whole` (default: all)."""
    rows = list(data)
    longest = max((value for _, value in rows), default=0)
    whole = sum(value for _, value in rows) if whole is None else whole
    return [
        Bar(label, value, percent(value, longest), round(value / whole * 100) if whole else 0)
        for label, value in rows
    ]
