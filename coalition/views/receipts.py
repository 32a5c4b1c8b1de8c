"""Where a signature was delivered, with a receipt for each delivery. Reached by the manage link."""

import json

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from common.responses import private, see_other
from deliveries.models import Delivery, DeliveryEntry
from deliveries.services.receipt import receipt_of
from signatories.models import Signature
from verification.access import signatory
from verification.views.confirm import translation_of


def entries_of(signature: Signature) -> QuerySet[DeliveryEntry]:
    """The signature's lines in dossiers that are delivered or public."""
    return (
        DeliveryEntry.objects.filter(
            signature_id=signature.pk,
            erased_at__isnull=True,
            delivery__in=Delivery.objects.public(),
        )
        .select_related("delivery__letter")
        .order_by("-delivery__number")
    )


@signatory
def receipts(request: HttpRequest, signature: Signature, token: str) -> HttpResponse:
    context = {
        "letter": signature.letter,
        "translation": translation_of(signature),
        "entries": entries_of(signature),
        "token": token,
        "manage_url": reverse("manage", kwargs={"token": token}),
    }
    return private(render(request, "deliveries/receipts.html", context))


@signatory
def receipt(request: HttpRequest, signature: Signature, token: str, number: int) -> HttpResponse:
    """The receipt as a JSON file, for the button only: what opens links gets the page before it."""
    if request.method != "POST":
        return see_other(reverse("receipts", kwargs={"token": token}))
    entry = get_object_or_404(entries_of(signature), delivery__number=number)
    response = HttpResponse(
        json.dumps(receipt_of(entry), ensure_ascii=False, indent=2), content_type="application/json"
    )
    name = f"receipt-{signature.letter.slug}-delivery-{number}.json"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return private(response)
