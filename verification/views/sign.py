"""The sign form: shown within the letter page, answered here."""

from collections.abc import Mapping
from typing import Any

import structlog
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError as BrokerError

from common.access import anyone, anyone_may_post
from common.languages import speak
from common.network import client_network
from common.pagecache import keep_page
from common.pageviews import note_view
from common.responses import see_other
from common.throttle import WINDOW_SECONDS, Throttled
from letters.access import public_letter, public_text
from letters.models import Letter, Translation
from letters.services.current_letter import CurrentLetter
from signatories.roll import affiliations_of
from verification.challenge import ChallengeNeeded, is_in_surge, new_challenge
from verification.door import Door
from verification.forms import SignForm
from verification.services.accept_signature import accept_signature
from verification.tasks import send_due_mail
from verification.views.inbox import inbox_page

log = structlog.get_logger(__name__)


def unsigned_form(current: CurrentLetter, language: str) -> SignForm:
    """The empty form for the letter's page in this language."""
    return Door(current).empty_form(language)


def suggestions(letter: Letter) -> list[str]:
    """Affiliations to suggest, of names that are public. None while the database is away: the form
    is worth more."""
    if letter.is_sealed() or not letter.asks("affiliation"):
        return []
    try:
        return affiliations_of(letter.pk)
    except (OperationalError, InterfaceError):
        return []


def challenge_url(letter: Letter, *, asked: bool = False) -> str | None:
    """Where the form gets its proof of work from; None unless in surge mode (or `asked` of one)."""
    if asked or is_in_surge(letter):
        return reverse("challenge", kwargs={"slug": letter.slug})
    return None


@anyone
def challenge(request: HttpRequest, slug: str) -> HttpResponse:
    """A proof of work of one's own, for one signature."""
    response = JsonResponse(new_challenge(public_letter(slug).letter))
    response["Cache-Control"] = "no-store"
    return response


@anyone_may_post
def sign(request: HttpRequest, slug: str) -> HttpResponse:
    door = Door(public_letter(slug))
    if request.method != "POST":
        if request.method == "GET":
            note_view(door.current.letter.pk, request.META)
        language = door.current.authoritative.language
        return form_page(request, door, door.empty_form(language), language)
    return answer(request, door)


def answer(request: HttpRequest, door: Door) -> HttpResponse:
    """What who sends the form gets, through whichever door."""
    current = door.current
    if "read_in" in request.POST:
        return _in_other_language(request, door)
    translation = current.translation(request.POST.get("language", "")) or current.authoritative
    language = translation.language
    with speak(language):
        form = door.sent_form(request.POST)
        if not door.is_open:
            reason = current.letter.closed_reason()
            return _refuse(request, door, form, language, reason, status=410)
        if not form.is_valid():
            if "version" in form.errors:
                data = request.POST.copy()
                data["version"] = str(current.version.number)
                form.data = data
            return form_page(request, door, form, language, status=422)
        details: Mapping[str, Any] = {**form.cleaned_data, "language": language}
        try:
            nudge = _accept(
                letter=current.letter,
                details=details,
                roll_language=current.authoritative.language,
                network=client_network(request),
                solution=request.POST.get("altcha", ""),
                unchecked=request.POST.get("unchecked") == "yes",
                invited=door.invitation is not None,
            )
        except ChallengeNeeded:
            problem = _("Very many signatures are arriving. Please send the form once more.")
            return _refuse(request, door, form, language, problem, status=428)
        except Throttled:
            problem = _("Too many signatures at once. Please wait a minute and send it again.")
            return _refuse(request, door, form, language, problem, status=429)
        except (OperationalError, InterfaceError):
            problem = _("We could not save your signature just now. Please send it again.")
            return _refuse(request, door, form, language, problem, status=503)
    if nudge:
        _nudge()
    return see_other(door.inbox_url(translation))


def _in_other_language(request: HttpRequest, door: Door) -> HttpResponse:
    """The form with all that was typed, in the language of the button. Nothing is checked or kept:
    without a cookie, sending the words along is how they come with the reader."""
    current = door.current
    translation = current.translation(request.POST["read_in"]) or current.authoritative
    form = door.empty_form(translation.language)
    form.initial = {**form.initial, **request.POST.dict(), "language": translation.language}
    form.initial["version"] = current.version.number
    return form_page(request, door, form, translation.language)


def other_languages(current: CurrentLetter, language: str) -> list[Translation]:
    """The texts that the form's reader may go over to."""
    return [text for text in current.translations if text.language != language]


def _accept(**submission: Any) -> bool:
    """Tries again on a new connection: the first may be one that Postgres' restart ended."""
    # The second try stands in for the health check, a SELECT 1 before each insert.
    connection.health_check_done = True  # type: ignore[attr-defined]
    try:
        return accept_signature(**submission)
    except (OperationalError, InterfaceError):
        connection.close()
        return accept_signature(**submission)


def _nudge() -> None:
    """Asks for the mail now. Where Redis has just died, beat will: the signature is safe anyway."""
    try:
        send_due_mail.apply_async(retry=False)
    except BrokerError as error:
        log.warning("broker_unavailable", error=str(error))


def _refuse(
    request: HttpRequest,
    door: Door,
    form: SignForm,
    language: str,
    problem: str,
    *,
    status: int,
) -> HttpResponse:
    form.add_error(None, problem)
    response = form_page(request, door, form, language, status=status)
    if status in (429, 503):
        response["Retry-After"] = str(WINDOW_SECONDS)
    return response


def form_page(
    request: HttpRequest, door: Door, form: SignForm, language: str, *, status: int = 200
) -> HttpResponse:
    """The form on a page of its own."""
    current = door.current
    with speak(language):
        response = render(
            request,
            "verification/sign.html",
            {
                "letter": current.letter,
                "translation": current.translation(language) or current.authoritative,
                "form": form,
                # Not when there is more to do than the servers can: they are a comfort.
                "affiliations": suggestions(current.letter) if status in (200, 422) else [],
                "other_languages": other_languages(current, language),
                "form_url": door.form_url,
                "challenge_url": None
                if door.invitation
                else challenge_url(current.letter, asked=status == 428),
                "unchecked": request.POST.get("unchecked") == "yes",
                "open": door.is_open,
                "closed_reason": current.letter.closed_reason(),
                "invitation": door.invitation,
            },
            status=status,
        )
    response["Cache-Control"] = "no-store"
    return response


@anyone
def check_inbox(request: HttpRequest, slug: str, language: str | None = None) -> HttpResponse:
    """What everyone sees after the form, whether the address is new or has signed."""
    _current, translation = public_text(slug, language)
    return keep_page(inbox_page(request, translation, translation.url_of("typed_code")))
