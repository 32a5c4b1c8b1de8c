"""The moderators' list: newest first, in pages that cost the same at any depth.

The indexes behind the filters (`signature_queue…`) hold confirmed signatures only, so that the
sign form pays for none of them. So a filter looks at confirmed ones, unless the status asked for is
one that comes before confirming.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import BooleanField, Prefetch
from django.db.models.expressions import RawSQL

from common.canonical import AddressError, canonical_email, clean_email
from common.crypto import email_digest
from common.patience import TookTooLong, at_most
from signatories.models import Signature, Status, Tally
from signatories.models.queryset import SignatureQuerySet
from verification.models import Assignment

PAGE_SIZE = 50
MOST_COUNTED = 10_000
# Matches of words that are sorted; of more a walk through the newest finds a page sooner.
MOST_SORTED = 2_000
MILLISECONDS = 3000
WALK_MILLISECONDS = 1000
_BEFORE_CONFIRMING = (Status.UNCONFIRMED, Status.REPEATED)


class QueryTooBroad(Exception):
    """The database would need too long for it."""


@dataclass(frozen=True, slots=True)
class Found:
    """How many match: exactly, or at least so many."""

    number: int
    more: bool = False


@dataclass(frozen=True, slots=True)
class QueuePage:
    """Signatures with the ids to go on from, None where there is nothing more that way; and how
    many there are on all pages."""

    signatures: list[Signature]
    older_than: int | None
    newer_than: int | None
    found: Found


def filter_queue(letter_id: int, filters: dict[str, Any]) -> SignatureQuerySet:
    """The letter's signatures by what `QueueFilterForm.asked` gives.

    `q` finds words of what was typed, or one whole mail address by its hash.
    """
    rows = Signature.objects.of_letter(letter_id).kept()
    status, query = filters.get("status", ""), filters.get("q", "")
    if status:
        rows = rows.filter(status=status)
    address = _address(query)
    indexed_for_all = {"status", "q"} if address else {"status"}
    if status not in _BEFORE_CONFIRMING and not filters.keys() <= indexed_for_all:
        rows = rows.filter(confirmed_at__isnull=False)
    for name in filters.keys() & _FILTERS.keys():
        rows = _FILTERS[name](rows, filters[name])
    if address:
        rows = rows.filter(email_digest=address)
    elif query and status in _BEFORE_CONFIRMING:
        rows = rows.none()  # of these only the address is indexed
    elif query:
        rows = rows.found_by(letter_id, query)
    return rows


def _signal(rows: SignatureQuerySet, code: str) -> SignatureQuerySet:
    """That there is any is said too: the index of those with one answers, however rare the code."""
    rows = rows.exclude(signals=[])
    return rows if code == "any" else rows.filter(signals__contains=[code])


def _evidence(rows: SignatureQuerySet, mark: str) -> SignatureQuerySet:
    if mark == "none":
        return rows.filter(marks=[])
    return rows.exclude(marks=[]).filter(marks__contains=[mark])


def _assigned(rows: SignatureQuerySet, who: str) -> SignatureQuerySet:
    if who == "nobody":
        return rows.filter(assignment__isnull=True)
    return rows.filter(pk__in=Assignment.objects.filter(membership=int(who)).values("pk"))


_FILTERS: dict[str, Callable[[SignatureQuerySet, Any], SignatureQuerySet]] = {
    "signal": _signal,
    "evidence": _evidence,
    "assigned": _assigned,
    "country": lambda rows, code: rows.filter(country=code),
    "capacity": lambda rows, capacity: rows.filter(capacity=capacity),
    "source": lambda rows, source: rows.filter(source=source),
    "since": lambda rows, at: rows.filter(created_at__gte=at),
    "until": lambda rows, at: rows.filter(created_at__lt=at),
    "network": lambda rows, digest: rows.filter(network_digest=bytes.fromhex(digest)),
}


def _address(query: str) -> bytes | None:
    try:
        return email_digest(canonical_email(clean_email(query)))
    except AddressError:
        return None


def names_address(filters: dict[str, Any]) -> bool:
    """Whether a mail address is asked for: that may be searched, but is written nowhere."""
    return _address(filters.get("q", "")) is not None


def queue_page(
    letter_id: int,
    filters: dict[str, Any],
    *,
    older_than: int | None = None,
    newer_than: int | None = None,
) -> QueuePage:
    """One page of what the filters find, newest first. Raises QueryTooBroad.

    Words are asked for by themselves: PostgreSQL cannot tell how many begin alike, so it neither
    takes their index where it should nor leaves it where it should.
    """
    ids = _with_words(letter_id, filters)
    many = ids is not None and len(ids) > MOST_SORTED
    matches = (
        filter_queue(letter_id, filters) if ids is None or many else _among(letter_id, filters, ids)
    )
    rows = matches
    # Within a span of time the index of times walks from its end; else that of ids does.
    by_time = "since" in filters or "until" in filters
    order = ("-created_at", "-id") if by_time else ("-id",)
    cursor = newer_than if newer_than is not None else older_than
    if cursor is not None:
        rows = _beyond(rows, cursor, by_time=by_time, newer=newer_than is not None)
    rows = rows.order_by(*order)
    if newer_than is not None:
        rows = rows.reverse()
    rows = rows.prefetch_related(
        Prefetch("assignment", Assignment.objects.select_related("membership__user")), "remarks"
    )
    signatures = (_walk if many else _fetch)(rows[: PAGE_SIZE + 1])
    more, signatures = len(signatures) > PAGE_SIZE, signatures[:PAGE_SIZE]
    if newer_than is not None:
        signatures.reverse()
    has_older = bool(signatures) if newer_than is not None else more
    has_newer = more if newer_than is not None else older_than is not None
    return QueuePage(
        signatures,
        signatures[-1].pk if signatures and has_older else None,
        signatures[0].pk if signatures and has_newer else None,
        _count(letter_id, filters, matches, ids),
    )


def _with_words(letter_id: int, filters: dict[str, Any]) -> list[int] | None:
    """Whom the words that are asked for find, one more than are sorted; None where none are."""
    if "q" not in filters or names_address(filters):
        return None
    matches = filter_queue(letter_id, {"q": filters["q"]}).values_list("pk", flat=True)
    return _fetch(matches[: MOST_SORTED + 1])


def _among(letter_id: int, filters: dict[str, Any], ids: list[int]) -> SignatureQuerySet:
    """What the other filters find of those that the words found."""
    others = {name: value for name, value in filters.items() if name != "q"}
    # One array instead of thousands of parameters.
    chosen = RawSQL(  # nosec B611
        "signatories_signature.id = ANY(%s)", (ids,), output_field=BooleanField()
    )
    return filter_queue(letter_id, others).filter(chosen)


def _count(
    letter_id: int, filters: dict[str, Any], matches: SignatureQuerySet, ids: list[int] | None
) -> Found:
    """How many match, from the tallies or the words' ids where these know, else counted up to a
    bound."""
    if not filters.keys() - {"status"}:
        tally = Tally.objects.filter(letter_id=letter_id).first() or Tally()
        status = filters.get("status")
        return Found(getattr(tally, status or "received"))
    most = MOST_COUNTED if ids is None else MOST_SORTED
    if ids is not None and filters.keys() == {"q"}:
        number = len(ids)
    else:
        try:
            with at_most(MILLISECONDS):
                number = matches.order_by().values("pk")[: most + 1].count()
        except TookTooLong:
            return Found(0, more=True)
    return Found(min(number, most), more=number > most)


def _walk(rows: Any) -> list[Any]:
    """Walks in the order asked for until a page is full; where very many match that is soon, unless
    all of them stand far behind: then they are taken from the words' index and sorted after all."""
    try:
        with at_most(WALK_MILLISECONDS), connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off")
            found = list(rows)
            cursor.execute("SET LOCAL enable_bitmapscan = DEFAULT; SET LOCAL enable_sort = DEFAULT")
            return found
    except TookTooLong:
        return _fetch(rows)


def _fetch(rows: Any) -> list[Any]:
    try:
        with at_most(MILLISECONDS):
            return list(rows)
    except TookTooLong:
        raise QueryTooBroad from None


def _beyond(
    rows: SignatureQuerySet, cursor: int, *, by_time: bool, newer: bool
) -> SignatureQuerySet:
    sign = ">" if newer else "<"
    created_at = (
        Signature.objects.filter(pk=cursor).values_list("created_at", flat=True).first()
        if by_time
        else None
    )
    if created_at is None:
        return rows.filter(pk__gt=cursor) if newer else rows.filter(pk__lt=cursor)
    # Only a sign is put into the text, and it is one of two constants.
    return rows.filter(
        RawSQL(  # noqa: S611  # nosec B611
            f"(signatories_signature.created_at, signatories_signature.id) {sign} (%s, %s)",
            (created_at, cursor),
            output_field=BooleanField(),
        )
    )
