"""What each demo letter is, as data: settings, and how many signatures stand in each state."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from coalition.demo.files import read_toml

SMALLEST = 100


@dataclass(frozen=True, slots=True)
class Plan:
    """One demo letter. Shares are between 0 and 1, days are before now."""

    slug: str
    coalition: str
    languages: tuple[str, ...]
    goal: int
    fields: tuple[str, ...]
    organisations_may_sign: bool
    review_policy: str
    offices: tuple[str, ...]
    opens_day: int
    sources: str
    other_source: str
    people: int
    anonymous: int
    unconfirmed: int
    repeated: int
    held: int
    held_organisations: int
    withdrawn: int
    rejected: Mapping[str, int]
    crafts: Mapping[str, int]
    home: Mapping[str, int]
    latin_only: float
    english_factor: float
    consent_government: float
    comment_share: float
    organisations: int = 0
    founders_from_day: int = 0
    correction: Mapping[str, Any] = field(default_factory=dict)
    asked: frozenset[str] = field(default=frozenset())

    @property
    def is_sealed_at_first(self) -> bool:
        """Whether the counted people signed under embargo, before the letter opened."""
        return self.founders_from_day > 0

    @property
    def received(self) -> int:
        """All rows of the letter, whatever their state."""
        counted = self.people + self.organisations
        others = self.unconfirmed + self.repeated + self.held + self.withdrawn
        return counted + others + sum(self.rejected.values())


def load_plans(scale: int | None = None) -> list[Plan]:
    """The demo letters; `scale` is the number of people on the statement instead of its own."""
    plans = []
    for slug, values in read_toml("plans").items():
        lists = {name: tuple(values[name]) for name in ("languages", "fields", "offices")}
        plan = Plan(slug=slug, asked=frozenset(values["fields"]), **{**values, **lists})
        plans.append(_scaled(plan, scale) if scale is not None and plan.organisations else plan)
    return plans


def _scaled(plan: Plan, people: int) -> Plan:
    """The plan for another number of people, the other states in proportion.

    Raises ValueError below `SMALLEST`: the people that are named one by one must have room.
    """
    if people < SMALLEST:
        raise ValueError(f"The scale is at least {SMALLEST}.")

    def scaled(count: int, least: int = 1) -> int:
        return max(least, round(count * people / plan.people))

    return replace(
        plan,
        people=people,
        anonymous=scaled(plan.anonymous),
        unconfirmed=scaled(plan.unconfirmed),
        repeated=scaled(plan.repeated),
        held=scaled(plan.held, least=plan.held_organisations + 1),
        withdrawn=scaled(plan.withdrawn),
        rejected={reason: scaled(count) for reason, count in plan.rejected.items()},
    )
