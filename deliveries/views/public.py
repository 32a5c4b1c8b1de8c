"""The public page of a delivery: what anybody may check, and the letter without names."""

from collections.abc import Iterable

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render

from common.access import anyone
from common.languages import speak
from common.pagecache import keep_page
from deliveries.files import download
from deliveries.models import (
    Delivery,
    Dispatch,
    DispatchStatus,
    DossierFile,
    Method,
    Seal,
    SealStatus,
)
from deliveries.models.file import PUBLIC_FILES
from deliveries.services.seal_facts import seal_facts
from deliveries.services.write_tables import explain_marks
from letters.language_links import language_links
from letters.models import Translation

FILE_FACTS = ("name", "kind", "media_type", "bytes", "pages", "sha256")


@anyone
def delivery_public(
    request: HttpRequest, slug: str, number: int, language: str | None = None
) -> HttpResponse:
    deliveries = Delivery.objects.public().select_related("letter__coalition", "version__letter")
    delivery = get_object_or_404(deliveries, letter__slug=slug, number=number)
    return keep_page(public_page(request, delivery, language))


def public_page(
    request: HttpRequest, delivery: Delivery, language: str | None = None
) -> HttpResponse:
    """Number, date, office, totals, hashes. No name: who withdraws later is on no page of ours.

    `language` is one of the text that was delivered (None: the authoritative, which has no other
    address). Raises Http404.
    """
    texts = list(delivery.version.translations.all())
    text = delivery.version.authoritative if language is None else _translation(texts, language)
    with speak(text.language):
        return render(
            request,
            "deliveries/delivery_public.html",
            {
                "delivery": delivery,
                "text": text,
                "languages": language_links(texts, text, "delivery_public", number=delivery.number),
                "files": delivery.files.all(),
                "seal": seal_of(delivery),
                "handed": _handed(delivery),
            },
        )


def _translation(texts: Iterable[Translation], language: str) -> Translation:
    for text in texts:
        if text.language == language and not text.is_authoritative:
            return text
    raise Http404


def seal_of(delivery: Delivery) -> Seal | None:
    return Seal.objects.filter(delivery=delivery, status=SealStatus.SEALED).first()


def _handed(delivery: Delivery) -> Dispatch | None:
    """The record of people who handed it over, if it went so."""
    return delivery.dispatches.filter(method=Method.HAND, status=DispatchStatus.SENT).first()


@anyone
def delivery_json(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """What the page says, for machines."""
    deliveries = Delivery.objects.public().select_related("letter", "version", "since")
    delivery = get_object_or_404(deliveries, letter__slug=slug, number=number)
    files = list(delivery.files.select_related("seals"))
    seal = seal_of(delivery)
    handed = _handed(delivery)
    return keep_page(
        JsonResponse(
            {
                "letter": slug,
                "delivery": number,
                "page": f"{settings.SITE_URL}{delivery.get_absolute_url()}",
                "office": delivery.rules["name"],
                "docket": delivery.rules["docket"],
                "frozen_at": delivery.frozen_at,
                "sent_at": delivery.sent_at,
                "handed_over": handed
                and {
                    "on": handed.handed_on,
                    "docket": handed.docket,
                    "tracking_number": handed.reference,
                },
                "letter_withdrawn_at": delivery.letter.withdrawn_at,
                "version": delivery.version.number,
                "language": delivery.language,
                "text_sha256": delivery.text_sha256,
                "list_root": delivery.list_root,
                "totals": delivery.totals,
                "erased_entries": delivery.redacted_entries,
                "marks": explain_marks(delivery),
                "files": [file_facts(file) for file in files],
                "seal": seal_facts(seal, files) if seal else None,
            },
            json_dumps_params={"ensure_ascii": False, "indent": 2},
        )
    )


def file_facts(file: DossierFile) -> dict[str, object]:
    """The file as delivered; under `copy` ours, where it was made again or (None) deleted."""
    facts = {name: getattr(file, name) for name in FILE_FACTS}
    if file.redacted_at is None:
        return facts
    ours = None if file.is_gone else {"bytes": file.copy_bytes, "sha256": file.copy_sha256}
    return {**facts, "copy": ours}


@anyone
def delivery_public_file(request: HttpRequest, slug: str, number: int, name: str) -> FileResponse:
    files = DossierFile.objects.select_related("delivery__letter__coalition").filter(
        delivery__in=Delivery.objects.public(), name__in=PUBLIC_FILES
    )
    file = get_object_or_404(files, delivery__letter__slug=slug, delivery__number=number, name=name)
    return download(file, cache_control="public, max-age=60")
