"""What a signatory can show anybody: that their entry is in a delivery's list root."""

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
    leaves = delivery.entries.order_by("position").values_list("leaf", flat=True)
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
        "path": [
            beside.hex() for beside in inclusion_path([bytes(leaf) for leaf in leaves], index)
        ],
    }
