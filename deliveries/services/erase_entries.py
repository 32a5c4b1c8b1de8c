"""Takes out of frozen deliveries whom a signatory had erased. Beat calls it."""

from django.db import transaction
from django.utils import timezone

from deliveries.models import DeliveryEntry
from signatories.models import Signature

BATCH = 1000


def erase_entries() -> int:
    """Empties the entries of erased signatures and returns how many.

    The leaf stays, so list roots and everybody else's receipts stay as they are; without its salt
    nobody can find out, by trying names, whom it stood for.
    """
    erased = Signature.objects.filter(erased_at__isnull=False).values("pk")
    with transaction.atomic():
        due = list(
            DeliveryEntry.objects.filter(signature_id__in=erased, erased_at__isnull=True)
            .select_for_update(skip_locked=True)
            .values_list("pk", flat=True)[:BATCH]
        )
        return DeliveryEntry.objects.filter(pk__in=due).update(
            name="",
            role_title="",
            affiliation="",
            city="",
            country="",
            marks=[],
            salt=None,
            erased_at=timezone.now(),
        )
