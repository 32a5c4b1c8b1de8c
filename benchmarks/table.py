"""Tables for people."""

from collections.abc import Mapping, Sequence

from benchmarks.targets import target_of


def print_figures(figures: Mapping[str, float]) -> None:
    """Each figure, its target and whether it is met."""
    rows = []
    for name, figure in figures.items():
        target = target_of(name)
        verdict = "" if target is None else "met" if target.met(figures) else "MISSED"
        measured = f"{figure:,.3g}" if figure < 100 else f"{figure:,.0f}"
        rows.append((name, measured, str(target or ""), verdict))
    print_table(("figure", "measured", "target", ""), rows)


def print_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Columns as wide as their widest cell."""
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    print()
    for row in (head, *rows):
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        print("  ".join(cells).rstrip())
    print()
