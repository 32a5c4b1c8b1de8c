"""Mailing a delivery to its office: what will go where, and what stands in the way."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from common.responses import see_other
from deliveries.models import Delivery, Seal
from deliveries.services.office_mail import plan_mail
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
    send_delivery,
)
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
    delivery = get_object_or_404(Delivery.objects.of(letter), number=number)
    try:
        if request.method == "POST":
            send_delivery(delivery=delivery, actor=request.user)
            messages.success(request, gettext("The mail to the office is on its way."))
            return see_other(delivery.get_organisers_url())
        check_sendable(delivery)
    except CannotSend as error:
        messages.error(request, explain(error))
        return see_other(delivery.get_organisers_url())
    context = {
        "letter": letter,
        "delivery": delivery,
        "plan": plan_mail(delivery, sealed=True),
        "seal": Seal.objects.filter(delivery=delivery).first(),
    }
    return render(request, "deliveries/delivery_send.html", context)
