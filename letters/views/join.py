"""The page behind an invitation to work in a coalition. Opening it changes nothing."""

from typing import cast

from allauth.account.utils import perform_login
from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from common.access import mark
from common.responses import private, see_other
from common.tokens import TokenError, TokenExpired
from letters.member_forms import NewAccountForm
from letters.models import MemberInvitation, User
from letters.services.join_coalition import (
    AccountExists,
    Gone,
    join_coalition,
    join_with_new_account,
    read_invitation,
)


@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Whoever holds the link: with the account that is logged in, or with a new one. The page is
    the same whether the invited address has an account or not."""
    try:
        invitation = read_invitation(token)
        if request.method == "POST" and request.user.is_authenticated:
            return _join_as(request, invitation)
        return private(_with_new_account(request, invitation))
    except TokenExpired:
        return private(_problem(request, "expired"))
    except (TokenError, Gone):
        return private(_problem(request, "gone"))


mark(join, "link of an invitation")


def _join_as(request: HttpRequest, invitation: MemberInvitation) -> HttpResponse:
    join_coalition(invitation=invitation, user=cast(User, request.user))
    _welcome(request, invitation)
    return see_other(_members_url(invitation))


def _with_new_account(request: HttpRequest, invitation: MemberInvitation) -> HttpResponse:
    form = NewAccountForm(
        request.POST if request.method == "POST" else None, email=invitation.email
    )
    login_url = f"{reverse('account_login')}?{urlencode({'next': request.path})}"
    if request.method == "POST" and form.is_valid():
        try:
            user = join_with_new_account(invitation=invitation, **form.cleaned_data)
        except (AccountExists, IntegrityError):
            messages.warning(
                request,
                _("Your mail address has an account already. Log in, then accept the invitation."),
            )
            return see_other(login_url)
        _welcome(request, invitation)
        return cast(
            HttpResponse,
            perform_login(request, user, redirect_url=_members_url(invitation)),
        )
    context = {"invitation": invitation, "form": form, "login_url": login_url}
    return render(request, "letters/join.html", context, status=422 if form.errors else 200)


def _welcome(request: HttpRequest, invitation: MemberInvitation) -> None:
    text = _("Welcome to “%(coalition)s”.") % {"coalition": invitation.coalition}
    messages.success(request, text)


def _members_url(invitation: MemberInvitation) -> str:
    return reverse("members", kwargs={"slug": invitation.coalition.slug})


def _problem(request: HttpRequest, problem: str) -> HttpResponse:
    return render(request, "letters/join_problem.html", {"problem": problem}, status=404)
