"""The roll: the public list of signatories, in pages that cost the same at any depth."""

import base64
import binascii
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.db.models import BooleanField
from django.db.models.expressions import RawSQL

from common.patience import TookTooLong, at_most
from signatories.models import Capacity, FeaturedGroup, Mark, Signature
from signatories.models.queryset import SignatureQuerySet

PAGE_SIZE = 120
SEARCH_MILLISECONDS = 2000
# Matches that are sorted; of more a walk through the roll finds the first ones sooner.
MOST_SORTED = 2_000
NEWEST_ASKED = 500
SUGGESTIONS = 30

# What a public page may know of a signatory.
PUBLIC_FIELDS = (
    *("name", "organisation_name", "capacity", "role_title", "affiliation"),
    *("country", "city", "comment", "featured_rank", "sort_key", "language"),
    *("version", "confirmed_at", "marks", "erased_at"),
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class CursorError(ValueError):
    """The page's cursor is not one of ours."""


class SearchTooBroad(Exception):
    """Finding the first entries that match takes too long."""


@dataclass(frozen=True, slots=True)
class RollQuery:
    """What a reader asks of the roll."""

    words: str = ""
    country: str = ""
    mark: str = ""
    newest_first: bool = False
    capacity: Capacity = Capacity.PERSONAL

    @property
    def searches(self) -> bool:
        """Whether some are left out."""
        return bool(self.words or self.country or self.mark)

    def of(self, capacity: Capacity) -> "RollQuery":
        """The same question about those who sign in this capacity."""
        return replace(self, capacity=capacity)


@dataclass(frozen=True, slots=True)
class RollPage:
    """Signatories in the order asked for, with the cursors of the pages after and before it."""

    entries: list[Signature]
    next_cursor: str | None
    previous_cursor: str | None


def roll_page(
    letter_id: int, query: RollQuery, cursor: str | None = None, size: int = PAGE_SIZE
) -> RollPage:
    """The listed of one capacity after the cursor, or before one that starts with “-”.

    Raises CursorError, SearchTooBroad.
    """
    rows = listed(letter_id).filter(capacity=query.capacity).of_country(query.country)
    if query.mark:
        rows = rows.filter(marks__contains=[query.mark])
    backwards = bool(cursor) and cursor is not None and cursor.startswith("-")
    if cursor:
        rows = _beyond(rows, cursor.removeprefix("-"), query.newest_first, backwards)
    if query.searches:
        try:
            with at_most(SEARCH_MILLISECONDS):
                found = _search(rows, letter_id, query, backwards, size + 1)
        except TookTooLong:
            raise SearchTooBroad from None
    else:
        found = list(_ordered(rows, query, backwards)[: size + 1])
    more = len(found) > size
    entries = found[:size]
    if backwards:
        entries.reverse()
    has_next, has_previous = (True, more) if backwards else (more, bool(cursor))
    return RollPage(
        entries,
        _cursor(entries[-1], query.newest_first) if entries and has_next else None,
        f"-{_cursor(entries[0], query.newest_first)}" if entries and has_previous else None,
    )


def people_page(letter_id: int, cursor: str | None = None, size: int = PAGE_SIZE) -> RollPage:
    """The people of a letter's roll by name. Raises CursorError."""
    return roll_page(letter_id, RollQuery(), cursor, size)


def listed(letter_id: int) -> SignatureQuerySet:
    """Whom a public page may show, with what it may show of them."""
    return Signature.objects.of_letter(letter_id).listed().only(*PUBLIC_FIELDS)


def listed_organisations(letter_id: int) -> SignatureQuerySet:
    return listed(letter_id).organisations().in_roll_order()


def listed_featured(letter_id: int) -> SignatureQuerySet:
    return listed(letter_id).people().featured()


def in_groups(
    featured: Iterable[Signature], letter_id: int, language: str, authoritative: str
) -> list[tuple[str, list[Signature]]]:
    """The featured under the organisers' headings; an empty one is over who stands before them."""
    starts = list(FeaturedGroup.objects.filter(letter_id=letter_id))
    found: list[tuple[str, list[Signature]]] = [("", [])]
    for signature in featured:
        while starts and starts[0].first_rank <= (signature.featured_rank or 0):
            found.append((starts.pop(0).heading(language, authoritative), []))
        found[-1][1].append(signature)
    return [(heading, group) for heading, group in found if group]


def affiliations_of(letter_id: int) -> list[str]:
    """What the sign form suggests: affiliations that stand on the roll, the most frequent of the
    newest signatories first. The bounds keep the letter's page small and quick at any size."""
    newest = listed(letter_id).people().exclude(affiliation="").newest_first()
    counted = Counter(newest.values_list("affiliation", flat=True)[:NEWEST_ASKED])
    return [name for name, _ in counted.most_common(SUGGESTIONS)]


def _beyond(
    rows: SignatureQuerySet, cursor: str, newest_first: bool, backwards: bool
) -> SignatureQuerySet:
    """A row comparison walks an index; the ORM's OR of two comparisons would filter it."""
    raw, pk = _read_cursor(cursor)
    column, value = ("confirmed_at", _read_time(raw)) if newest_first else ("sort_key", raw)
    sign = "<" if newest_first != backwards else ">"
    # Only a column and a sign are put into the text, and each is one of two constants.
    return rows.filter(
        RawSQL(  # noqa: S611  # nosec B611
            f"({column}, signatories_signature.id) {sign} (%s, %s)",
            (value, pk),
            output_field=BooleanField(),
        )
    )


def _ordered(rows: SignatureQuerySet, query: RollQuery, backwards: bool) -> SignatureQuerySet:
    ordered = rows.newest_first() if query.newest_first else rows.in_roll_order()
    return ordered.reverse() if backwards else ordered


def _search(
    rows: SignatureQuerySet, letter_id: int, query: RollQuery, backwards: bool, most: int
) -> list[Signature]:
    """The first of those that match.

    Few matches are taken from the words' index and sorted. Where they are many, a walk through the
    roll in its order meets enough of them soon: the index that it walks has the words beside the
    keys, so that no row is read for nothing.
    """
    if not query.words:
        return list(_ordered(rows, query, backwards)[:most])
    key = "confirmed_at" if query.newest_first else "sort_key"
    matches = rows.with_words(
        query.words, letter_id=letter_id, capacity=query.capacity, country=query.country
    )
    keys = list(matches.values_list(key, "pk")[: MOST_SORTED + 1])
    if len(keys) <= MOST_SORTED:
        descending = query.newest_first != backwards
        first = sorted(((_comparable(key), pk) for key, pk in keys), reverse=descending)
        pks = [pk for _, pk in first[:most]]
    else:
        walk = _ordered(rows.lines_with(query.words), query, backwards)
        with connection.cursor() as cursor:
            # PostgreSQL cannot tell how many words begin alike. It would rather sort what it
            # believes to be few; that they are many has just been seen.
            cursor.execute("SET LOCAL enable_sort = off")
            pks = list(walk.values_list("pk", flat=True)[:most])
            cursor.execute("SET LOCAL enable_sort = DEFAULT")
    found = rows.in_bulk(pks)
    return [found[pk] for pk in pks if pk in found]


def _comparable(key: datetime | memoryview) -> datetime | bytes:
    return key if isinstance(key, datetime) else bytes(key)


def legend_of(*groups: Iterable[Signature]) -> list[Mark]:
    """The marks that these signatories bear, to be explained on their page."""
    borne = {code for group in groups for signature in group for code in signature.marks}
    return [mark for mark in Mark if mark.value in borne]


def _cursor(signature: Signature, newest_first: bool) -> str:
    if newest_first and signature.confirmed_at:
        since = (signature.confirmed_at - _EPOCH) // timedelta(microseconds=1)
        key = since.to_bytes(8)
    else:
        key = bytes(signature.sort_key)
    return base64.urlsafe_b64encode(signature.pk.to_bytes(8) + key).decode().rstrip("=")


def _read_cursor(cursor: str) -> tuple[bytes, int]:
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise CursorError from None
    if not 8 < len(raw) <= 8 + 1024 or raw[0] & 0x80:
        raise CursorError
    return raw[8:], int.from_bytes(raw[:8])


def _read_time(raw: bytes) -> datetime:
    try:
        return _EPOCH + timedelta(microseconds=int.from_bytes(raw[:9]))
    except OverflowError:
        raise CursorError from None
