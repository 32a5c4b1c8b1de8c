"""The thank-you page: a receipt, where the signature stands, and how to pass the letter on."""

from typing import Any
from urllib.parse import quote, urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from common.access import anyone
from common.languages import speak
from common.qr import qr_svg
from common.responses import private
from common.tokens import TokenError
from letters.models import Translation
from verification.account_offer import account_offer
from verification.guild_offer import offer
from verification.links import (
    manage_url,
    new_text_url,
    public_places,
    read_thanks_token,
    verification_code,
)
from verification.views.confirm import find_signature, problem, translation_of


@anyone
def thanks(request: HttpRequest, token: str) -> HttpResponse:
    """The thank-you page, for who holds the link that confirming gave."""
    try:
        signature = find_signature(read_thanks_token(token))
    except TokenError:
        return problem(request, "forged")
    if signature is None or signature.confirmed_at is None:
        return problem(request, "gone")
    translation = translation_of(signature)
    with speak(signature.language):
        context = {
            "letter": signature.letter,
            "translation": translation,
            "signature": signature,
            "manage_url": manage_url(signature.pk),
            "new_text_url": new_text_url(signature.pk),
        }
        if signature.stands:
            context |= {
                "verification_code": verification_code(signature.pk),
                **public_places(signature, translation),
                **sharing(translation),
                **offer(signature),
                **account_offer(signature),
            }
        return private(render(request, "verification/thanks.html", context))


def sharing(translation: Translation) -> dict[str, Any]:
    """Links that pass the letter on: plain addresses, none of other sites' scripts."""
    address = settings.SITE_URL + translation.get_absolute_url()
    words = f"{translation.share_text or translation.title} {address}"
    mail = urlencode(
        {"subject": translation.title, "body": words.replace("\n", "\r\n")}, quote_via=quote
    )
    return {
        "share_url": address,
        "share_links": [
            (_("Mail"), f"mailto:?{mail}"),
            ("WhatsApp", f"https://wa.me/?{urlencode({'text': words})}"),
            ("Bluesky", f"https://bsky.app/intent/compose?{urlencode({'text': words})}"),
            (
                "LinkedIn",
                f"https://www.linkedin.com/sharing/share-offsite/?{urlencode({'url': address})}",
            ),
        ],
        "qr": mark_safe(qr_svg(address, border=3)),  # noqa: S308  # nosec  drawn by us
        "posters": [
            ("A4", translation.url_of("letter_poster_a4")),
            ("US Letter", translation.url_of("letter_poster")),
        ],
    }
