"""Questions to the audit log: filtered, newest first, at the same cost at any depth."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from verification.models import AuditEntry

PAGE_SIZE = 50
BATCH = 1000


def filter_log(letter_id: int, filters: dict[str, Any]) -> QuerySet[AuditEntry]:
    """The letter's entries by what `LogFilterForm.asked` gives."""
    entries = AuditEntry.objects.filter(letter_id=letter_id)
    if member := filters.get("member"):
        entries = entries.filter(actor_id=None if member == "nobody" else int(member))
    for name, lookup in (
        *(("action", "action"), ("reason", "reason")),
        *(("since", "created_at__gte"), ("until", "created_at__lt")),
    ):
        if name in filters:
            entries = entries.filter(**{lookup: filters[name]})
    return entries.order_by("-id")


def log_page(
    entries: QuerySet[AuditEntry], older_than: int | None
) -> tuple[list[AuditEntry], int | None]:
    """A page of the log, and the number to go on from; None at its end."""
    if older_than is not None:
        entries = entries.filter(pk__lt=older_than)
    # Not select_related: its inner join would hide the entries of whoever is no longer there.
    found = list(entries.prefetch_related("actor", "signature")[: PAGE_SIZE + 1])
    return found[:PAGE_SIZE], found[PAGE_SIZE - 1].pk if len(found) > PAGE_SIZE else None


def whole_log(entries: QuerySet[AuditEntry]) -> Iterator[AuditEntry]:
    """All of it in batches: constant memory, and no cursor that a pooler would have to keep."""
    last: int | None = None
    while True:
        rest = entries.filter(pk__lt=last) if last is not None else entries
        batch = list(rest.prefetch_related("actor")[:BATCH])
        yield from batch
        if len(batch) < BATCH:
            return
        last = batch[-1].pk
