"""Given and family names by culture, with the order and the places that go with them."""

from dataclasses import dataclass
from functools import lru_cache

from coalition.demo.files import FOLDER, listed, read_toml


@dataclass(frozen=True, slots=True)
class Half:
    """The names and roles that a language gives to women or to men."""

    given: tuple[str, ...]
    family: tuple[str, ...]
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Culture:
    """Where a name comes from. Shares are between 0 and 1; `weight` is relative to the others."""

    key: str
    script: str
    language: str
    weight: float
    family_first: bool
    joiner: str
    women: Half
    men: Half
    places: dict[str, tuple[str, ...]]
    companies: tuple[str, ...]
    initial_share: float
    hyphen_share: float
    second_family_share: float
    single_share: float


@lru_cache
def load_cultures() -> dict[str, Culture]:
    """All cultures by key, in the order of their names."""
    return {path.stem: _culture(path.stem) for path in sorted((FOLDER / "names").glob("*.toml"))}


def _culture(key: str) -> Culture:
    raw = read_toml(f"names/{key}")
    halves = {
        sex: Half(
            given=listed(raw[sex]["given"]),
            family=listed(raw[sex].get("family") or raw["family"]),
            roles=listed(raw[sex]["roles"]),
        )
        for sex in ("women", "men")
    }
    return Culture(
        key=key,
        script=raw["script"],
        language=raw["language"],
        weight=raw["weight"],
        family_first=raw.get("order") == "family given",
        joiner=raw.get("joiner", " "),
        places={country: listed(cities) for country, cities in raw["places"].items()},
        companies=listed(raw["companies"]),
        initial_share=raw.get("initial_share", 0.0),
        hyphen_share=raw.get("hyphen_share", 0.0),
        second_family_share=raw.get("second_family_share", 0.0),
        single_share=raw.get("single_share", 0.0),
        **halves,
    )
