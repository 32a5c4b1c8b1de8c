"""How a letter is signed and when, whether it is open, and its publication."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from common.responses import see_other
from letters.access import MemberRequest, letter_member
from letters.checklist import State, checklist, is_ready
from letters.models import Letter, LetterStatus, Role, effective_offices
from letters.services.change_status import (
    ClosingIsPast,
    NotPossible,
    change_status,
    may_withdraw,
    steps_from,
    withdraw_letter,
)
from letters.services.publish_letter import AlreadyPublished, NotReady, publish_letter
from letters.services.set_up_letter import change_schedule, change_settings
from letters.services.take_drafts import TextChanged, fingerprint
from letters.setup_forms import ScheduleForm, SettingsForm


@letter_member(Role.EDITOR)
@require_http_methods(["GET", "HEAD", "POST"])
def letter_settings(request: MemberRequest, letter: Letter) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    form = SettingsForm(data, letter=letter)
    if data is not None and form.is_valid():
        changed = change_settings(letter=letter, actor=request.user, **form.values())
        _say_saved(request, changed)
        return see_other(reverse("letter_settings", args=[letter.slug]))
    context: dict[str, Any] = {"letter": letter, "form": form}
    context["offices"] = effective_offices(letter)
    context["may_withdraw"] = request.role == Role.OWNER and may_withdraw(letter)
    context["steps"] = steps_from(letter)
    status = 422 if form.errors else 200
    return render(request, "letters/letter_settings.html", context, status=status)


@letter_member(Role.EDITOR)
@require_http_methods(["GET", "HEAD", "POST"])
def schedule(request: MemberRequest, letter: Letter) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    form = ScheduleForm(data, letter=letter)
    if data is not None and form.is_valid():
        changed = change_schedule(letter=letter, actor=request.user, **form.cleaned_data)
        _say_saved(request, changed)
        return see_other(reverse("schedule", args=[letter.slug]))
    status = 422 if form.errors else 200
    return render(request, "letters/schedule.html", {"letter": letter, "form": form}, status=status)


@letter_member(Role.OWNER)
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: MemberRequest, letter: Letter) -> HttpResponse:
    """GET says what withdrawing does; POST does it."""
    try:
        if request.method == "POST":
            withdraw_letter(letter=letter, actor=request.user)
            messages.success(request, _("The letter is withdrawn; its page says so."))
            return see_other(reverse("letter_settings", args=[letter.slug]))
    except NotPossible:
        messages.error(request, _("Somebody changed the letter meanwhile. Please look again."))
        return see_other(reverse("letter_settings", args=[letter.slug]))
    if not may_withdraw(letter):
        return see_other(reverse("letter_settings", args=[letter.slug]))
    return render(request, "letters/withdraw_letter.html", {"letter": letter})


@letter_member(Role.EDITOR)
@require_POST
def status(request: MemberRequest, letter: Letter) -> HttpResponse:
    try:
        change_status(
            letter=letter, to=LetterStatus(request.POST.get("to", "")), actor=request.user
        )
    except ClosingIsPast:
        messages.error(
            request, _("Its closing time has passed. Set a later one first, then reopen.")
        )
        return see_other(reverse("schedule", args=[letter.slug]))
    except ValueError:  # no such step (NotPossible), or no such status
        messages.error(request, _("Somebody changed the letter meanwhile. Please look again."))
    else:
        letter.refresh_from_db(fields=["status"])
        messages.success(
            request, _("The letter is now: %(status)s.") % {"status": letter.get_status_display()}
        )
    return see_other(reverse("letter_settings", args=[letter.slug]))


@letter_member(Role.EDITOR)
@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: MemberRequest, letter: Letter) -> HttpResponse:
    """The checklist, and the button once nothing on it is missing."""
    if letter.status != LetterStatus.DRAFT:
        return redirect("texts", slug=letter.slug)
    if request.method == "POST":
        try:
            publish_letter(
                letter=letter,
                seen=request.POST.get("seen", ""),
                sealed="sealed" in request.POST,
                actor=request.user,
            )
        except TextChanged:
            messages.error(
                request, _("Somebody changed the text meanwhile. Please read it again first.")
            )
        except NotReady:
            messages.error(request, _("Something is still missing: the list below names it."))
        except AlreadyPublished:
            messages.info(request, _("It is published already."))
        else:
            messages.success(
                request,
                _("The letter is under embargo: invite those who sign first.")
                if "sealed" in request.POST
                else _("The letter is published."),
            )
            return see_other(reverse("letter_dashboard", args=[letter.slug]))
        return see_other(reverse("publish", args=[letter.slug]))
    drafts = list(letter.drafts.all())
    items = checklist(letter, drafts)
    context = {
        "letter": letter,
        "items": items,
        "missing": sum(item.state == State.MISSING for item in items),
        "ready": is_ready(items),
        "seen": fingerprint(letter),
    }
    return render(request, "letters/publish.html", context)


def _say_saved(request: MemberRequest, changed: bool) -> None:
    if changed:
        messages.success(request, _("Saved."))
    else:
        messages.info(request, _("Nothing was changed."))
