"""Handing a delivery to its office: by mail, by hand, and what to do where nobody knows."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from common.responses import see_other
from deliveries.forms import ByHandForm
from deliveries.models import Dispatch
from deliveries.services.send_delivery import (
    AlreadySent,
    CannotSend,
    Erased,
    NotMeasured,
    NotReady,
    Unmet,
    check_sendable,
    record_by_hand,
    resolve_dispatch,
    send_delivery,
)
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
    return render(
        request,
        "deliveries/delivery_send.html",
        {"letter": letter, "delivery": delivery, "files": delivery.files.for_office()},
    )


@letter_member(Role.EDITOR)
@require_POST
def delivery_by_hand(request: MemberRequest, letter: Letter, number: int) -> HttpResponse:
    delivery = get_object_or_404(deliveries_of(letter), number=number)
    form = ByHandForm(request.POST)
    if not form.is_valid():
        for errors in form.errors.values():
            messages.error(request, str(errors[0]))
        return see_other(detail_url(delivery))
    try:
        record_by_hand(delivery=delivery, actor=request.user, **form.cleaned_data)
    except CannotSend as error:
        messages.error(request, explain(error))
    else:
        messages.success(request, gettext("Recorded as delivered by hand."))
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
    if not resolve_dispatch(dispatch=dispatch, went=went):
        messages.warning(request, gettext("Somebody has decided this already."))
    elif went:
        messages.success(request, gettext("Recorded as sent."))
    else:
        messages.success(request, gettext("Recorded as not sent. You can send it again."))
    return see_other(detail_url(delivery))
