"""Whether the names of a roll stand in the text that programs copy out of it."""

import re
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from itertools import accumulate, zip_longest

Line = tuple[str, str]  # a name and what stands beside it

# Spaces, soft hyphens, direction marks and isolates: they are for the eye.
_SPACES = "\\s\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"
_SPACE = re.compile(f"[{_SPACES}]+")
_UNSEEN = re.compile(f"[-\u2010\u200c\u200d{_SPACES}]+")
# Hebrew to Myanmar, Khmer, presentation forms, and what else runs from the right, such as Adlam.
_BENT = re.compile(
    "[\u0590-\u109f\u1780-\u17ff\ufb1d-\ufdff\ufe70-\ufeff"
    "\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
# A roll is in order: a name stands soon after the one before; heads and feet of pages lie between.
PAGE_END = "\f"
_WINDOW = 1000
_SLACK = 200


class Reader:
    """Reads a text from name to name."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.after = 0

    def finds(self, name: str) -> bool:
        # The first may stand behind pages of text.
        end = self.after + _WINDOW if self.after else None
        at = self.text.find(name, self.after, end)
        if at >= 0:
            self.after = at + len(name)
        return at >= 0


def look_for_names(lines: Iterable[Line], raw: str, seen: str) -> tuple[list[str], list[str]]:
    """The names that are absent, and those that are there, but not letter for letter.

    `raw` is the text as the file has it, in order, but with the words of a right-to-left name from
    left to right; `seen` as it lies on the page, where a hyphen at the end of a line counts as a
    soft one, and columns may come from the right. Both have a form feed behind each page. A name is
    to stand in its place in `raw`, and unchanged on that page of either.
    """
    pages = raw.split(PAGE_END)
    reader = Reader("".join(map(plain, pages)))
    ends = list(accumulate(len(plain(page)) for page in pages))
    views = [
        f"{letters(one)}\n{letters(other)}"
        for one, other in zip_longest(pages, seen.split(PAGE_END), fillvalue="")
    ]
    absent: list[str] = []
    reordered: list[str] = []
    for name, details in lines:
        if not _stands(reader, name, details):
            absent.append(name)
            continue
        page = bisect_left(ends, reader.after)
        wanted = letters(name)
        if not any(wanted in view for view in views[max(0, page - 1) : page + 2]):
            reordered.append(name)
    return absent, reordered


def _stands(reader: Reader, name: str, details: str) -> bool:
    """Where a name has letters that readers of PDF order or join each in its own way (right to
    left, with raised or lowered signs), its words may stand in any order in the place of its line,
    or at least all of its letters."""
    wanted = plain(name)
    if reader.finds(wanted):
        return True
    length = len(wanted) + len(plain(details))
    start = max(0, reader.after - _SLACK)
    place = reader.text[start : reader.after + length + _SLACK]
    ends = [place.find(word) + len(word) for word in map(plain, name.split()) if word in place]
    if not _BENT.search(name):
        return False
    if len(ends) == len(name.split()):
        reader.after = start + max(ends)
        return True
    if _has_letters(place, wanted):
        reader.after += length
        return True
    return False


def _has_letters(place: str, name: str) -> bool:
    found, wanted = Counter(_base(place)), Counter(_base(name))
    return all(found[letter] >= count for letter, count in wanted.items())


def _base(text: str) -> str:
    return "".join(
        char for char in unicodedata.normalize("NFKD", text) if unicodedata.category(char)[0] != "M"
    )


def letters(text: str) -> str:
    """Every letter and sign; spaces and marks of direction are not compared."""
    return _SPACE.sub("", unicodedata.normalize("NFC", text))


def plain(text: str) -> str:
    """Without hyphens and joiners, too; one letter for all forms of it."""
    return _UNSEEN.sub("", unicodedata.normalize("NFKC", text))
