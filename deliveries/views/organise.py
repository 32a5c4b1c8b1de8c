"""The organisers' delivery screens: the list, one delivery, its progress and its files."""

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from common.responses import see_other
from deliveries.files import download
from deliveries.forms import NewDeliveryForm
from deliveries.models import Delivery, DossierFile, Seal
from deliveries.models.dispatch import OVER
from deliveries.seal.certificate import is_configured
from deliveries.services.freeze_delivery import (
    LetterWithdrawn,
    NoCountedSignature,
    NoText,
    freeze_delivery,
)
from deliveries.services.inspect_delivery import preflight
from deliveries.services.progress import progress_of
from deliveries.services.redact_delivery import due_redactions
from deliveries.views.public import public_page
from letters.access import MemberRequest, letter_member
from letters.deadline import frozen_deadline
from letters.models import Letter, Role, effective_offices

EDITOR = Role.EDITOR


@letter_member(Role.VIEWER)
@require_safe
def delivery_list(request: MemberRequest, letter: Letter) -> HttpResponse:
    return _list_page(request, letter, NewDeliveryForm(initial=_suggested(letter)))


@letter_member(Role.EDITOR)
@require_POST
def delivery_new(request: MemberRequest, letter: Letter) -> HttpResponse:
    form = NewDeliveryForm(request.POST)
    if not form.is_valid():
        return _list_page(request, letter, form)
    try:
        delivery = freeze_delivery(letter=letter, actor=request.user, **form.cleaned_data)
    except NoCountedSignature:
        form.add_error(
            None, gettext("Nobody’s signature counts yet. Deliver once somebody signed.")
        )
        return _list_page(request, letter, form)
    except LetterWithdrawn:
        form.add_error(None, gettext("This letter is withdrawn. Reopen it before you deliver it."))
        return _list_page(request, letter, form)
    except NoText:
        form.add_error(None, gettext("This letter has no text yet. Publish its text first."))
        return _list_page(request, letter, form)
    return see_other(delivery.get_organisers_url())


def _suggested(letter: Letter) -> dict[str, object]:
    offices = letter.offices.all()[:2]
    return {"office": offices[0]} if len(offices) == 1 else {}


def _list_page(request: MemberRequest, letter: Letter, form: NewDeliveryForm) -> HttpResponse:
    return render(
        request,
        "deliveries/delivery_list.html",
        {
            "letter": letter,
            "form": form,
            "deliveries": Delivery.objects.of(letter),
            "offices": effective_offices(letter),
            "may_deliver": request.role.includes(EDITOR),
        },
        status=422 if form.errors else 200,
    )


@letter_member(Role.VIEWER)
@require_safe
def delivery_detail(request: MemberRequest, letter: Letter, number: int) -> HttpResponse:
    delivery = get_object_or_404(Delivery.objects.of(letter), number=number)
    dispatches = list(delivery.dispatches.select_related("created_by", "link"))
    files = list(delivery.files.select_related("delivery__letter__coalition"))
    redaction = due_redactions().filter(pk=delivery.pk).first()
    return render(
        request,
        "deliveries/delivery_detail.html",
        {
            "letter": letter,
            "delivery": delivery,
            "progress": progress_of(delivery) if delivery.is_under_way else None,
            "files": files,
            "dispatches": dispatches,
            "findings": preflight(delivery),
            "can_read_again": any(file.is_unread for file in files),
            "redaction": redaction,
            "names_erased": redaction is not None or delivery.redacted_entries > 0,
            "deadline": frozen_deadline(delivery.rules),
            "seal": Seal.objects.filter(delivery=delivery).first(),
            "can_seal": is_configured(),
            "is_leaving": any(dispatch.is_under_way for dispatch in dispatches),
            "has_way": any(dispatch.status not in OVER for dispatch in dispatches),
            "may_deliver": request.role.includes(EDITOR),
        },
    )


@letter_member(Role.VIEWER)
@require_safe
def delivery_progress(request: MemberRequest, letter: Letter, number: int) -> HttpResponse:
    """The progress fragment; once the work is over it tells htmx to load the whole page."""
    delivery = get_object_or_404(Delivery.objects.of(letter), number=number)
    response = render(
        request,
        "deliveries/progress.html",
        {"letter": letter, "delivery": delivery, "progress": progress_of(delivery)},
    )
    if not delivery.is_under_way:
        response["HX-Redirect"] = delivery.get_organisers_url()
    response["Cache-Control"] = "no-store"
    return response


@letter_member(Role.VIEWER)
@require_safe
def delivery_preview(request: MemberRequest, letter: Letter, number: int) -> HttpResponse:
    """The public page, for members before it is public."""
    delivery = get_object_or_404(Delivery.objects.of(letter), number=number)
    if not delivery.is_complete:
        raise Http404
    response = public_page(request, delivery)
    response["Cache-Control"] = "private, no-store"
    return response


@letter_member(Role.VIEWER)
@require_safe
def delivery_file(request: MemberRequest, letter: Letter, number: int, name: str) -> FileResponse:
    files = DossierFile.objects.select_related("delivery__letter__coalition")
    file = get_object_or_404(files, delivery__letter=letter, delivery__number=number, name=name)
    return download(file, cache_control="private, no-store")
