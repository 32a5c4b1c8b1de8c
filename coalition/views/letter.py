"""The public letter page: the letter, its counts, who signed, and the form."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from common.access import anyone
from common.languages import speak
from common.pagecache import keep_page
from deliveries.models import Delivery
from letters.access import public_letter, public_text
from letters.language_links import language_links
from letters.models import Translation
from letters.services.current_letter import CurrentLetter
from signatories.models import Capacity, Tally
from signatories.roll import (
    in_groups,
    legend_of,
    listed_featured,
    listed_organisations,
    people_page,
)
from verification.models import Guild
from verification.views.sign import (
    challenge_url,
    other_languages,
    suggestions,
    unsigned_form,
)

PEOPLE_SHOWN = 60
ORGANISATIONS_SHOWN = 60


@anyone
def letter_page(request: HttpRequest, slug: str, language: str | None = None) -> HttpResponse:
    current, translation = public_text(slug, language)
    with speak(translation.language):
        response = render(request, "coalition/letter_page.html", page_context(current, translation))
    return keep_page(response, until=current.letter.next_change(), views_of=current.letter.pk)


def page_context(current: CurrentLetter, translation: Translation) -> dict[str, Any]:
    """All that the letter's page shows, in one language."""
    letter = current.letter
    tally = Tally.objects.of_letter(letter)
    featured = list(listed_featured(letter.pk))
    organisations = list(listed_organisations(letter.pk)[: ORGANISATIONS_SHOWN + 1])
    more_organisations = len(organisations) > ORGANISATIONS_SHOWN
    del organisations[ORGANISATIONS_SHOWN:]
    people = people_page(letter.pk, size=PEOPLE_SHOWN).entries
    return {
        "letter": letter,
        "version": current.version,
        "translation": translation,
        "canonical_url": settings.SITE_URL + translation.get_absolute_url(),
        "card_url": settings.SITE_URL + translation.url_of("letter_card"),
        "site_url": settings.SITE_URL,
        "languages": language_links(current.translations, translation, "letter"),
        "tally": tally,
        "guilds": Guild.objects.of_letter(letter.pk).with_signatories(),
        "goal_percent": min(100, tally.counted * 100 // letter.goal) if letter.goal else None,
        "count_url": reverse("letter_count", kwargs={"slug": letter.slug}),
        "featured": in_groups(
            featured, letter.pk, translation.language, current.authoritative.language
        ),
        "organisations": organisations,
        "more_organisations": more_organisations,
        "organisations_url": f"{translation.url_of('roll')}?show={Capacity.ORGANISATION}",
        "people": people,
        "legend": legend_of(featured, organisations, people),
        "roll_url": translation.url_of("roll"),
        "versions_url": translation.url_of("version_list"),
        "form": unsigned_form(current, translation.language),
        "affiliations": suggestions(letter),
        "other_languages": other_languages(current, translation.language),
        "form_url": reverse("sign", kwargs={"slug": letter.slug}),
        "challenge_url": challenge_url(letter),
        "open": letter.accepts_signatures(),
        "closed_reason": letter.closed_reason(),
        "deliveries": [
            (
                delivery,
                translation.url_of("delivery_public", number=delivery.number)
                if delivery.is_translated  # type: ignore[attr-defined]
                else delivery.get_absolute_url(),
            )
            for delivery in Delivery.objects.public()
            .filter(letter=letter)
            .translated_into(translation)
            .select_related("letter")
        ],
    }


@anyone
def letter_count(request: HttpRequest, slug: str) -> HttpResponse:
    """The live count, a few bytes."""
    current = public_letter(slug)
    tally = Tally.objects.of_letter(current.letter)
    return keep_page(
        JsonResponse(
            {
                "counted": tally.counted,
                "people": tally.people,
                "organisations": tally.organisations,
                "goal": current.letter.goal,
            }
        )
    )
