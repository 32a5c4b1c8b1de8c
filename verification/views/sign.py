"""The sign form: shown within the letter page, answered here."""

from collections.abc import Mapping
from typing import Any

import structlog
from django.conf import settings
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
from common.responses import see_other
from common.throttle import WINDOW_SECONDS, Throttled
from letters.access import public_letter, public_text
from letters.models import Letter, Translation
from letters.services.current_letter import CurrentLetter
from verification.challenge import ChallengeNeeded, is_in_surge, new_challenge
from verification.forms import SignForm
from verification.services.accept_signature import accept_signature
from verification.tasks import send_due_mail
from verification.views.typed_code import TypedCodeForm

log = structlog.get_logger(__name__)


def unsigned_form(current: CurrentLetter, language: str) -> SignForm:
    """The empty form for the letter's page in this language."""
    return SignForm(
        letter=current.letter,
        version=current.version,
        initial={"version": current.version.number, "language": language},
    )


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
    current = public_letter(slug)
    if request.method != "POST":
        language = current.authoritative.language
        return _page(request, current, unsigned_form(current, language), language, status=200)
    if "read_in" in request.POST:
        return _in_other_language(request, current)
    translation = current.translation(request.POST.get("language", "")) or current.authoritative
    language = translation.language
    with speak(language):
        form = SignForm(request.POST, letter=current.letter, version=current.version)
        if not current.letter.accepts_signatures():
            reason = current.letter.closed_reason()
            return _refuse(request, current, form, language, reason, status=410)
        if not form.is_valid():
            if "version" in form.errors:
                data = request.POST.copy()
                data["version"] = str(current.version.number)
                form.data = data
            return _page(request, current, form, language, status=422)
        details: Mapping[str, Any] = {**form.cleaned_data, "language": language}
        try:
            nudge = _accept(
                letter=current.letter,
                details=details,
                network=client_network(request),
                solution=request.POST.get("altcha", ""),
                unchecked=request.POST.get("unchecked") == "yes",
            )
        except ChallengeNeeded:
            problem = _("Very many signatures are arriving. Please send the form once more.")
            return _refuse(request, current, form, language, problem, status=428)
        except Throttled:
            problem = _("Too many signatures at once. Please wait a minute and send it again.")
            return _refuse(request, current, form, language, problem, status=429)
        except (OperationalError, InterfaceError):
            problem = _("We could not save your signature just now. Please send it again.")
            return _refuse(request, current, form, language, problem, status=503)
    if nudge:
        _nudge()
    return see_other(translation.url_of("check_inbox"))


def _in_other_language(request: HttpRequest, current: CurrentLetter) -> HttpResponse:
    """The form with all that was typed, in the language of the button. Nothing is checked or kept:
    without a cookie, sending the words along is how they come with the reader."""
    translation = current.translation(request.POST["read_in"]) or current.authoritative
    form = unsigned_form(current, translation.language)
    form.initial = {**request.POST.dict(), **form.initial}
    return _page(request, current, form, translation.language, status=200)


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
    current: CurrentLetter,
    form: SignForm,
    language: str,
    problem: str,
    *,
    status: int,
) -> HttpResponse:
    form.add_error(None, problem)
    response = _page(request, current, form, language, status=status)
    if status in (429, 503):
        response["Retry-After"] = str(WINDOW_SECONDS)
    return response


def _page(
    request: HttpRequest, current: CurrentLetter, form: SignForm, language: str, *, status: int
) -> HttpResponse:
    with speak(language):
        response = render(
            request,
            "verification/sign.html",
            {
                "letter": current.letter,
                "translation": current.translation(language) or current.authoritative,
                "form": form,
                "other_languages": other_languages(current, language),
                "form_url": reverse("sign", kwargs={"slug": current.letter.slug}),
                "challenge_url": challenge_url(current.letter, asked=status == 428),
                "unchecked": request.POST.get("unchecked") == "yes",
                "open": current.letter.accepts_signatures(),
                "closed_reason": current.letter.closed_reason(),
            },
            status=status,
        )
    response["Cache-Control"] = "no-store"
    return response


@anyone
def check_inbox(request: HttpRequest, slug: str, language: str | None = None) -> HttpResponse:
    """What everyone sees after the form, whether the address is new or has signed."""
    current, translation = public_text(slug, language)
    with speak(translation.language):
        response = render(
            request,
            "verification/check_inbox.html",
            {
                "letter": current.letter,
                "translation": translation,
                "code_form": TypedCodeForm(),
                "code_url": translation.url_of("typed_code"),
                "mailbox_url": "/mailbox/" if settings.MAILBOX else None,
            },
        )
    return keep_page(response)
