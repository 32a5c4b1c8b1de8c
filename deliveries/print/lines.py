"""How many lines an entry of the roll takes, foretold from the widths of its letters.

Typst sets the lines. The forecast divides a roll into pieces that end with a full page, and evens
out the last page. Letters that Noto Serif has not are taken at a usual width.
"""

import re
import subprocess
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

_PARTS = re.compile("[^- /]*[-/]+|[^- /]+| +")


class Rule:
    """Measures words in em, in one weight of Noto Serif."""

    def __init__(self, weight: str) -> None:
        self.letters = dict(_advances(weight))
        self.words: dict[str, float] = {}
        self.space = self.letters[" "]

    def width(self, word: str) -> float:
        found = self.words.get(word)
        if found is None:
            found = self.words[word] = sum(map(self._letter, word))
        return found

    def _letter(self, char: str) -> float:
        found = self.letters.get(char)
        if found is None:
            found = self.letters[char] = _usual(char)
        return found


def _usual(char: str) -> float:
    if unicodedata.category(char) in ("Mn", "Cf"):
        return 0.0
    return 1.0 if unicodedata.east_asian_width(char) in "WF" else 0.55


def _advances(weight: str) -> Iterator[tuple[str, float]]:
    from fontTools.ttLib import TTFont

    command = ["fc-match", "--format=%{file}", f"Noto Serif:{weight}"]
    path = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # nosec
    with TTFont(path, lazy=True, fontNumber=0) as font:
        em = font["head"].unitsPerEm
        widths = font["hmtx"].metrics
        for code, glyph in font["cmap"].getBestCmap().items():
            yield chr(code), widths[glyph][0] / em


@lru_cache(maxsize=2)
def rule(weight: str) -> Rule:
    """`regular` or `bold`."""
    return Rule(weight)


Run = tuple[Rule, str]


def widest_part(runs: Iterable[Run]) -> float:
    """The width, in em, of the widest part that may stand on a line of its own."""
    return max(
        (measure.width(part) for measure, text in runs for part in _PARTS.findall(text)), default=0
    )


def count_lines(runs: Iterable[Run], width: float, indent: float) -> int:
    """Lines of the runs, one after the other, `width` em wide, all but the first by `indent` less.

    A word that does not fit goes to the next line; one wider than a line breaks anywhere.
    """
    lines, room = 1, width
    for measure, text in runs:
        for part in _PARTS.findall(text):
            if part[0] == " ":
                room -= measure.space
                continue
            wide = measure.width(part)
            if wide > room:
                lines, room = lines + 1, width - indent
                while wide > room:
                    lines, wide = lines + 1, wide - room
            room -= wide
    return lines
