"""Keeps well-known people off the demo: no invented signatory may pass for one of them."""

from functools import lru_cache

from coalition.demo.files import FOLDER
from common.likeness import listed_keys, typed_keys


@lru_cache(maxsize=1)
def _famous() -> frozenset[str]:
    lines = (FOLDER / "famous.txt").read_text(encoding="utf-8").splitlines()
    names = [line for line in lines if line and not line.startswith("#")]
    return frozenset(key for name in names for key in listed_keys(name))


def is_famous(name: str) -> bool:
    """Whether the name would be held if the famous ones were protected names."""
    return not _famous().isdisjoint(typed_keys(name))
