"""The letter's card (Open Graph image) and poster."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.humanize.templatetags.humanize import intcomma
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coalition.sheets.shelf import Busy, sheet
from common.access import anyone
from common.languages import speak
from common.qr import qr_svg
from letters.access import public_text
from letters.models import Letter, Translation
from signatories.models import Tally

CARD_MINUTES = 5
PAPERS = {"a4": "a4", "letter": "us-letter"}


@anyone
def letter_card(request: HttpRequest, slug: str, language: str | None = None) -> HttpResponse:
    """1200 × 630 pixels with title, count and coalition; the count is some minutes old."""
    current, translation = public_text(slug, language)
    with speak(translation.language):
        job = _job(current.letter, translation) | {"host": urlsplit(settings.SITE_URL).netloc}
        counted = Tally.objects.of_letter(current.letter).counted
        count = {
            "number": str(intcomma(counted)) if counted else "",
            "counted": ngettext("signature", "signatures", counted),
        }
    return _answer("card", job, "image/png", changing=count, minutes=CARD_MINUTES)


@anyone
def letter_poster(
    request: HttpRequest, slug: str, paper: str, language: str | None = None
) -> HttpResponse:
    current, translation = public_text(slug, language)
    address = settings.SITE_URL + translation.get_absolute_url()
    with speak(translation.language):
        job = _job(current.letter, translation) | {
            "paper": PAPERS[paper],
            "address": address.partition("://")[2].rstrip("/"),
            "qr": qr_svg(address),
            "qr_alt": _("QR code of the letter’s address"),
            "promise": _("No account, no cookie. Your address is never shown."),
        }
    response = _answer("poster", job, "application/pdf")
    name = f"{slug}-{translation.language}-{paper}.pdf"
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response


def _job(letter: Letter, translation: Translation) -> dict[str, Any]:
    return {
        "title": translation.title,
        "coalition": letter.coalition.name,
        "language": translation.language,
        "direction": translation.direction,
        "label": _("Open letter"),
        "invitation": _("Sign this letter"),
    }


def _answer(kind: str, job: dict[str, Any], content_type: str, **more: Any) -> HttpResponse:
    try:
        content = sheet(kind, job, **more)
    except Busy:
        return HttpResponse(status=503, headers={"Retry-After": "5"})
    response = HttpResponse(content, content_type=content_type)
    response["Cache-Control"] = f"public, max-age={CARD_MINUTES * 60}"
    return response
