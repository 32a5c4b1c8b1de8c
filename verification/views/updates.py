"""Updates to signatories: editors write, try, send and steer them; every member sees how far."""

from typing import Any

from csp.constants import SELF
from csp.decorators import csp_update
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.responses import mail_in_frame, see_other
from letters.access import MemberRequest, letter_member
from letters.models import Letter, Role
from verification.models import Update, UpdateMail, UpdateState
from verification.services.build_update_mail import sample_mail
from verification.services.send_updates import recipients
from verification.services.steer_update import send_update, steer_update
from verification.services.write_update import UpdateChanged, discard_update, write_update
from verification.tasks import send_updates
from verification.update_forms import SendForm, text_forms
from verification.views.moderation import read_id

SHOWN = 50


@letter_member(Role.VIEWER)
@require_safe
def update_list(request: MemberRequest, letter: Letter) -> HttpResponse:
    updates = Update.objects.filter(letter=letter).prefetch_related("texts")[:SHOWN]
    context = {
        "letter": letter,
        "updates": [
            {"update": one, "figures": UpdateMail.objects.progress(one)} for one in updates
        ],
        "reached": recipients(letter.pk).count(),
        "may_edit": request.role.includes(Role.EDITOR),
    }
    return render(request, "verification/update_list.html", context)


@letter_member(Role.EDITOR)
@require_http_methods(["GET", "HEAD", "POST"])
def update_edit(
    request: MemberRequest, letter: Letter, update_id: int | None = None
) -> HttpResponse:
    """The words, in each language of the letter."""
    if letter.current_version is None:
        messages.info(request, _("An update goes to signatories. First publish the letter."))
        return redirect("update_list", slug=letter.slug)
    update = _find(letter, update_id) if update_id else None
    if update and update.state != UpdateState.DRAFT:
        return redirect(update)
    data = request.POST if request.method == "POST" else None
    forms = text_forms(data, letter, update)
    seen = update.revision if update else 1
    conflict = False
    if data is not None and all(form.is_valid() for form in forms):
        texts = {form.text.language: words for form in forms if (words := form.words())}
        try:
            saved = write_update(
                letter=letter,
                update_id=update_id,
                seen=read_id(data.get("seen")) or 0,
                texts=texts,
                actor=request.user,
            )
        except UpdateChanged:
            conflict = True
        else:
            messages.success(request, _("Saved. Look at it as it will arrive, then send it."))
            return see_other(saved.get_absolute_url())
    context = {
        "letter": letter,
        "update": update,
        "forms": forms,
        "seen": seen,
        "conflict": conflict,
        "wrong": [form for form in forms if form.errors],
    }
    status = 409 if conflict else 422 if data is not None else 200
    return render(request, "verification/update_edit.html", context, status=status)


@csp_update({"frame-src": [SELF]})
@letter_member(Role.VIEWER)
@require_safe
def update_detail(request: MemberRequest, letter: Letter, update_id: int) -> HttpResponse:
    return _page(request, letter, _find(letter, update_id))


@letter_member(Role.VIEWER)
@require_safe
def mail(request: MemberRequest, letter: Letter, update_id: int, language: str) -> HttpResponse:
    """The mail itself, for the frame on the update's page."""
    update = _find(letter, update_id)
    if language not in {text.language for text in update.texts.all()}:
        raise Http404
    sample = sample_mail(update, language=language, to=request.user.email)
    return mail_in_frame(str(sample.alternatives[0][0]))


@letter_member(Role.VIEWER)
@require_safe
def progress(request: MemberRequest, letter: Letter, update_id: int) -> HttpResponse:
    """The progress alone; once it rests it tells htmx to load the whole page."""
    update = _find(letter, update_id)
    context = {"letter": letter, "update": update, "figures": UpdateMail.objects.progress(update)}
    response = render(request, "verification/update_progress.html", context)
    if not update.is_under_way:
        response["HX-Redirect"] = update.get_absolute_url()
    return response


@letter_member(Role.EDITOR)
@require_POST
def test(request: MemberRequest, letter: Letter, update_id: int) -> HttpResponse:
    """Mails the update to the editor who asks, in each language that it has."""
    update = _find(letter, update_id)
    try:
        for text in update.texts.all():
            sample_mail(update, language=text.language, to=request.user.email).send()
    except OSError:  # SMTPException is one, too
        messages.error(request, _("The mail server does not take it now. Please try again later."))
    else:
        messages.success(
            request, _("A test is on its way to %(address)s.") % {"address": request.user.email}
        )
    return see_other(update.get_absolute_url())


@csp_update({"frame-src": [SELF]})
@letter_member(Role.EDITOR)
@require_POST
def send(request: MemberRequest, letter: Letter, update_id: int) -> HttpResponse:
    update = _find(letter, update_id)
    form = SendForm(request.POST, letter=letter, update=update)
    if not form.is_valid():
        return _page(request, letter, update, form)
    try:
        send_update(
            letter=letter,
            update_id=update.pk,
            seen=form.cleaned_data["seen"],
            actor=request.user,
            at=form.cleaned_data["starts_at"],
        )
    except UpdateChanged:
        _say_changed(request)
    else:
        transaction.on_commit(send_updates.delay)
    return see_other(update.get_absolute_url())


@letter_member(Role.EDITOR)
@require_POST
def step(request: MemberRequest, letter: Letter, update_id: int) -> HttpResponse:
    """Pause, resume, stop, take back the schedule, or discard."""
    update = _find(letter, update_id)
    pressed = request.POST.get("step", "")
    try:
        if pressed == "discard":
            discard_update(letter=letter, update_id=update.pk, actor=request.user)
            messages.success(request, _("Discarded. Nobody got a mail."))
            return see_other(reverse("update_list", args=[letter.slug]))
        steer_update(letter=letter, update_id=update.pk, step=pressed, actor=request.user)
    except UpdateChanged:
        _say_changed(request)
    return see_other(update.get_absolute_url())


def _find(letter: Letter, update_id: int) -> Update:
    updates = Update.objects.prefetch_related("texts").select_related("created_by")
    update = get_object_or_404(updates, letter=letter, pk=update_id)
    update.letter = letter
    return update


def _page(
    request: MemberRequest, letter: Letter, update: Update, form: SendForm | None = None
) -> HttpResponse:
    texts = list(update.texts.all())
    chosen = next((t for t in texts if t.language == request.GET.get("language")), texts[0])
    is_new = update.state == UpdateState.DRAFT
    context: dict[str, Any] = {
        "letter": letter,
        "update": update,
        "texts": texts,
        "text": chosen,
        "figures": UpdateMail.objects.progress(update),
        "form": form or SendForm(letter=letter, update=update),
        "reached": recipients(letter.pk).count() if is_new else None,
        "may_edit": request.role.includes(Role.EDITOR),
    }
    status = 422 if form else 200
    return render(request, "verification/update_detail.html", context, status=status)


def _say_changed(request: MemberRequest) -> None:
    messages.warning(request, _("It was changed meanwhile. Please look at it again."))
