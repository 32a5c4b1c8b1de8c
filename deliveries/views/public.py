"""The public page of a delivery: what anybody may check, and the letter file."""

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from common.access import anyone
from common.languages import speak
from common.pagecache import keep_page
from deliveries.files import download
from deliveries.models import Delivery, DossierFile


@anyone
def delivery_public(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Number, date, office, totals, hashes. No name: who withdraws later is on no page of ours."""
    deliveries = Delivery.objects.public().select_related("letter__coalition", "version")
    delivery = get_object_or_404(deliveries, letter__slug=slug, number=number)
    text = delivery.version.translations.get(is_authoritative=True)
    files = list(delivery.files.all())
    for file in files:
        file.delivery = delivery
    with speak(delivery.language):
        response = render(
            request,
            "deliveries/delivery_public.html",
            {"delivery": delivery, "text": text, "files": files},
        )
    return keep_page(response)


@anyone
def delivery_public_file(request: HttpRequest, slug: str, number: int, name: str) -> FileResponse:
    files = DossierFile.objects.select_related("delivery__letter").filter(
        delivery__in=Delivery.objects.public()
    )
    file = get_object_or_404(files, delivery__letter__slug=slug, delivery__number=number, name=name)
    if not file.is_public:
        raise Http404
    return download(file)
