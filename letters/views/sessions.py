"""Where an organiser's account is logged in."""

from typing import cast

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common.access import UserRequest, user
from common.responses import see_other
from letters.models import User
from letters.services.end_sessions import end_session, end_sessions


@user
@require_safe
def sessions(request: UserRequest) -> HttpResponse:
    account = cast(User, request.user)
    rows = account.sessions.filter(expire_date__gt=timezone.now()).order_by("-begun_at")
    context = {"sessions": rows, "own_key": request.session.session_key}
    return render(request, "letters/sessions.html", context)


@user
@require_POST
def session_end(request: UserRequest) -> HttpResponse:
    if not end_session(user=cast(User, request.user), handle=request.POST.get("session", "")):
        raise Http404
    messages.success(request, _("That session has ended."))
    return see_other(reverse("sessions"))


@user
@require_POST
def sessions_end_others(request: UserRequest) -> HttpResponse:
    end_sessions(user=cast(User, request.user), but=request.session.session_key)
    messages.success(request, _("All other sessions have ended."))
    return see_other(reverse("sessions"))
