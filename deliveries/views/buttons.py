"""The buttons on a delivery's page: each does one thing, says so, and leads back to the page."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Concatenate, ParamSpec

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from common.responses import see_other
from deliveries.models import Delivery, DossierLink
from deliveries.services.cancel_delivery import cancel_delivery
from deliveries.services.inspect_delivery import read_again
from deliveries.services.request_seal import seal_again
from deliveries.services.send_delivery import publish_delivery, resolve_dispatch, stop_dispatch
from deliveries.services.start_rendering import retry_rendering
from deliveries.services.use_link import revoke_link
from letters.access import MemberRequest, letter_member
from letters.models import Letter, Role

P = ParamSpec("P")
Act = Callable[Concatenate[MemberRequest, Delivery, P], None]


def editors_button(act: Act[P]) -> Callable[..., HttpResponseBase]:
    """A view for editors: a POST does `act` to the letter's delivery `number`."""

    @letter_member(Role.EDITOR)
    @require_POST
    def pressed(
        request: MemberRequest,
        letter: Letter,
        /,
        number: int,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> HttpResponse:
        delivery = get_object_or_404(Delivery.objects.of(letter), number=number)
        act(request, delivery, *args, **kwargs)
        return see_other(delivery.get_organisers_url())

    update_wrapper(pressed, act)
    return pressed


@editors_button
def delivery_retry(request: MemberRequest, delivery: Delivery) -> None:
    retry_rendering(delivery=delivery, actor=request.user)


@editors_button
def delivery_cancel(request: MemberRequest, delivery: Delivery) -> None:
    if not cancel_delivery(delivery=delivery, actor=request.user):
        messages.info(request, gettext("There was nothing left to stop."))


@editors_button
def delivery_publish(request: MemberRequest, delivery: Delivery) -> None:
    if publish_delivery(delivery=delivery, actor=request.user):
        messages.success(request, gettext("The page of this delivery is public now."))


@editors_button
def delivery_read_again(request: MemberRequest, delivery: Delivery) -> None:
    if not read_again(delivery=delivery, actor=request.user):
        messages.info(request, gettext("There is no file left that could not be read."))


@editors_button
def delivery_seal_again(request: MemberRequest, delivery: Delivery) -> None:
    if seal_again(delivery=delivery, actor=request.user):
        messages.success(request, gettext("The files are being sealed."))


@editors_button
def dispatch_stop(request: MemberRequest, delivery: Delivery, dispatch_id: int) -> None:
    dispatch = get_object_or_404(delivery.dispatches, pk=dispatch_id)
    if stop_dispatch(dispatch=dispatch, actor=request.user):
        messages.success(request, gettext("Stopped: nothing was sent."))
    else:
        messages.warning(request, gettext("It is too late: the mail is leaving, or has left."))


@editors_button
def dispatch_resolve(request: MemberRequest, delivery: Delivery, dispatch_id: int) -> None:
    """A person's word on an uncertain mail: `went` is “yes” or “no”."""
    dispatch = get_object_or_404(delivery.dispatches, pk=dispatch_id)
    went = request.POST.get("went") == "yes"
    if not resolve_dispatch(dispatch=dispatch, went=went, actor=request.user):
        messages.warning(request, gettext("Somebody has decided this already."))
    elif went:
        messages.success(request, gettext("Recorded as sent."))
    else:
        messages.success(request, gettext("Recorded as not sent. You can send it again."))


@editors_button
def link_revoke(request: MemberRequest, delivery: Delivery, dispatch_id: int) -> None:
    links = DossierLink.objects.select_related("dispatch__delivery__letter")
    link = get_object_or_404(links, dispatch__delivery=delivery, dispatch=dispatch_id)
    if revoke_link(link=link, actor=request.user):
        messages.success(request, gettext("The office’s link has ended."))
