"""Invents people: a name that fits a culture, a role, an affiliation and a place that fit the name."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate

from coalition.demo.cultures import Culture, Half, load_cultures
from coalition.demo.famous import is_famous
from coalition.demo.files import listed, read_toml
from coalition.demo.plans import Plan

# Drawn again so often when a name has come before: a real roll has a few namesakes, not many.
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Person:
    """An invented signatory."""

    name: str
    culture: Culture
    role_title: str
    affiliation: str
    country: str
    city: str


class Inventor:
    """Draws the people of one letter; the same random source gives the same people."""

    def __init__(self, source: random.Random, plan: Plan) -> None:
        self.random = source
        self.plan = plan
        self.cultures = load_cultures()
        self.seen: set[str] = set()
        self._all = _weighted(self.cultures, plan.english_factor, latin=False)
        self._latin = _weighted(self.cultures, plan.english_factor, latin=True)
        self._crafts = {craft: listed(text) for craft, text in read_toml("roles").items()}
        self._homes = list(plan.home)
        self._members_of: list[tuple[str, str]] = [
            (row[0], row[4]) for row in read_toml("organisations")["organisations"]
        ]

    def person(self) -> Person:
        """Another person, seldom with a name that this inventor has given before."""
        for _ in range(_TRIES):
            culture = self._culture()
            half = self.random.choice((culture.women, culture.men))
            name = self._name(culture, half)
            if name not in self.seen:
                break
        self.seen.add(name)
        country, city, at_home = self._place(culture)
        return Person(
            name=name,
            culture=culture,
            role_title=self._role(culture, half, at_home),
            affiliation=self._affiliation(culture, at_home),
            country=country,
            city=city,
        )

    def name_of(self, culture_key: str) -> str:
        """Only a name, such as that of an organisation's representative."""
        culture = self.cultures[culture_key]
        return self._name(culture, self.random.choice((culture.women, culture.men)))

    def _culture(self) -> Culture:
        latin = self.random.random() < self.plan.latin_only
        cultures, weights = self._latin if latin else self._all
        return self.random.choices(cultures, cum_weights=weights)[0]

    def _name(self, culture: Culture, half: Half) -> str:
        while is_famous(name := self._any_name(culture, half)):
            pass
        return name

    def _any_name(self, culture: Culture, half: Half) -> str:
        draw = self.random
        given, family = draw.choice(half.given), draw.choice(half.family)
        if draw.random() < culture.single_share:
            return given
        if draw.random() < culture.initial_share:
            given = f"{given} {draw.choice('ABCDEFGHJKLMNPRSTW')}."
        if draw.random() < culture.second_family_share:
            family = f"{family} {draw.choice(half.family)}"
        elif draw.random() < culture.hyphen_share and "-" not in family:
            family = f"{family}-{draw.choice([name for name in half.family if '-' not in name])}"
        parts = (family, given) if culture.family_first else (given, family)
        return culture.joiner.join(parts)

    def _place(self, culture: Culture) -> tuple[str, str, bool]:
        """Country and city; for a letter with a home country mostly there, whoever it is."""
        where = self.random.uniform(0, 100)
        for country in self._homes:
            where -= self.plan.home[country]
            if where < 0:
                cities = self.cultures["english"].places[country]
                return country, self.random.choice(cities), True
        places = [(country, city) for country, cities in culture.places.items() for city in cities]
        return *self.random.choice(places), False

    def _role(self, culture: Culture, half: Half, at_home: bool) -> str:
        if self.random.random() < 0.04:
            return ""
        if half.roles and not at_home and self.random.random() < 0.6:
            role: str = self.random.choice(half.roles)
        else:
            craft = self.random.choices(
                list(self.plan.crafts), weights=list(self.plan.crafts.values())
            )[0]
            role = self.random.choice(self._crafts[craft])
        return role[0].upper() + role[1:]

    def _affiliation(self, culture: Culture, at_home: bool) -> str:
        drawn = self.random.random()
        if drawn < 0.45:
            return ""
        home = "english" if at_home else culture.key
        if drawn < 0.62:
            own = [name for name, of in self._members_of if of == home]
            if own:
                return self.random.choice(own)
        return self.random.choice(self.cultures[home].companies)


def _weighted(
    cultures: Mapping[str, Culture], english_factor: float, *, latin: bool
) -> tuple[list[Culture], list[float]]:
    chosen = [c for c in cultures.values() if c.script == "Latin" or not latin]
    weights = (c.weight * (english_factor if c.key == "english" else 1) for c in chosen)
    return chosen, list(accumulate(weights))
