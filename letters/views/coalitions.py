"""A coalition's own pages: creating it, its settings, and what changed in it."""

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import IntegrityError
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from common.responses import see_other
from letters.access import MemberRequest, coalition_founder, coalition_member
from letters.member_forms import CoalitionForm, CoalitionSettingsForm
from letters.models import ChangeEntry, Coalition, Role
from letters.services.change_coalition import change_coalition
from letters.services.create_coalition import create_coalition

ENTRIES_A_PAGE = 50
GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])


@coalition_founder
@GET_OR_POST
def coalition_new(request: MemberRequest) -> HttpResponse:
    form = CoalitionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            coalition = create_coalition(**form.cleaned_data, actor=request.user)
        except IntegrityError:
            _say_taken(form)
        else:
            messages.success(
                request, _("“%(name)s” is there. Invite who works with you.") % {"name": coalition}
            )
            return see_other(reverse("members", kwargs={"slug": coalition.slug}))
    return render(request, "letters/coalition_new.html", {"form": form}, status=_status(form))


@coalition_member(Role.OWNER)
@GET_OR_POST
def coalition_settings(request: MemberRequest, coalition: Coalition) -> HttpResponse:
    shown = Coalition.objects.get(pk=coalition.pk)  # the form writes into its own
    form = CoalitionSettingsForm(
        request.POST if request.method == "POST" else None,
        instance=shown,
        owner_has_second_step=is_mfa_enabled(request.user),
    )
    if request.method == "POST" and form.is_valid():
        try:
            changed = change_coalition(
                coalition=coalition, values=form.cleaned_data, actor=request.user
            )
        except IntegrityError:
            _say_taken(form)
        else:
            messages.success(request, _("The settings are saved."))
            return see_other(reverse("coalition_settings", kwargs={"slug": changed.slug}))
    context = {"coalition": coalition, "form": form, "role": request.role}
    return render(request, "letters/coalition_settings.html", context, status=_status(form))


@coalition_member(Role.VIEWER)
@require_safe
def coalition_log(request: MemberRequest, coalition: Coalition) -> HttpResponse:
    entries = ChangeEntry.objects.filter(coalition=coalition).prefetch_related("actor", "person")
    page = Paginator(entries, ENTRIES_A_PAGE).get_page(request.GET.get("page"))
    context = {"coalition": coalition, "page": page, "role": request.role}
    return render(request, "letters/coalition_log.html", context)


def _say_taken(form: CoalitionForm) -> None:
    form.add_error("slug", _("This short name is taken. Please choose another."))


def _status(form: CoalitionForm) -> int:
    return 422 if form.errors else 200
