"""One entry of the roll, at an address of its own that stays."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from common.access import anyone
from common.languages import speak
from common.publicid import PublicIdError, read_public_id
from letters.access import public_text
from letters.views.versions import text_in
from signatories.roll import legend_of, listed


@anyone
def entry(
    request: HttpRequest, slug: str, public_id: str, language: str | None = None
) -> HttpResponse:
    """Whoever hides the name, withdraws or is rejected is gone from here with the next request."""
    current, translation = public_text(slug, language)
    try:
        pk = read_public_id("signature", public_id)
    except PublicIdError:
        raise Http404 from None
    signature = listed(current.letter.pk).select_related("version").filter(pk=pk).first()
    if signature is None:
        raise Http404
    signature.version.letter = current.letter
    text = text_in(signature.version, signature.language)
    with speak(translation.language):
        response = render(
            request,
            "signatories/entry_page.html",
            {
                "letter": current.letter,
                "translation": translation,
                "signature": signature,
                "text": text,
                "version_url": text.url_of("version_page", number=signature.version.number),
                "legend": legend_of([signature]),
                "roll_url": translation.url_of("roll"),
            },
        )
    response["X-Robots-Tag"] = "noindex"
    response["Cache-Control"] = "no-store"
    return response
