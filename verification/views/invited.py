"""The pages behind a personal invitation: the letter's form with the name filled in. Under embargo
they are the only ones, so that the text, the form, the inbox and the code are all here."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate

from django.http import HttpRequest, HttpResponse

from common.access import anyone, anyone_may_post
from common.responses import private
from common.tokens import TokenError
from letters.models import Letter, Translation
from letters.services.current_letter import letter_for_invited
from verification.door import InvitedDoor
from verification.links import read_invited_token
from verification.models import Invitation
from verification.views.confirm import problem
from verification.views.inbox import inbox_page
from verification.views.sign import answer, form_page
from verification.views.typed_code import answer_code

InvitedView = Callable[Concatenate[HttpRequest, InvitedDoor, ...], HttpResponse]


def _by_invitation(view: InvitedView) -> Callable[[HttpRequest, str], HttpResponse]:
    """Opens the door of the token; a link that opens none says why."""

    @wraps(view)
    def entered(request: HttpRequest, token: str) -> HttpResponse:
        try:
            invitation_id = read_invited_token(token)
        except TokenError:
            return problem(request, "forged")
        invitation = Invitation.objects.filter(pk=invitation_id, revoked_at__isnull=True).first()
        if invitation is None:
            return problem(request, "gone")
        try:
            current = letter_for_invited(invitation.letter_id)
        except Letter.DoesNotExist:  # a draft again
            return problem(request, "gone")
        return private(view(request, InvitedDoor(current, invitation, token)))

    return entered


@anyone_may_post
@_by_invitation
def invited(request: HttpRequest, door: InvitedDoor) -> HttpResponse:
    """The form, and under embargo the letter's text above it."""
    if request.method == "POST":
        return answer(request, door)
    language = _text(door).language
    return form_page(request, door, door.empty_form(language), language)


@anyone
@_by_invitation
def invited_inbox(request: HttpRequest, door: InvitedDoor) -> HttpResponse:
    return inbox_page(request, _text(door), door.url_of("invited_code"))


@anyone_may_post
@_by_invitation
def invited_code(request: HttpRequest, door: InvitedDoor) -> HttpResponse:
    return answer_code(request, _text(door), door.url_of("invited_code"))


def _text(door: InvitedDoor) -> Translation:
    return door.current.translation(door.invitation.language) or door.current.authoritative
