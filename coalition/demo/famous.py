"""Keeps well-known people off the demo: no invented signatory may carry a famous name."""

from functools import lru_cache

from coalition.demo.files import FOLDER
from common.names import name_key


@lru_cache
def _famous() -> dict[str, list[frozenset[str]]]:
    """The listed names as sets of words, found by each of their words."""
    found: dict[str, list[frozenset[str]]] = {}
    for line in (FOLDER / "famous.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            words = frozenset(name_key(line).split())
            for word in words:
                found.setdefault(word, []).append(words)
    return found


def is_famous(name: str) -> bool:
    """Whether the name has all the words of a listed one, in any order, accents and case aside.

    So “Virginia M. Woolf” is refused where “Virginia Woolf” is listed. Names written without
    spaces (Chinese, Korean) are one word and must be listed whole.
    """
    words = frozenset(key for word in name.split() for key in _keys(word))
    return any(listed <= words for word in words for listed in _famous().get(word, ()))


@lru_cache(maxsize=20_000)
def _keys(word: str) -> tuple[str, ...]:
    return tuple(name_key(word).split())
