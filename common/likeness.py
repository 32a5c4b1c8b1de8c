"""When two names could pass for one: by spelling, look-alike letters, script, order or initials.

A listed name is stored with its keys; a typed name asks for its own. They are alike where a key is
in both, so that an index answers. What a name is reduced to, in this order: accents and case go
(Dvořák, dvorak), letters that look like Latin ones become those (Cyrillic “а”, the digit 0),
another script is transliterated by ICU (Any-Latin), and a name that crossed scripts is compared by
its sound as well, since transliterations differ (Чайковский: Cajkovskij, Tchaikovsky). Latin
letters that look like others (“EIon”, “Torn”), and words written as one or pulled apart, are
compared by their outline.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import combinations

from confusable_homoglyphs import confusables
from icu import Transliterator

from common.crypto import keyed_digest
from common.names import name_key

MOST_WORDS = 8  # of a typed name that stand together; every choice among the first is a key
_FEW_WORDS = 3  # chosen among those further on
_LEAST_JOINED = 8  # letters; shorter names written as one word are often another name
_NEAR = 0.86
_NEAR_LENGTH = 8
_DIGITS = str.maketrans("0134578", "oleastb")
_OUTLINES = (("i", "l"), ("rn", "m"), ("vv", "w"))
_SOUNDS = (
    (re.compile("tsch|tch|tz|ts"), "c"),
    (re.compile("kh"), "h"),
    (re.compile("ph"), "f"),
    (re.compile("[aeiouyjhw]"), ""),
    (re.compile("[bpfv]"), "1"),
    (re.compile("[cgkqsxz]"), "2"),
    (re.compile("[dt]"), "3"),
    (re.compile("l"), "4"),
    (re.compile("[mn]"), "5"),
    (re.compile("r"), "6"),
    (re.compile(r"(.)\1+"), r"\1"),
)


@lru_cache(maxsize=1)
def _to_latin() -> Transliterator:
    return Transliterator.createInstance("Any-Latin; Latin-ASCII")


def latin_words(name: str) -> list[str]:
    """The name's words in plain Latin letters, from any script."""
    return name_key(_to_latin().transliterate(name)).split()


def _is_latin(name: str) -> bool:
    return name.isascii() or all(
        unicodedata.name(letter, "").startswith("LATIN") for letter in name if letter.isalpha()
    )


def _words(name: str) -> list[str]:
    return latin_words(name) if _is_latin(name) else name_key(name).split()


@lru_cache(maxsize=4096)
def _looks_like(letter: str) -> str:
    """The Latin letter that this one looks like, or itself."""
    found = confusables.is_confusable(letter)
    if not found:
        return letter
    twins = (entry["c"] for entry in found[0]["homoglyphs"])
    return next((twin for twin in twins if twin.isascii() and twin.isalnum()), letter)


def _as_it_looks(name: str) -> list[str]:
    """The name's words as a reader of Latin script sees them, without those of another script;
    none where that leaves less than a name."""
    letters = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", name))
    seen = "".join(c if c.isascii() else _looks_like(c) for c in letters)
    words = []
    for word in name_key(seen).split():
        digits = word.translate(_DIGITS)
        words.append(digits if not word.isdigit() else word)
    latin = [word for word in words if word.isascii()]
    return latin if len(latin) > 1 or len(latin) == len(words) else []


def _outline(words: Iterable[str]) -> list[str]:
    """The words with one letter for those that look the same: I, l and 1; rn and m; vv and w."""
    outlines = []
    for word in words:
        for letters, twin in _OUTLINES:
            word = word.replace(letters, twin)
        outlines.append(word)
    return outlines


def _as_one(words: list[str]) -> set[str]:
    """The words without what stands between them; the family name may come first."""
    turned = (words, words[-1:] + words[:-1], words[1:] + words[:1])
    return {"".join(order) for order in turned}


def _as_one_outline(words: list[str]) -> set[str]:
    return {f"={one}" for one in _as_one(words) if len(one) >= _LEAST_JOINED}


def sound(word: str) -> str:
    """What transliterations of one name share: the classes of its consonants, none twice."""
    for pattern, by in _SOUNDS:
        word = pattern.sub(by, word)
    return word


def _key(words: Iterable[str]) -> str:
    return " ".join(sorted(words))


def _initials(words: list[str]) -> Iterator[str]:
    """The keys of a name whose given names are only initials: “J R R Tolkien”, “J Tolkien”."""
    if len(words) > 1 and len(words[-1]) > 1:
        yield _key([*(word[0] for word in words[:-1]), words[-1]])
        yield _key([words[0][0], words[-1]])


def listed_keys(name: str) -> list[str]:
    """The keys to store with a listed name (`Family, Given` is read as `Given Family`).

    Plain ones are for names typed in the same script; those with `~` for names typed in Latin
    letters, `s:` by sound, `i:` for initials, `l:` by outline, `=` written as one word.
    """
    family, comma, given = name.partition(",")
    name = f"{given} {family}" if comma else name
    own, latin = _words(name), latin_words(name)
    mark = "" if own == latin else "~"
    keys = {_key(own), mark + _key(latin), *(f"i:{key}" for key in _initials(latin))}
    if any(len(word) == 1 for word in latin):
        keys |= {f"j:{key}" for key in _initials(latin)}
    if mark:
        keys.add("~=" + "".join(latin))
    else:
        keys.add(f"l:{_key(_outline(latin))}")
        if len(latin) > 1:
            keys |= _as_one_outline(_outline(latin))
    if len(latin) > 1:
        keys.add(f"{mark}s:{_key(map(sound, latin))}")
    return sorted(key for key in keys if key.strip("~=sijl: "))


def typed_keys(name: str, *, single_words: bool = False) -> set[str]:
    """The keys under which a typed name may be listed.

    A name is alike where it has all the words of a listed one (“Virginia M. Woolf” of “Virginia
    Woolf”); one listed as a single word must be typed whole, or with `single_words` be among them.
    """
    own, latin, looks = _words(name), latin_words(name), _as_it_looks(name)
    smallest = 1 if single_words else 2
    keys = set(_choices(own, smallest)) | set(_choices(looks, smallest))
    seen = [_outline(looks)]
    if own == latin:
        keys |= {f"~{key}" for key in (*keys, f"s:{_key(map(sound, latin))}")}
        keys |= {f"~={one}" for one in _as_one(latin)}
        if latin != looks:
            seen.append(_outline(latin))
    else:
        keys |= set(_choices(latin, smallest))
        keys.add(f"s:{_key(map(sound, latin))}")
    if any(len(word) == 1 for word in latin) and any(len(word) > 1 for word in latin):
        keys.add(f"i:{_key(latin)}")
    keys |= {f"j:{key}" for key in _initials(latin)}
    for words in seen:
        keys |= {f"l:{key}" for key in _choices(words, smallest)} | _as_one_outline(words)
        keys |= {f"={word}" for word in words if len(word) >= _LEAST_JOINED}
    return keys


def _choices(words: list[str], smallest: int) -> Iterator[str]:
    """The keys of all the words, and of each choice among some that stand together: any number of
    the first ones, a few of those that come after many."""
    if words:
        yield _key(words)
    for start in range(max(1, len(words) - MOST_WORDS + 1)):
        near = words[start : start + MOST_WORDS]
        largest = _FEW_WORDS if start else min(len(near), len(words) - 1)
        for size in range(smallest, largest + 1):
            for chosen in combinations(near, size):
                yield _key(chosen)


def likeness(name: str) -> bytes:
    """A keyed hash that names share which are the same or nearly: of the sounds of their words."""
    words = latin_words(name)
    return keyed_digest("likeness", _key(map(sound, words)) or " ".join(words))[:12]


def is_same_name(one: str, other: str) -> bool:
    """Whether two names have the same words, in any order, accents and case aside."""
    return _key(_words(one)) == _key(_words(other))


def is_near_name(one: str, other: str) -> bool:
    """Whether two longer names differ by a letter or two, and not only by their order."""
    ours, theirs = _key(_words(one)), _key(_words(other))
    if ours == theirs or min(len(ours), len(theirs)) < _NEAR_LENGTH:
        return False
    return SequenceMatcher(None, ours, theirs, autojunk=False).ratio() >= _NEAR
