"""Risk signals: each a rule, explained in plain words. They hold or flag, they never delete.

Those that `fires` knows run in memory on the signing path, over what was typed. The others need the
throttle's counters (`accept_signature`) or the database (`examine_signature`, on confirming).
docs/signals.md is the table of them all.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from confusable_homoglyphs import confusables
from disposable_email_domains import blocklist
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.canonical import canonical_email
from common.names import name_key

Fields = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Signal:
    """A rule; one that `holds` keeps the signature unlisted until a moderator has looked."""

    code: str
    explanation: str | Promise
    holds: bool
    fires: Callable[[Fields], bool] | None = None


def _disposable_domain(fields: Fields) -> bool:
    domain = canonical_email(fields["email"]).rpartition("@")[2]
    parts = domain.split(".")
    return any(".".join(parts[i:]) in blocklist for i in range(len(parts) - 1))


def _look_alike_letters(fields: Fields) -> bool:
    """A word that mixes Latin, Cyrillic or Greek letters that look the same (UTS #39)."""
    texts = (fields["name"], fields.get("organisation_name", ""))
    return any(
        not word.isascii()
        and _mixes_scripts(word)
        and bool(confusables.is_confusable(word, preferred_aliases=["latin"]))
        for text in texts
        for word in text.split()
    )


def _mixes_scripts(word: str) -> bool:
    scripts = {unicodedata.name(c, " ").split(" ", 1)[0] for c in word if c.isalpha()}
    return len(scripts & {"LATIN", "CYRILLIC", "GREEK"}) > 1


_TEXTS = ("name", "organisation_name", "role_title", "affiliation", "city", "comment")
_LINK = re.compile(r"(?<=\w)\.(?:(?:com|org|net|info|io|biz|ru|cn|xyz)\b|[a-z]{2,}/)")
_WORD = re.compile(r"\w+")


def _text(fields: Fields) -> str:
    return " ".join(filter(None, map(fields.get, _TEXTS))).casefold()


def _link(fields: Fields) -> bool:
    """Most fields refuse a web address; a comment may have one, and an import may in any field."""
    text = _text(fields)
    return "://" in text or "www." in text or _LINK.search(text) is not None


def _read_profanity() -> frozenset[str]:
    lines = (Path(__file__).parent / "profanity.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


PROFANITY = _read_profanity()


def _profanity(fields: Fields) -> bool:
    return not PROFANITY.isdisjoint(_WORD.findall(_text(fields)))


def _organisation_domain(fields: Fields) -> bool:
    """The representative's domain shares no word with the organisation's name or its initials."""
    organisation = name_key(fields.get("organisation_name", ""))
    if not organisation:
        return False
    label = "".join(fields["email"].rpartition("@")[2].casefold().split(".")[:-1])
    label = label.replace("-", "")
    words = [word for word in organisation.split() if len(word) > 3]
    initials = "".join(word[0] for word in organisation.split())
    return not (any(word in label for word in words) or (len(initials) > 2 and initials in label))


SIGNALS = {
    signal.code: signal
    for signal in (
        Signal(
            "protected",
            _("The name resembles a protected one. To approve it, record how you checked."),
            True,
        ),
        Signal("blocked", _("The address, its domain or its network is on the block list."), True),
        Signal(
            "disposable",
            _("The address is from a service for throw-away mailboxes."),
            True,
            _disposable_domain,
        ),
        Signal(
            "look_alike",
            _("The name mixes letters of two scripts that look alike."),
            True,
            _look_alike_letters,
        ),
        Signal("profanity", _("The entry contains a swear word."), True, _profanity),
        Signal("link", _("The entry contains a web address."), True, _link),
        Signal("unchecked", _("It was sent without the proof of work of surge mode."), True),
        Signal("burst", _("Many signatures came from this network at once."), False),
        Signal(
            "domain",
            _("The address’s domain does not resemble the organisation’s name."),
            False,
            _organisation_domain,
        ),
        Signal("same_name", _("Somebody with the same name has signed this letter."), False),
        Signal("near_name", _("Somebody with nearly the same name has signed this letter."), False),
    )
}


def signals_of(fields: Fields) -> list[str]:
    """The codes of the signals that fire for these cleaned fields (`email`, `name`, …)."""
    return [code for code, signal in SIGNALS.items() if signal.fires and signal.fires(fields)]


def any_holds(codes: list[str]) -> bool:
    """Whether one of the signals asks for a moderator."""
    return any(SIGNALS[code].holds for code in codes if code in SIGNALS)
