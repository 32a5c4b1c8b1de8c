"""Signatures that a moderator has to look at, and those that one has refused."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from coalition.demo.cultures import load_cultures
from coalition.demo.files import read_toml
from coalition.demo.people import Person
from coalition.demo.submission import Submission

if TYPE_CHECKING:
    from coalition.demo.submissions import Cast

# Cyrillic letters that look like the Latin ones.
_LOOK_ALIKE = str.maketrans("aceopxy", "асеорху")
_SCRIPT_NETWORK = "203.0.113.66"


class Mischief:
    """Makes held and rejected signatures of a letter whose counted people are known."""

    def __init__(self, cast: Cast, people: list[Submission]) -> None:
        self.cast = cast
        self.random = cast.random
        self.people = people
        self.data = read_toml("mischief")

    def held(self) -> Submission:
        """One that waits for a moderator: by the letter's policy, a signal, or a second thought."""
        drawn = self.random.random()
        by_policy = self.cast.plan.review_policy == "hold"
        if drawn < (0.1 if by_policy else 0.4):
            return self._look_alike()
        row = self.cast.make(self.cast.inventor.person(), "unconfirmed")
        if drawn < 0.7 and "comment" in self.cast.plan.asked:
            row.comment = self.random.choice(self.data["links"])
            self.cast.settle(row, "held")
        else:
            self.cast.settle(row, "held", by_hand=not by_policy)
        return row

    def rejected(self, reason: str) -> Submission:
        """One that a moderator refused for this reason."""
        row: Submission = getattr(self, f"_{reason}")()
        row.rejection_reason = reason
        self.cast.settle(row, "rejected", by_hand=True)
        return row

    def _person(self, name: str, role: str = "", affiliation: str = "") -> Submission:
        english = load_cultures()["english"]
        country, cities = self.random.choice(list(english.places.items()))
        person = Person(name, english, role, affiliation, country, self.random.choice(cities))
        return self.cast.make(person, "unconfirmed")

    def _look_alike(self) -> Submission:
        """The name of somebody prominent, with letters of another alphabet in it."""
        latin = [row.name for row in self.people[:200] if row.name.isascii() and " " in row.name]
        given, family = self.random.choice(latin).split(" ", 1)
        row = self._person(f"{given} {family.translate(_LOOK_ALIKE)}", "Actor")
        self.cast.settle(row, "held")
        return row

    def _fake(self) -> Submission:
        """From a script that ran one night, out of one network."""
        row = self._person(self.random.choice(self.data["fake_names"]))
        row.network = _SCRIPT_NETWORK
        burst = self.cast.clock.opens_at + timedelta(days=1, hours=10)
        row.created_at = burst + timedelta(seconds=self.random.uniform(0, 1500))
        row.confirmation_sent_at = row.created_at + timedelta(seconds=3)
        return row

    def _impostor(self) -> Submission:
        """Under the name of a featured signatory, from elsewhere."""
        featured = [row for row in self.people if row.featured_rank is not None]
        return self._person(self.random.choice(featured).name, "Actor")

    def _duplicate(self) -> Submission:
        """Somebody who signed before, under another address."""
        first = self.random.choice(self.people)
        return self._person(first.name, first.role_title, first.affiliation)

    def _abuse(self) -> Submission:
        name, role = self.random.choice(self.data["abuse"])
        row = self._person(name, role)
        if "comment" in self.cast.plan.asked:
            row.comment = self.random.choice(self.cast.comments["abuse"])
        return row

    def _unsuitable(self) -> Submission:
        return self._person(*self.random.choice(self.data["unsuitable"]))

    def _other(self) -> Submission:
        """Signed for somebody who was not asked."""
        return self._person(f"{self.cast.inventor.name_of('english')} and family")
