from __future__ import annotations

import pytest

from benchmarks.targets import TARGETS, Target, target_of


@pytest.mark.parametrize(
    ("bound", "measured", "met"),
    [("at least", 600, True), ("at least", 599.9, False), ("at most", 600, True)],
)
def test_target_is_met_at_its_bound(bound: str, measured: float, met: bool) -> None:
    assert Target("sign_per_s", bound, 600).met({"sign_per_s": measured}) is met  # type: ignore[arg-type]


def test_figure_that_was_not_measured_misses_its_target() -> None:
    assert [target.met({}) for target in TARGETS] == [False] * len(TARGETS)


def test_figures_have_one_target_at_most() -> None:
    figures = [target.figure for target in TARGETS]
    assert sorted(set(figures)) == sorted(figures)
    assert target_of("sign_per_s") in TARGETS
    assert target_of("page_bytes") is None
