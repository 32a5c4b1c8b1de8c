"""What public pages need of a letter, read at most once a second in each process."""

import threading
import time
from dataclasses import dataclass
from typing import cast

from django.db import InterfaceError, OperationalError

from letters.models import Letter, Translation, Version
from letters.models.letter import LetterQuerySet

FRESH_SECONDS = 1.0
STALE_SECONDS = 60.0
MAX_LETTERS = 1000


@dataclass(frozen=True, slots=True)
class CurrentLetter:
    """A visible letter with the translations of its current version, authoritative one first."""

    letter: Letter
    version: Version
    translations: tuple[Translation, ...]

    @property
    def authoritative(self) -> Translation:
        return self.translations[0]

    def translation(self, language: str | None) -> Translation | None:
        """The translation in this language (default: the authoritative), or None."""
        if language is None:
            return self.authoritative
        return next((t for t in self.translations if t.language == language), None)


_kept: dict[str, tuple[float, CurrentLetter]] = {}
_lock = threading.Lock()


def current_letter(slug: str) -> CurrentLetter:
    """The visible letter named `slug`; up to a second old, or a minute while Postgres is away.

    Raises Letter.DoesNotExist where a stranger may not know of it (draft, embargoed, unknown).
    """
    now = time.monotonic()
    kept = _kept.get(slug)
    if kept and now - kept[0] < FRESH_SECONDS:
        return kept[1]
    try:
        current = _read(slug)
    except Letter.DoesNotExist:
        forget(slug)
        raise
    except (OperationalError, InterfaceError):
        if kept and now - kept[0] < STALE_SECONDS:
            return kept[1]
        raise
    with _lock:
        if len(_kept) >= MAX_LETTERS:
            _kept.clear()
        _kept[slug] = (now, current)
    return current


def letter_for_invited(letter_id: int) -> CurrentLetter:
    """A letter that may be under embargo, for the holder of a personal invitation to it.

    Raises Letter.DoesNotExist for a draft.
    """
    return _texts_of(_with_text(Letter.objects.for_invited()).get(pk=letter_id))


def _read(slug: str) -> CurrentLetter:
    return _texts_of(_with_text(Letter.objects.visible()).get(slug=slug))


def _with_text(letters: LetterQuerySet) -> LetterQuerySet:
    return letters.select_related("coalition", "current_version", "picture")


def _texts_of(letter: Letter) -> CurrentLetter:
    version = cast(
        Version, letter.current_version
    )  # these querysets have only letters with a version
    version.letter = letter
    translations = tuple(version.translations.order_by("-is_authoritative", "language"))
    for translation in translations:
        translation.version = version
    return CurrentLetter(letter, version, translations)


def forget(slug: str | None = None) -> None:
    """Drops one letter, or all, from this process's memory."""
    with _lock:
        if slug is None:
            _kept.clear()
        else:
            _kept.pop(slug, None)
