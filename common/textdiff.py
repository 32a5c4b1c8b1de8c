"""What changed between two texts, word by word."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from typing import Literal

_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
# Pairs of equal words, or lines, that are looked at: each costs time, again and again. Two passages
# of thousands of words have more, and are shown as one that went and one that came.
MOST_PAIRS = 60_000


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words that stayed, was removed or was added."""

    kind: Literal["same", "removed", "added"]
    text: str


def word_diff(old: str, new: str) -> list[Piece]:
    """The pieces in reading order; removed ones come before what stands in their place.

    Without the removed pieces it reads as `new`, without the added ones as `old`.
    """
    pieces: list[Piece] = []
    removed = added = ""
    for same, gone, come in _runs(old, new):
        # White space between two changed words belongs to both: a changed phrase is one change.
        if same and not (gone.isspace() and (removed or added)):
            pieces += [*_changes(removed, added), Piece("same", gone)]
            removed = added = ""
        else:
            removed, added = removed + gone, added + come
    pieces += _changes(removed, added)
    runs = groupby(pieces, key=lambda piece: piece.kind)
    return [Piece(kind, "".join(piece.text for piece in run)) for kind, run in runs]


def _runs(old: str, new: str) -> Iterator[tuple[bool, str, str]]:
    """Whether a run stayed, and what it reads in each text: by lines first, since the words of a
    long text are too many to compare each with each."""
    for same, gone, come in _matched(old.splitlines(True), new.splitlines(True)):
        if same:
            yield same, gone, come
        else:
            yield from _matched(_WORDS.findall(gone), _WORDS.findall(come))


def _matched(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[bool, str, str]]:
    """White space only ever matches beside something else: it is half of all, and all the same."""
    often = Counter(after)
    if sum(often[one] for one in before if not one.isspace()) > MOST_PAIRS:
        yield False, "".join(before), "".join(after)
        return
    matcher = SequenceMatcher(str.isspace, before, after, autojunk=False)
    for tag, i, j, k, m in matcher.get_opcodes():
        yield tag == "equal", "".join(before[i:j]), "".join(after[k:m])


def _changes(removed: str, added: str) -> list[Piece]:
    """White space that ends both is no change."""
    tail = removed[len(removed.rstrip()) :]
    tail = tail if added.endswith(tail) else ""
    end = -len(tail) or None
    pieces = (Piece("removed", removed[:end]), Piece("added", added[:end]), Piece("same", tail))
    return [piece for piece in pieces if piece.text]
