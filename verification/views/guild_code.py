"""The optional step after confirming: a guild's code, by the signatory's private link."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from common.crypto import network_digest
from common.network import client_network
from common.responses import private, see_other
from common.throttle import WINDOW_SECONDS, Throttled
from signatories.models import Signature
from verification.access import signatory
from verification.guild_offer import GuildCodeForm
from verification.services.redeem_guild_code import CodeRefused, redeem_guild_code
from verification.typed_code import limit_guessing
from verification.views.confirm import problem, translation_of


@signatory
def guild_code(request: HttpRequest, signature: Signature, token: str) -> HttpResponse:
    if signature.confirmed_at is None:
        return problem(request, "unconfirmed", signature)
    if request.method != "POST":
        return _page(request, signature, GuildCodeForm(), 200)
    form = GuildCodeForm(request.POST)
    if not form.is_valid():
        return _page(request, signature, form, 422)
    network = network_digest(client_network(request))
    try:
        limit_guessing(signature.letter_id, bytes(signature.email_digest), network)
        redeem_guild_code(signature_id=signature.pk, code=form.cleaned_data["code"])
    except Throttled:
        form.add_error(None, _("Too many tries. Please wait a minute and try again."))
        response = _page(request, signature, form, 429)
        response["Retry-After"] = str(WINDOW_SECONDS)
        return response
    except CodeRefused:
        form.add_error(
            "code",
            _("This code does not work for this letter, or was used. Please compare it."),
        )
        return _page(request, signature, form, 422)
    return private(see_other(reverse("manage", kwargs={"token": token}) + "?notice=guild"))


def _page(
    request: HttpRequest, signature: Signature, form: GuildCodeForm, status: int
) -> HttpResponse:
    context = {
        "signature": signature,
        "letter": signature.letter,
        "translation": translation_of(signature),
        "guild_form": form,
        "guild_url": request.path,
    }
    return private(render(request, "verification/guild_code.html", context, status=status))
