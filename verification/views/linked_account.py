"""The optional step after confirming: proving an account at an OpenID Connect provider."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from common.access import anyone
from common.crypto import network_digest
from common.languages import speak
from common.network import client_network
from common.responses import private, see_other
from common.throttle import WINDOW_SECONDS, Throttled, hit, use_once
from signatories.models import Signature
from verification.access import signatory
from verification.linked_account import (
    COOKIE,
    AccountUnproved,
    WayLost,
    find_provider,
    pack,
    set_out,
    subject_of,
    unpack,
)
from verification.links import manage_path
from verification.services.link_account import AccountTaken, link_account
from verification.services.revise_signature import NotStanding
from verification.views.confirm import find_signature, problem, translation_of

_STATUS = {"lost": 400, "taken": 409, "throttled": 429, "failed": 502}


@signatory
def prove_account(
    request: HttpRequest, signature: Signature, token: str, provider_id: str
) -> HttpResponse:
    """The button sends the browser to the provider; opening the address changes nothing."""
    if signature.confirmed_at is None:
        return problem(request, "unconfirmed", signature)
    provider = find_provider(provider_id, signature.letter)
    if provider is None:
        raise Http404
    if request.method != "POST" or not signature.stands:
        return private(see_other(reverse("manage", kwargs={"token": token})))
    try:
        network = network_digest(client_network(request)).hex()[:24]
        hit({"account_network": network}, nudge="account")
        trip, url = set_out(request, signature.pk, provider)
    except Throttled:
        return _problem(request, "throttled", signature)
    except AccountUnproved:
        return _problem(request, "failed", signature)
    # A page and no redirect: browsers hold a form's redirects against `form-action`.
    response = render(
        request,
        "verification/to_provider.html",
        {**_context(signature), "provider": provider, "provider_url": url},
    )
    response.set_cookie(
        COOKIE,
        pack(trip),
        max_age=60 * settings.OPENID_MINUTES,
        path=reverse("account_proved", kwargs={"provider_id": provider_id}),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return private(response)


@anyone
def account_proved(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Where the provider sends the browser back to. Without the cookie of the browser that set
    out, a link to here does nothing: nobody can send us somebody else's account, or theirs."""
    response = _come_back(request, provider_id)
    response.delete_cookie(
        COOKIE, path=reverse("account_proved", kwargs={"provider_id": provider_id}), samesite="Lax"
    )
    return response


def _come_back(request: HttpRequest, provider_id: str) -> HttpResponse:
    try:
        trip = unpack(request.COOKIES.get(COOKIE, ""))
    except WayLost:
        return _problem(request, "lost")
    signature = find_signature(trip.signature_id)
    if signature is None:
        return problem(request, "gone")
    provider = find_provider(provider_id, signature.letter)
    state = request.GET.get("state", "")
    if (
        provider is None
        or trip.provider_id != provider_id
        or not constant_time_compare(state, trip.state)
    ):
        return _problem(request, "lost", signature)
    # Each way back asks the provider, so that one throttled way out is good for one.
    if not use_once(f"account:{trip.state}", 60 * settings.OPENID_MINUTES):
        return _problem(request, "lost", signature)
    if request.GET.get("error") == "access_denied":
        return _back(signature, "account_declined")
    try:
        digest = subject_of(request, trip, provider, signature.letter_id)
        link_account(signature_id=signature.pk, subject_digest=digest)
    except AccountUnproved:
        return _problem(request, "failed", signature)
    except AccountTaken:
        return _problem(request, "taken", signature)
    except (NotStanding, Signature.DoesNotExist):
        return private(see_other(manage_path(signature.pk)))
    return _back(signature, "account")


def _back(signature: Signature, notice: str) -> HttpResponse:
    return private(see_other(f"{manage_path(signature.pk)}?notice={notice}"))


def _context(signature: Signature) -> dict[str, object]:
    return {
        "letter": signature.letter,
        "translation": translation_of(signature),
        "manage_url": manage_path(signature.pk),
    }


def _problem(request: HttpRequest, kind: str, signature: Signature | None = None) -> HttpResponse:
    """Says why, and what to do next; nothing is lost."""
    context = _context(signature) if signature else {}
    with speak(signature.language if signature else "en"):
        response = render(
            request,
            "verification/account_problem.html",
            {**context, "problem": kind},
            status=_STATUS[kind],
        )
    if kind == "throttled":
        response["Retry-After"] = str(WINDOW_SECONDS)
    return private(response)
