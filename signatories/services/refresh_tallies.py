"""Counts a letter's signatures in one batch query; the hot path never increments anything."""

from collections import defaultdict
from collections.abc import Collection

from django.db.models import Count, Q
from django.utils import timezone

from letters.models import Letter
from signatories.models import Capacity, PaperCount, Signature, Status, Tally

_FIELDS = (
    *("received", "unconfirmed", "repeated", "held", "asked", "rejected", "rejected_by_reason"),
    *("withdrawn", "people", "organisations", "listed", "paper", "computed_at"),
)


def refresh_tallies(*, letter_ids: Collection[int] | None = None) -> list[Tally]:
    """Computes and stores the tallies of these letters (default: all), in a statement a table."""
    letters = (
        Letter.objects.all() if letter_ids is None else Letter.objects.filter(pk__in=letter_ids)
    )
    tallies = {pk: Tally(letter_id=pk) for pk in letters.values_list("pk", flat=True)}
    paper = PaperCount.objects.filter(letter_id__in=tallies).sums()
    for letter_id, tally in tallies.items():
        tally.paper = paper.get(letter_id, 0)
        tally.rejected_by_reason = {}
        tally.computed_at = timezone.now()
    rows = (
        Signature.objects.filter(letter_id__in=tallies)
        .order_by()
        .values_list("letter_id", "status", "capacity", "rejection_reason")
        .annotate(n=Count("id"), listed=Count("id", filter=Q(show_name=True, consent_web=True)))
    )
    for of_letter, status, capacity, reason, n, listed in rows:
        _add(tallies[of_letter], status, capacity, reason, n, listed)
    Tally.objects.bulk_create(
        tallies.values(),
        update_conflicts=True,
        unique_fields=["letter"],
        update_fields=list(_FIELDS),
    )
    return list(tallies.values())


def _add(tally: Tally, status: str, capacity: str, reason: str, n: int, listed: int) -> None:
    tally.received += n
    if status == Status.COUNTED:
        field = "organisations" if capacity == Capacity.ORGANISATION else "people"
        tally.listed += listed
    else:
        field = status
    setattr(tally, field, getattr(tally, field) + n)
    if status == Status.REJECTED:
        by_reason: defaultdict[str, int] = defaultdict(int, tally.rejected_by_reason)
        by_reason[reason] += n
        tally.rejected_by_reason = dict(by_reason)
