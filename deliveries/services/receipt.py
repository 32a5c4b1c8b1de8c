"""What a signatory can show anybody: that their entry is in a delivery's list root."""

from functools import lru_cache
from typing import Any

from django.conf import settings

from common.merkle import inclusion_path
from deliveries.models import DeliveryEntry

FORMAT = "coalition-receipt-1"


def receipt_of(entry: DeliveryEntry) -> dict[str, Any]:
    """The entry with its salt, and the hashes beside its way up to the list root (RFC 6962, hex).

    It names nobody else. docs/delivery.md says how to check one without this site.
    """
    delivery = entry.delivery
    index = entry.position - 1
    return {
        "format": FORMAT,
        "letter": delivery.letter.slug,
        "delivery": delivery.number,
        "office": delivery.rules["name"],
        "frozen_at": delivery.frozen_at.isoformat(),
        "page": f"{settings.SITE_URL}{delivery.get_absolute_url()}",
        "list_root": delivery.list_root,
        "entry": entry.committed(),
        "index": index,
        "size": delivery.totals["named"],
        "path": list(_path(delivery.pk, delivery.list_root, index)),
    }


@lru_cache(maxsize=10_000)
def _path(delivery_id: int, list_root: str, index: int) -> tuple[str, ...]:
    """The hashes beside the way up, which stay what they are: a list is frozen. Kept, because of a
    million entries they take seconds, and whoever has a manage link may ask again and again."""
    leaves = DeliveryEntry.objects.filter(delivery_id=delivery_id).leaves()
    return tuple(beside.hex() for beside in inclusion_path(leaves, index))
