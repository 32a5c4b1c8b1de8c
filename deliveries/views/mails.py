"""Mails to an office as files: the draft for a program of one's own, and what was sent."""

import hashlib

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from deliveries.models import Delivery, Dispatch
from deliveries.services.office_mail import as_bytes, build_draft, build_message
from deliveries.smtp import NotAccepted
from letters.access import MemberRequest, letter_member
from letters.models import Letter, Role


class NotAsItWas(Exception):
    """The mail can be built no more as it was."""


@letter_member(Role.VIEWER)
@require_safe
def delivery_draft(request: MemberRequest, letter: Letter, number: int) -> HttpResponse:
    """The complete mail with every file, which a mail program opens as a draft."""
    delivery = get_object_or_404(Delivery.objects.of(letter), number=number)
    if not delivery.is_complete:
        raise Http404
    try:
        return _eml(_draft(delivery), f"delivery-{number}-draft.eml")
    except (NotAccepted, NotAsItWas):
        return _gone(request, letter, delivery)


@letter_member(Role.VIEWER)
@require_safe
def dispatch_message(
    request: MemberRequest, letter: Letter, number: int, dispatch_id: int
) -> HttpResponse:
    """The mail as it was sent, built again; where a byte would differ, it is not given out."""
    delivery = get_object_or_404(Delivery.objects.of(letter), number=number)
    dispatch = get_object_or_404(delivery.dispatches.exclude(message_sha256=""), pk=dispatch_id)
    dispatch.delivery = delivery
    try:
        return _eml(_message(dispatch), f"delivery-{number}-message-{dispatch.pk}.eml")
    except (NotAccepted, NotAsItWas):
        return _gone(request, letter, delivery, dispatch)


def _draft(delivery: Delivery) -> bytes:
    """Raises NotAccepted, NotAsItWas."""
    _refuse_erased(delivery)
    return as_bytes(build_draft(delivery))


def _message(dispatch: Dispatch) -> bytes:
    """Raises NotAccepted, NotAsItWas."""
    _refuse_erased(dispatch.delivery)
    content = as_bytes(build_message(dispatch))
    if hashlib.sha256(content).hexdigest() != dispatch.message_sha256:
        raise NotAsItWas
    return content


def _refuse_erased(delivery: Delivery) -> None:
    """Before the files are made again, too. Raises NotAsItWas."""
    if delivery.entries.erased().exists():
        raise NotAsItWas


def _eml(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="message/rfc822")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


def _gone(
    request: MemberRequest, letter: Letter, delivery: Delivery, dispatch: Dispatch | None = None
) -> HttpResponse:
    """Says why there is no such mail any more, and what stays of it."""
    is_sealed = dispatch is not None and dispatch.sends_sealed
    files = delivery.files.sealed_as_delivered() if is_sealed else delivery.files.for_office()
    context = {
        "letter": letter,
        "delivery": delivery,
        "dispatch": dispatch,
        "erased": delivery.entries.erased().count(),
        "files": files,
    }
    return render(request, "deliveries/mail_gone.html", context, status=410)
