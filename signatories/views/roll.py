"""The public roll of a letter."""

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from common.access import anyone
from common.crypto import network_digest
from common.languages import speak
from common.network import client_network
from common.pagecache import CURSOR, is_search, keep_page
from common.throttle import WINDOW_SECONDS, Throttled, hit
from letters.access import public_text
from letters.models import Letter, Translation
from letters.services.current_letter import CurrentLetter
from signatories.forms import RollForm
from signatories.models import Capacity, Tally
from signatories.roll import (
    CursorError,
    RollPage,
    RollQuery,
    SearchTooBroad,
    in_groups,
    legend_of,
    listed_featured,
    roll_page,
)

ORGANISATIONS_SHOWN = 120


@anyone
def roll(request: HttpRequest, slug: str, language: str | None = None) -> HttpResponse:
    current, translation = public_text(slug, language)
    searched = is_search(request)
    with speak(translation.language):
        form = RollForm(request.GET if searched else None)
        context = _frame(current.letter, translation, form)
        status = 200
        try:
            if searched:
                # Each search is work for Postgres; pages in order are kept and cost nearly nothing.
                hit({"search": network_digest(client_network(request)).hex()[:24]}, nudge="search")
            context |= _found(current, translation, form.query(), request.GET.get(CURSOR))
            context |= _links(translation.url_of("roll"), form, context["page"])
        except CursorError:
            raise Http404 from None
        except Throttled:
            status, context["refused"] = 429, "throttled"
        except SearchTooBroad:
            status, context["refused"] = 422, "broad"
        response = render(request, "signatories/roll.html", context, status=status)
    # People are on this page: it is for readers, not for search engines.
    response["X-Robots-Tag"] = "noindex"
    if status == 429:
        response["Retry-After"] = str(WINDOW_SECONDS)
    if searched:
        response["Cache-Control"] = "no-store"
        return response
    return keep_page(response)


def _frame(letter: Letter, translation: Translation, form: RollForm) -> dict[str, Any]:
    return {
        "letter": letter,
        "translation": translation,
        "tally": Tally.objects.of_letter(letter),
        "form": form,
        "query": form.query(),
        "roll_url": translation.url_of("roll"),
    }


def _found(
    current: CurrentLetter, translation: Translation, query: RollQuery, cursor: str | None
) -> dict[str, Any]:
    letter = current.letter
    page = roll_page(letter.pk, query, cursor)
    alone = query.capacity == Capacity.ORGANISATION
    context: dict[str, Any] = {"page": page, "entries": page.entries, "alone": alone}
    if page.previous_cursor is None and not alone:
        organisations = roll_page(
            letter.pk, query.of(Capacity.ORGANISATION), size=ORGANISATIONS_SHOWN
        )
        context["organisations"] = organisations.entries
        context["more_organisations"] = organisations.next_cursor is not None
        context["featured"] = [] if query.searches else list(listed_featured(letter.pk))
        context["featured_groups"] = in_groups(
            context["featured"], letter.pk, translation.language, current.authoritative.language
        )
    context["legend"] = legend_of(
        page.entries, context.get("organisations", ()), context.get("featured", ())
    )
    return context


def _links(url: str, form: RollForm, page: RollPage) -> dict[str, str | None]:
    asked = form.asked()

    def link(**more: str) -> str:
        return f"{url}?{urlencode({**asked, **more})}" if asked or more else url

    return {
        "first_url": link() if page.previous_cursor else None,
        "previous_url": link(**{CURSOR: page.previous_cursor}) if page.previous_cursor else None,
        "next_url": link(**{CURSOR: page.next_cursor}) if page.next_cursor else None,
        "organisations_url": link(show=Capacity.ORGANISATION),
    }
