"""Handing a delivery over by hand: files, texts to copy, and the record that it was done."""

from django.contrib import messages
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from common.responses import see_other
from deliveries.archive import zip_parts
from deliveries.form_texts import form_texts
from deliveries.forms import ByHandForm
from deliveries.models import Delivery
from deliveries.models.file import file_name
from deliveries.services.send_delivery import CannotSend, record_by_hand
from deliveries.views.sending import explain
from letters.access import MemberRequest, letter_member
from letters.deadline import frozen_deadline
from letters.models import Letter, Role


@letter_member(Role.EDITOR)
@require_http_methods(["GET", "HEAD", "POST"])
def delivery_by_hand(request: MemberRequest, letter: Letter, number: int) -> HttpResponse:
    """GET has what people need to hand it over; POST records that they did."""
    delivery = get_object_or_404(Delivery.objects.of(letter), number=number)
    if not delivery.is_complete:
        raise Http404
    data = request.POST if request.method == "POST" else None
    form = ByHandForm(data, delivery=delivery)
    if data is not None and form.is_valid():
        try:
            record_by_hand(delivery=delivery, actor=request.user, **form.cleaned_data)
        except CannotSend as error:
            messages.error(request, explain(error))
        else:
            messages.success(request, gettext("Recorded as delivered by hand."))
        return see_other(delivery.get_organisers_url())
    context = {
        "letter": letter,
        "delivery": delivery,
        "deadline": frozen_deadline(delivery.rules),
        "files": delivery.files.for_office().select_related("delivery__letter__coalition"),
        "texts": form_texts(delivery, request.user),
        "form": form,
    }
    status = 422 if form.errors else 200
    return render(request, "deliveries/by_hand.html", context, status=status)


@letter_member(Role.VIEWER)
@require_safe
def delivery_zip(
    request: MemberRequest, letter: Letter, number: int
) -> HttpResponse | StreamingHttpResponse:
    """The files for the office, streamed; their names say who submits them."""
    delivery = get_object_or_404(Delivery.objects.of(letter), number=number)
    files = list(delivery.files.for_office().select_related("delivery__letter__coalition"))
    if not files or not all(file.path.is_file() for file in files):
        raise Http404
    response = StreamingHttpResponse(
        zip_parts(files, delivery.frozen_at), content_type="application/zip"
    )
    name = file_name(delivery, "upload.zip")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response
