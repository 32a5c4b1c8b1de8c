"""Names that run against the list that they are in, and the comma between an entry's parts."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

# Hebrew to Arabic, a mark of direction, presentation forms, older and African scripts.
_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
FIRST_STRONG, POP_ISOLATE = "\u2068", "\u2069"
# For each direction of what is around: the isolate of what runs so, and the mark that runs so.
_RUNNING = {"ltr": ("\u2066", "\u200e"), "rtl": ("\u2067", "\u200f")}
_LETTERS = {"L": "ltr", "R": "rtl", "AL": "rtl"}


def is_right_to_left(text: str) -> bool:
    """Whether any of its letters runs so."""
    return not text.isascii() and bool(_RIGHT_TO_LEFT.search(text))


def runs_both_ways(text: str) -> bool:
    if not is_right_to_left(text):
        return False
    return {"ltr", "rtl"} <= {_LETTERS.get(unicodedata.bidirectional(char)) for char in text}


def most_run(texts: Iterable[str]) -> str:
    """The direction of most letters, as programs that read a page by place count them."""
    letters = Counter(
        _LETTERS.get(unicodedata.bidirectional(char)) for text in texts for char in text
    )
    return "rtl" if letters["rtl"] > letters["ltr"] else "ltr"


def isolated(text: str, direction: str, around: str = "") -> str:
    """Text that does not run as the list does, between isolates: it does not reorder its
    neighbours.

    It runs as its letters do. One of both directions runs as what is around it (where that is not
    known, as the list), so that its words stand in the order in which they were typed; programs
    that copy text by its place read it so.
    """
    if direction == "ltr" and not is_right_to_left(text):
        return text
    if not runs_both_ways(text):
        return f"{FIRST_STRONG}{text}{POP_ISOLATE}"
    around = around or direction
    return f"{_RUNNING[around][0]}{_marked(text, around)}{POP_ISOLATE}"


def _marked(text: str, direction: str) -> str:
    """With a mark behind each part that runs the other way: such a program would take the space
    behind it for a part of it, and put it before."""
    mark = _RUNNING[direction][1]
    marked = ""
    against = 0  # the end of such a part in `marked`
    for char in text:
        if runs := _LETTERS.get(unicodedata.bidirectional(char)):
            if runs == direction and against:
                marked = f"{marked[:against]}{mark}{marked[against:]}"
            against = 0 if runs == direction else len(marked) + 1
        elif against == len(marked) and unicodedata.category(char) == "Mn":
            against += 1
        marked += char
    return f"{marked[:against]}{mark}{marked[against:]}" if 0 < against < len(marked) else marked


def comma(language: str) -> str:
    """The comma between the parts of an entry, in a list in that language."""
    return "\u060c" if language.partition("-")[0] in ("ar", "fa", "ur") else ","
