"""The moderators' list: newest first, in pages that cost the same at any depth."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from common.canonical import AddressError, canonical_email, clean_email
from common.crypto import email_digest
from signatories.models import Signature

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class QueuePage:
    """Signatures with the ids to go on from; None where there is nothing more that way."""

    signatures: list[Signature]
    older_than: int | None
    newer_than: int | None


def filter_queue(letter_id: int, filters: dict[str, Any]) -> QuerySet[Signature]:
    """The letter's signatures by `status`, `signal` (a code or `any`) and `q`.

    `q` finds words of names, roles and affiliations, or one whole mail address by its hash.
    """
    rows = Signature.objects.of_letter(letter_id).kept()
    if filters.get("status"):
        rows = rows.filter(status=filters["status"])
    if filters.get("signal") == "any":
        rows = rows.exclude(signals=[])
    elif filters.get("signal"):
        rows = rows.filter(signals__contains=[filters["signal"]])
    if filters.get("q"):
        rows = rows.filter(_matches(filters["q"]))
    return rows


def _matches(query: str) -> Q:
    try:
        return Q(email_digest=email_digest(canonical_email(clean_email(query))))
    except AddressError:
        pass
    words = Q()
    for word in query.replace("\x00", " ").split():
        words &= (
            Q(name__icontains=word)
            | Q(organisation_name__icontains=word)
            | Q(affiliation__icontains=word)
            | Q(role_title__icontains=word)
        )
    return words


def queue_page(
    rows: QuerySet[Signature], *, older_than: int | None = None, newer_than: int | None = None
) -> QueuePage:
    """One page of the filtered rows, newest first."""
    if newer_than is not None:
        found = list(rows.filter(pk__gt=newer_than).order_by("id")[: PAGE_SIZE + 1])
        more, found = len(found) > PAGE_SIZE, found[:PAGE_SIZE][::-1]
        has_older, has_newer = bool(found), more
    else:
        rows = rows.filter(pk__lt=older_than) if older_than is not None else rows
        found = list(rows.order_by("-id")[: PAGE_SIZE + 1])
        has_older, found = len(found) > PAGE_SIZE, found[:PAGE_SIZE]
        has_newer = older_than is not None
    return QueuePage(
        found,
        found[-1].pk if found and has_older else None,
        found[0].pk if found and has_newer else None,
    )
