"""Names and other lines that signatories type: kept as typed, refused where they could deceive."""

import re
import unicodedata
from functools import lru_cache

from icu import Collator, Locale

# A scheme, a path behind a name with a dot, what ends like a domain and not like an abbreviation
# (“St.John”, “J.R.R.” and “Dr.med.” are names), or in a domain's ending that is nobody's name,
# whatever its case and whatever comes after it: a confirmation mail would carry it to strangers.
_URL = re.compile(
    r"(?i:\b(?:https?:|www\.)|\w\.[a-z]{2,}/)"
    r"|(?<![\w.])(?!(?i:dr|prof|st|mag|dipl|ing|phil)\.)[\w-]{2,}(?:\.[\w-]+)*\.[a-z]{2,24}(?![\w.])"
    r"|(?i:\w\.(?:com|net|org|info|biz|xyz|ru|cn|online)(?!\w))"
)
_MARKUP = re.compile(r"[<>{}\\]|&#?\w+;|\[[^\]]*\]\(")
_SPACES = re.compile(r"\s+")
# Zero-width joiners shape Persian, Indic and emoji text; every other format character is refused.
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_JOINERS = frozenset("\u200c\u200d")
# Characters that count as letters or marks and are drawn as nothing (Default_Ignorable, UAX #44),
# and the one that stands for what could not be read or printed: a dossier is searched for it.
_BLANKS = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0\u2800\ufffd]")
_EMOJI_STYLE = frozenset("\ufe0e\ufe0f")
_JOINED_FOR_NOTHING = re.compile("(?:^|[\\s\u0000-\u052f])[\u200c\u200d]|[\u200c\u200d](?:$|\\s)")
_MARKS = re.compile(r"(?:[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]){4,}")
MOST_MARKS = 5  # non-spacing ones on one letter; living scripts need fewer


class TextError(ValueError):
    """A line that cannot be taken; `code` says why: control, markup, url, marks, …"""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def clean_line(text: str, *, allow_url: bool = False) -> str:
    """One line in NFC with single spaces.

    Raises TextError for control and direction-override characters, markup, stacks of combining
    marks, and (unless allowed) web addresses.
    """
    if "\r" in text or "\n" in text:
        raise TextError("control")
    text = _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()
    if not text.isascii():
        for character in text:
            hidden = unicodedata.category(character) in _HIDDEN
            if hidden and character not in _JOINERS:
                raise TextError("control")
        if _BLANKS.search(text) or _JOINED_FOR_NOTHING.search(text):
            raise TextError("control")
        decomposed = unicodedata.normalize("NFD", text)
        if _MARKS.search(decomposed) or _longest_run_of_marks(decomposed) > MOST_MARKS:
            raise TextError("marks")
    elif not text.isprintable():
        raise TextError("control")
    if _MARKUP.search(text):
        raise TextError("markup")
    if not allow_url and _URL.search(unicodedata.normalize("NFKC", text)):
        raise TextError("url")
    return text


def _longest_run_of_marks(text: str) -> int:
    longest = run = 0
    for character in text:
        run = run + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        longest = max(longest, run)
    return longest


def clean_name(text: str) -> str:
    """A name in any script: a clean line with a letter in it and no pictures.

    Raises TextError as `clean_line` does, `symbol` for emoji and the like, and `no_letter`.
    """
    text = clean_line(text)
    if "@" in text:
        raise TextError("url")
    if not any(character.isalpha() for character in text):
        raise TextError("no_letter")
    if not text.isascii() and any(
        unicodedata.category(character) in ("So", "Sk") or character in _EMOJI_STYLE
        for character in text
    ):
        raise TextError("symbol")
    return text


def clean_text(text: str) -> str:
    """A few sentences, line breaks kept. Raises TextError for control characters and markup."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(clean_line(line, allow_url=True) for line in lines).strip()


@lru_cache(maxsize=64)
def _collator(language: str) -> Collator:
    return Collator.createInstance(Locale.forLanguageTag(language))


def sort_key(name: str, language: str) -> bytes:
    """The name's sort key in the language's CLDR collation (UTS #10, #35), at most 1,024 bytes.

    The roll of a letter is sorted as the readers of its authoritative text sort. Many languages,
    and every one that CLDR does not know, have the root collation.
    """
    return bytes(_collator(language).getSortKey(name))[:1024]


def is_sorted_its_own_way(language: str) -> bool:
    """Whether the language's collation is another than the root's."""
    return bool(_collator(language).getRules())


@lru_cache(maxsize=64)
def _letters(language: str) -> Collator:
    collator = Collator.createInstance(Locale.forLanguageTag(language))
    collator.setStrength(Collator.PRIMARY)
    return collator


def letter_key(letter: str, language: str) -> bytes:
    """What a letter shares with its variants: in English å is one of a's, in Swedish it is not."""
    return bytes(_letters(language).getSortKey(letter))


def name_key(name: str) -> str:
    """What spellings of one name share: compatibility forms, case, accents, spaces folded."""
    folded = unicodedata.normalize("NFKD", name).casefold()
    bare = "".join(c for c in folded if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() else " " for c in bare).split())
