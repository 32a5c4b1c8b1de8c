"""Mailing a delivery to its office, stopping it, and what to do where nobody knows."""

import hashlib
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.mail import EmailMessage
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.responses import see_other
from deliveries.models import Dispatch, DossierLink
from deliveries.services.office_mail import as_bytes, build_draft, build_message, plan_mail
from deliveries.services.send_delivery import (
    AlreadySent,
    CannotSend,
    Erased,
    NoAddress,
    NotMeasured,
    NotReady,
    Overtaken,
    Unmet,
    Withdrawn,
    check_sendable,
    resolve_dispatch,
    send_delivery,
    stop_dispatch,
)
from deliveries.services.use_link import revoke_link
from deliveries.smtp import NotAccepted
from deliveries.views.organise import deliveries_of, detail_url
from letters.access import MemberRequest, letter_member
from letters.models import Letter, Role


def explain(error: CannotSend) -> str:
    """What stands in the way, and what to do."""
    match error:
        case Unmet():
            return " ".join(
                gettext("%(rule)s: %(found)s. %(mend)s")
                % {"rule": each.rule, "found": each.found or each.outcome.label, "mend": each.mend}
                for each in error.findings
            )
        case Erased():
            return gettext(
                "Somebody named in this delivery has had their data erased. Freeze a new delivery: "
                "it goes without them."
            )
        case AlreadySent():
            return gettext("This delivery was sent, or is on its way.")
        case NotMeasured():
            return gettext(
                "The files are being held against the office’s rules. Try again in a moment."
            )
        case NotReady():
            return gettext("The files are not ready yet.")
        case NoAddress():
            return gettext(
                "This office has no mail address here, so it is by hand only: hand the files over "
                "yourselves and record it."
            )
        case Withdrawn():
            return gettext("This letter is withdrawn, so nothing is sent.")
        case Overtaken():
            return gettext(
                "Delivery %(number)s went to this office, or is on its way, and this one does not "
                "continue it. Freeze a new one: it says what changed since."
            ) % {"number": error.number}
    return str(error)


@letter_member(Role.EDITOR)
@require_http_methods(["GET", "HEAD", "POST"])
def delivery_send(request: MemberRequest, letter: Letter, number: int) -> HttpResponse:
    """GET shows what will go where; POST puts it into the outbox."""
    delivery = get_object_or_404(deliveries_of(letter), number=number)
    try:
        if request.method == "POST":
            send_delivery(delivery=delivery, actor=request.user)
            messages.success(request, gettext("The mail to the office is on its way."))
            return see_other(detail_url(delivery))
        check_sendable(delivery)
    except CannotSend as error:
        messages.error(request, explain(error))
        return see_other(detail_url(delivery))
    context = {"letter": letter, "delivery": delivery, "plan": plan_mail(delivery)}
    return render(request, "deliveries/delivery_send.html", context)


@letter_member(Role.VIEWER)
@require_safe
def delivery_draft(request: MemberRequest, letter: Letter, number: int) -> HttpResponse:
    """The complete mail with every file, which a mail program opens as a draft."""
    delivery = get_object_or_404(deliveries_of(letter), number=number)
    if not delivery.is_complete:
        raise Http404
    response = _eml(build_draft, delivery, f"delivery-{number}-draft.eml")
    if not response.content:
        raise Http404
    return response


@letter_member(Role.VIEWER)
@require_safe
def dispatch_message(
    request: MemberRequest, letter: Letter, number: int, dispatch_id: int
) -> HttpResponse:
    """The mail as it was sent, built again; where a byte would differ, it is not given out."""
    delivery = get_object_or_404(deliveries_of(letter), number=number)
    dispatch = get_object_or_404(delivery.dispatches.exclude(message_sha256=""), pk=dispatch_id)
    dispatch.delivery = delivery
    response = _eml(build_message, dispatch, f"delivery-{number}-message-{dispatch.pk}.eml")
    if hashlib.sha256(response.content).hexdigest() == dispatch.message_sha256:
        return response
    messages.error(
        request,
        gettext(
            "This mail cannot be built again as it was sent: a file, an erased name or a setting "
            "has changed since. Its SHA-256 and the server’s answer stay recorded."
        ),
    )
    return see_other(detail_url(delivery))


def _eml(build: Callable[[Any], EmailMessage], what: object, name: str) -> HttpResponse:
    """Nothing where a file is gone or altered; its SHA-256 is then that of no mail."""
    try:
        content = as_bytes(build(what))
    except NotAccepted:
        content = b""
    response = HttpResponse(content, content_type="message/rfc822")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


@letter_member(Role.EDITOR)
@require_POST
def dispatch_stop(
    request: MemberRequest, letter: Letter, number: int, dispatch_id: int
) -> HttpResponse:
    delivery = get_object_or_404(deliveries_of(letter), number=number)
    dispatch = get_object_or_404(delivery.dispatches, pk=dispatch_id)
    if stop_dispatch(dispatch=dispatch, actor=request.user):
        messages.success(request, gettext("Stopped: nothing was sent."))
    else:
        messages.warning(request, gettext("It is too late: the mail is leaving, or has left."))
    return see_other(detail_url(delivery))


@letter_member(Role.EDITOR)
@require_POST
def link_revoke(
    request: MemberRequest, letter: Letter, number: int, dispatch_id: int
) -> HttpResponse:
    delivery = get_object_or_404(deliveries_of(letter), number=number)
    links = DossierLink.objects.select_related("dispatch__delivery__letter")
    link = get_object_or_404(links, dispatch__delivery=delivery, dispatch=dispatch_id)
    if revoke_link(link=link, actor=request.user):
        messages.success(request, gettext("The office’s link has ended."))
    return see_other(detail_url(delivery))


@letter_member(Role.EDITOR)
@require_POST
def dispatch_resolve(
    request: MemberRequest, letter: Letter, number: int, dispatch_id: int
) -> HttpResponse:
    """A person's word on an uncertain mail: `went` is “yes” or “no”."""
    delivery = get_object_or_404(deliveries_of(letter), number=number)
    dispatch = get_object_or_404(Dispatch, pk=dispatch_id, delivery=delivery)
    went = request.POST.get("went") == "yes"
    if not resolve_dispatch(dispatch=dispatch, went=went, actor=request.user):
        messages.warning(request, gettext("Somebody has decided this already."))
    elif went:
        messages.success(request, gettext("Recorded as sent."))
    else:
        messages.success(request, gettext("Recorded as not sent. You can send it again."))
    return see_other(detail_url(delivery))
