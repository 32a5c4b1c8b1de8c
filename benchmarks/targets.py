"""What the benchmark must reach, on two cores that also carry Postgres and the load generator."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Target:
    """A bound on one figure of `bench.json`; its name ends in the unit."""

    figure: str
    bound: Literal["at least", "at most"]
    value: float

    @property
    def kind(self) -> str:
        """Which part of the benchmark measures it."""
        return "dossier" if self.figure.startswith(("dossier", "addendum")) else "site"

    def met(self, figures: Mapping[str, float]) -> bool:
        """Whether the figure was measured and is within the bound."""
        measured = figures.get(self.figure)
        if measured is None:
            return False
        return measured >= self.value if self.bound == "at least" else measured <= self.value

    def __str__(self) -> str:
        return f"{self.bound} {self.value:,g}"


TARGETS = (
    Target("sign_per_s", "at least", 600),
    Target("sign_ratio", "at least", 0.2),
    Target("page_per_s", "at least", 4_000),
    Target("emails_per_s", "at least", 200),
    Target("dossier_10500_s", "at most", 5),
    Target("dossier_speedup", "at least", 7),
    Target("dossier_100000_s", "at most", 50),
    Target("addendum_100_after_100000_s", "at most", 3),
    Target("dossier_peak_rss_mb", "at most", 200),
)


def target_of(figure: str) -> Target | None:
    """The target for that figure, if it has one."""
    return next((target for target in TARGETS if target.figure == figure), None)
