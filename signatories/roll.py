"""The roll: the public list of signatories, in pages that cost the same at any depth."""

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import BooleanField, QuerySet
from django.db.models.expressions import RawSQL

from signatories.models import Mark, Signature

PAGE_SIZE = 120

# What a public page may know of a signatory.
PUBLIC_FIELDS = (
    *("name", "organisation_name", "capacity", "role_title", "affiliation"),
    *("country", "city", "comment", "featured_rank", "sort_key", "language"),
    *("marks", "erased_at"),
)


class CursorError(ValueError):
    """The page's cursor is not one of ours."""


@dataclass(frozen=True, slots=True)
class RollPage:
    """Signatories in roll order with the cursors of the pages after and before it."""

    entries: list[Signature]
    next_cursor: str | None
    previous_cursor: str | None


def people_page(letter_id: int, cursor: str | None = None, size: int = PAGE_SIZE) -> RollPage:
    """The people of a letter's roll after the cursor, or before one that starts with “-”.

    Raises CursorError.
    """
    rows = listed_people(letter_id)
    backwards = bool(cursor) and cursor is not None and cursor.startswith("-")
    if cursor:
        key, pk = _read_cursor(cursor.removeprefix("-"))
        sign = "<" if backwards else ">"
        # A row comparison walks the index signature_roll; the ORM's OR of two would filter it.
        # Only the sign is put into the text, and it is one of two constants.
        rows = rows.filter(
            RawSQL(  # noqa: S611  # nosec B611
                f"(sort_key, signatories_signature.id) {sign} (%s, %s)",
                (key, pk),
                output_field=BooleanField(),
            )
        )
    rows = rows.order_by("-sort_key", "-id") if backwards else rows
    found = list(rows[: size + 1])
    more = len(found) > size
    entries = found[:size]
    if backwards:
        entries.reverse()
    has_next, has_previous = (True, more) if backwards else (more, bool(cursor))
    return RollPage(
        entries,
        _cursor(entries[-1]) if entries and has_next else None,
        f"-{_cursor(entries[0])}" if entries and has_previous else None,
    )


def listed_people(letter_id: int) -> QuerySet[Signature]:
    return (
        Signature.objects.of_letter(letter_id)
        .listed()
        .people()
        .in_roll_order()
        .only(*PUBLIC_FIELDS)
    )


def listed_organisations(letter_id: int) -> QuerySet[Signature]:
    return (
        Signature.objects.of_letter(letter_id)
        .listed()
        .organisations()
        .in_roll_order()
        .only(*PUBLIC_FIELDS)
    )


def listed_featured(letter_id: int) -> QuerySet[Signature]:
    return Signature.objects.of_letter(letter_id).listed().people().featured().only(*PUBLIC_FIELDS)


def legend_of(*groups: Iterable[Signature]) -> list[Mark]:
    """The marks that these signatories bear, to be explained on their page."""
    borne = {code for group in groups for signature in group for code in signature.marks}
    return [mark for mark in Mark if mark.value in borne]


def _cursor(signature: Signature) -> str:
    raw = signature.pk.to_bytes(8) + bytes(signature.sort_key)
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _read_cursor(cursor: str) -> tuple[bytes, int]:
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise CursorError from None
    if not 8 < len(raw) <= 8 + 1024 or raw[0] & 0x80:
        raise CursorError
    return raw[8:], int.from_bytes(raw[:8])
