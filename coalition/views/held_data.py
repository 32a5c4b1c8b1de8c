"""“Download everything held about me”: what the gate holds and what was delivered."""

import json

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from common.responses import private, see_other
from deliveries.models import DeliveryEntry
from signatories.models import Signature
from verification.access import signatory
from verification.services.held_data import held_data
from verification.views.confirm import translation_of


@signatory
def download_data(request: HttpRequest, signature: Signature, token: str) -> HttpResponse:
    """A JSON file, for the button only: what opens links gets the manage page."""
    if request.method != "POST":
        return see_other(reverse("manage", kwargs={"token": token}))
    data = held_data(signature, translation_of(signature))
    data["deliveries"] = [
        {
            "number": entry.delivery.number,
            "office": entry.delivery.rules.get("name", ""),
            "frozen_at": entry.delivery.frozen_at.isoformat(),
            "line": {
                name: str(getattr(entry, name))
                for name in ("name", "role_title", "affiliation", "country", "city")
            },
        }
        for entry in DeliveryEntry.objects.filter(signature_id=signature.pk)
        .select_related("delivery")
        .order_by("delivery_id")
    ]
    response = HttpResponse(
        json.dumps(data, ensure_ascii=False, indent=2), content_type="application/json"
    )
    response["Content-Disposition"] = (
        f'attachment; filename="my-signature-{signature.letter.slug}.json"'
    )
    return private(response)
