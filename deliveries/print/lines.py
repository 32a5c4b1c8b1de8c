"""How many lines an entry of the roll takes, foretold from the widths of its letters.

Typst sets the lines. By the forecast a roll is divided into pieces that end with a full page, and
its last page is evened out (pages.py). Kerning is left out.
"""

import re
import subprocess
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

# How wide words are on paper, against the sum of their letters, where letters are joined: measured
# with the demo's names.
_JOINED = {
    "Noto Naskh Arabic": 0.80,
    "Noto Serif Bengali": 0.88,
    "Noto Serif Devanagari": 0.94,
    "Noto Serif Tamil": 0.97,
}
_PARTS = re.compile("[^- /]*[-/]+|[^- /]+| +")


class Rule:
    """Measures words in em, in one weight of Noto Serif and of its faces for other scripts."""

    def __init__(self, weight: str) -> None:
        self.weight = weight
        self.letters: dict[str, float] = {}
        self.families: set[str] = set()
        self._load("Noto Serif")
        self.space = self.letters.get(" ", _usual(" "))

    def width(self, word: str) -> float:
        try:
            return sum(map(self.letters.__getitem__, word))
        except KeyError:
            return sum(map(self._letter, word))

    def _letter(self, char: str) -> float:
        if char not in self.letters:
            self._load(_family(char))
            self.letters.setdefault(char, _usual(char))
        return self.letters[char]

    def _load(self, family: str) -> None:
        if family not in self.families:
            self.families.add(family)
            self.letters = {**dict(_advances(family, self.weight)), **self.letters}


def _family(char: str) -> str:
    """The face that has the script of a letter that Noto Serif lacks."""
    script = unicodedata.name(char, "").partition(" ")[0]
    return "Noto Naskh Arabic" if script == "ARABIC" else f"Noto Serif {script.capitalize()}"


def _usual(char: str) -> float:
    """Of a letter that no such face has. Signs stand in those for Chinese, a square each."""
    if unicodedata.category(char) in ("Mn", "Cf"):
        return 0.0
    return 1.0 if unicodedata.east_asian_width(char) in "WFA" else 0.55


def _advances(family: str, weight: str) -> Iterator[tuple[str, float]]:
    """Each letter of the face with its width in em; none where it is not installed, for a roll is
    frozen without its fonts, too."""
    from fontTools.ttLib import TTFont

    command = ["fc-match", "--format=%{family}:%{file}", f"{family}:{weight}"]
    try:
        match = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # nosec
    except (OSError, subprocess.CalledProcessError):
        return
    found, _, path = match.partition(":")
    if family not in found.split(","):
        return
    with TTFont(path, lazy=True) as font:
        em = font["head"].unitsPerEm / _JOINED.get(family, 1.0)
        widths = font["hmtx"].metrics
        for code, glyph in font["cmap"].getBestCmap().items():
            char = chr(code)
            yield char, 0.0 if unicodedata.category(char) == "Mn" else widths[glyph][0] / em


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
