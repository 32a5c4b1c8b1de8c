"""Bookmarks of a roll: its sections, and in each the first letters of its names."""

import unicodedata
from collections.abc import Iterator

from django.db.models import Min
from django.db.models.functions import Left
from django.utils.translation import gettext

from common.languages import speak
from common.names import letter_key
from deliveries.models import Delivery
from deliveries.print.join import Bookmark
from deliveries.services.volumes import Volume


def roll_bookmarks(delivery: Delivery, volume: Volume) -> list[Bookmark]:
    """Those of a file of the roll. An erased entry lends its letter to none."""
    first, last = volume.positions
    organisations = delivery.totals["named_organisations"]
    marks = []
    with speak(delivery.language):
        sections = (
            (gettext("Organisations"), first, min(last, organisations)),
            (gettext("People"), max(first, organisations + 1), last),
        )
    for title, begin, end in sections:
        if begin <= end:
            marks.append(_mark(title, begin, volume, organisations))
            for letter, position in _letters(delivery, begin, end, volume):
                marks.append(_mark(letter, position, volume, organisations)._replace(inner=True))
    return marks


def _mark(title: str, position: int, volume: Volume, organisations: int) -> Bookmark:
    number = _piece_at(position, volume)
    last = volume.pieces[number].last
    # The heading of the people is an element, too.
    heading = position <= organisations < last
    return Bookmark(title, number, last - position + 1 + heading)


def _piece_at(position: int, volume: Volume) -> int:
    return next(n for n, piece in enumerate(volume.pieces) if position <= piece.last)


def _letters(delivery: Delivery, begin: int, end: int, volume: Volume) -> Iterator[tuple[str, int]]:
    """Each first letter with the position of its first entry. Chinese characters, which have no
    alphabet, are a range in each piece."""
    initials = (
        delivery.entries.filter(position__range=(begin, end))
        .exclude(name="")
        .order_by()
        .values_list(Left("name", 1))
        .annotate(at=Min("position"))
        .order_by("at")
    )
    found: dict[object, tuple[str, str, int]] = {}
    for char, position in initials:
        if not char.isalpha():
            continue
        is_han = unicodedata.name(char, "").startswith("CJK")
        letter = char if is_han else _letter(char, delivery.language)
        key = _piece_at(position, volume) if is_han else letter_key(letter, delivery.language)
        start, _, at = found.get(key, (letter, "", position))
        found[key] = (start, char if is_han and char != start else "", at)
    for start, until, at in found.values():
        yield f"{start}\u2013{until}" if until else start, at


def _letter(char: str, language: str) -> str:
    """The letter without accents that are none of its own in this language; of a Korean syllable,
    its first consonant."""
    base = unicodedata.normalize("NFKD", char)[0].upper()
    whole = char.upper()
    is_variant = letter_key(base, language) == letter_key(whole, language)
    return base if is_variant or unicodedata.name(char, "").startswith("HANGUL") else whole
