"""What changed between two texts, word by word."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

_WORDS = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words that stayed, was removed or was added."""

    kind: Literal["same", "removed", "added"]
    text: str


def word_diff(old: str, new: str) -> list[Piece]:
    """The pieces in reading order; removed ones come before what stands in their place.

    Without the removed pieces it reads as `new`, without the added ones as `old`.
    """
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    pieces: list[Piece] = []
    removed = added = ""
    for tag, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        gone, come = "".join(before[i:j]), "".join(after[k:m])
        # White space between two changed words belongs to both: a changed phrase is one change.
        if tag == "equal" and not (gone.isspace() and (removed or added)):
            pieces += [*_changes(removed, added), Piece("same", gone)]
            removed = added = ""
        else:
            removed, added = removed + gone, added + come
    return pieces + _changes(removed, added)


def _changes(removed: str, added: str) -> list[Piece]:
    """White space that ends both is no change."""
    tail = removed[len(removed.rstrip()) :]
    tail = tail if added.endswith(tail) else ""
    end = -len(tail) or None
    pieces = (Piece("removed", removed[:end]), Piece("added", added[:end]), Piece("same", tail))
    return [piece for piece in pieces if piece.text]
