"""“What have I signed?”, answered by mail only."""

from contextlib import AbstractContextManager

import structlog
from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from kombu.exceptions import OperationalError as BrokerError

from common.access import anyone, anyone_may_post
from common.canonical import canonical_email
from common.crypto import email_digest, encrypt, network_digest
from common.formfields import AddressField
from common.languages import speak
from common.network import client_network
from common.responses import private, see_other
from common.throttle import WINDOW_SECONDS, Throttled, hit
from verification.tasks import send_my_signatures

log = structlog.get_logger(__name__)


class AddressForm(forms.Form):
    email = AddressField(
        label=gettext_lazy("Email"),
        max_length=254,
        widget=forms.EmailInput(
            attrs={"autocomplete": "email", "inputmode": "email", "dir": "ltr"}
        ),
    )


@anyone_may_post
def my_signatures(request: HttpRequest, language: str) -> HttpResponse:
    """The same answer whatever the address; who asks learns nothing here."""
    with _site_speaks(language):
        form = AddressForm(request.POST if request.method == "POST" else None)
        if request.method != "POST" or not form.is_valid():
            return _page(request, form, status=422 if form.is_bound else 200)
        try:
            _ask(form.cleaned_data["email"], language, client_network(request))
        except Throttled:
            form.add_error(None, _("Too many requests. Please wait a minute and try again."))
            response = _page(request, form, status=429)
            response["Retry-After"] = str(WINDOW_SECONDS)
            return response
        except BrokerError as error:
            log.warning("broker_unavailable", error=str(error))
            form.add_error(None, _("We cannot send mail just now. Please try again later."))
            return _page(request, form, status=503)
    return private(see_other(reverse("my_signatures_sent", kwargs={"language": language})))


@anyone
def my_signatures_sent(request: HttpRequest, language: str) -> HttpResponse:
    with _site_speaks(language):
        return private(render(request, "verification/my_signatures_sent.html"))


def _site_speaks(language: str) -> AbstractContextManager[None]:
    if language not in dict(settings.LANGUAGES):
        raise Http404
    return speak(language)


def _ask(email: str, language: str, network: str) -> None:
    """A worker looks the address up, so that the time of the answer tells nothing. The address
    waits in Redis as it waits in Postgres: encrypted."""
    keys = {
        "list_network": network_digest(network).hex()[:24],
        "list_address": email_digest(canonical_email(email)).hex()[:24],
    }
    hit(keys, nudge="my_signatures")
    send_my_signatures.apply_async((encrypt(email).decode(), language), retry=False)


def _page(request: HttpRequest, form: AddressForm, *, status: int) -> HttpResponse:
    return private(
        render(request, "verification/my_signatures.html", {"form": form}, status=status)
    )
