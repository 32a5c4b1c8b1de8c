"""The public roll of a letter."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from common.access import anyone
from common.languages import speak
from common.pagecache import CURSOR, keep_page
from letters.access import public_text
from signatories.models import Tally
from signatories.roll import (
    CursorError,
    legend_of,
    listed_featured,
    listed_organisations,
    people_page,
)


@anyone
def roll(request: HttpRequest, slug: str, language: str | None = None) -> HttpResponse:
    current, translation = public_text(slug, language)
    cursor = request.GET.get(CURSOR)
    try:
        page = people_page(current.letter.pk, cursor)
    except CursorError:
        raise Http404 from None
    url = translation.url_of("roll")
    first = page.previous_cursor is None
    featured = listed_featured(current.letter.pk) if first else []
    organisations = listed_organisations(current.letter.pk) if first else []
    with speak(translation.language):
        response = render(
            request,
            "signatories/roll.html",
            {
                "letter": current.letter,
                "translation": translation,
                "tally": Tally.objects.of_letter(current.letter),
                "featured": featured,
                "organisations": organisations,
                "entries": page.entries,
                "legend": legend_of(featured, organisations, page.entries),
                "first_url": None if first else url,
                "next_url": f"{url}?{CURSOR}={page.next_cursor}" if page.next_cursor else None,
                "previous_url": f"{url}?{CURSOR}={page.previous_cursor}"
                if page.previous_cursor
                else None,
            },
        )
    # People are on this page: it is for readers, not for search engines.
    response["X-Robots-Tag"] = "noindex"
    return keep_page(response)
