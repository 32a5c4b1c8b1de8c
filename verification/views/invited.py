"""The page behind a personal invitation: the letter's form with the name filled in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from common.access import anyone
from common.languages import speak
from common.responses import private
from common.tokens import TokenError
from letters.access import public_letter
from verification.links import read_invited_token
from verification.models import Invitation
from verification.views.confirm import problem
from verification.views.sign import unsigned_form


@anyone
def invited(request: HttpRequest, token: str) -> HttpResponse:
    try:
        invitation_id = read_invited_token(token)
    except TokenError:
        return problem(request, "forged")
    invitation = (
        Invitation.objects.filter(pk=invitation_id, revoked_at__isnull=True)
        .select_related("letter")
        .first()
    )
    if invitation is None:
        return problem(request, "gone")
    current = public_letter(invitation.letter.slug)
    translation = current.translation(invitation.language) or current.authoritative
    with speak(translation.language):
        form = unsigned_form(current, translation.language)
        form.initial["name"] = invitation.name
        context = {
            "letter": current.letter,
            "translation": translation,
            "form": form,
            "form_url": reverse("sign", kwargs={"slug": current.letter.slug}),
            "open": current.letter.accepts_signatures(),
            "closed_reason": current.letter.closed_reason(),
            "invitation": invitation,
        }
        return private(render(request, "verification/sign.html", context))
