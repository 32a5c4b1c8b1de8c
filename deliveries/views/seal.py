"""What a seal is, what it proves and what not; the certificate of this site and of a delivery."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from common.access import anyone
from common.languages import speak
from common.pagecache import keep_page
from deliveries.models import Delivery, SealStatus
from deliveries.seal.certificate import SealUnusable, installed_certificate, is_configured


@anyone
def seal_page(request: HttpRequest, language: str) -> HttpResponse:
    """The seal that this installation uses now."""
    if language not in dict(settings.LANGUAGES):
        raise Http404
    try:
        certificate = installed_certificate() if is_configured() else None
    except SealUnusable:
        certificate = None
    with speak(language):
        return keep_page(
            render(request, "deliveries/seal.html", {"certificate": certificate}), shared_seconds=60
        )


@anyone
def delivery_seal(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The seal of one delivery, as it was."""
    deliveries = Delivery.objects.public().select_related("letter", "version", "seal")
    delivery = get_object_or_404(
        deliveries, letter__slug=slug, number=number, seal__status=SealStatus.SEALED
    )
    text = delivery.version.authoritative
    copies = delivery.files.filter(seals__isnull=False).select_related("seals")
    with speak(delivery.language):
        return keep_page(
            render(
                request,
                "deliveries/seal.html",
                {
                    "delivery": delivery,
                    "text": text,
                    "certificate": delivery.seal,
                    "seal": delivery.seal,
                    "copies": copies,
                },
            )
        )
