"""Who works in a coalition: roles, invitations, removal, leaving, handing over."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.responses import see_other
from letters.access import MemberRequest, coalition_member
from letters.member_forms import InviteForm, RoleForm
from letters.models import Coalition, MemberInvitation, Membership, Role
from letters.services.change_members import (
    change_role,
    leave_coalition,
    remove_member,
    transfer_ownership,
)
from letters.services.invite_member import (
    AlreadyInvited,
    AlreadyMember,
    TooManyPending,
    TooSoon,
    invite_member,
    resend_invitation,
    revoke_invitation,
)
from letters.services.lock_members import LastOwner, NotAMember

GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])


@coalition_member(Role.VIEWER)
@require_safe
def members(request: MemberRequest, coalition: Coalition) -> HttpResponse:
    return _page(request, coalition, InviteForm())


@coalition_member(Role.OWNER)
@require_POST
def member_invite(request: MemberRequest, coalition: Coalition) -> HttpResponse:
    form = InviteForm(request.POST)
    if not form.is_valid():
        return _page(request, coalition, form)
    email = form.cleaned_data["email"]
    try:
        invite_member(
            coalition=coalition,
            email=email,
            role=Role(form.cleaned_data["role"]),
            language=get_language() or "en",
            actor=request.user,
        )
    except AlreadyMember:
        form.add_error("email", _("This address belongs to a member already."))
    except AlreadyInvited:
        form.add_error("email", _("This address is invited already. You can send the mail again."))
    except TooSoon:
        form.add_error(
            "email", _("This address was invited a moment ago. Please wait ten minutes.")
        )
    except TooManyPending:
        form.add_error(None, _("So many invitations are pending. Please revoke some first."))
    else:
        messages.success(request, _("%(email)s gets a mail with a link.") % {"email": email})
        return _back(coalition)
    return _page(request, coalition, form)


@coalition_member(Role.OWNER)
@require_POST
def member_invitation_resend(
    request: MemberRequest, coalition: Coalition, invitation_id: int
) -> HttpResponse:
    try:
        resend_invitation(coalition=coalition, invitation_id=invitation_id, actor=request.user)
    except MemberInvitation.DoesNotExist:
        raise Http404 from None
    except TooSoon:
        messages.warning(request, _("A mail went a moment ago. Please wait ten minutes."))
    else:
        messages.success(request, _("A new mail goes to the invited address."))
    return _back(coalition)


@coalition_member(Role.OWNER)
@require_POST
def member_invitation_revoke(
    request: MemberRequest, coalition: Coalition, invitation_id: int
) -> HttpResponse:
    try:
        revoke_invitation(coalition=coalition, invitation_id=invitation_id, actor=request.user)
    except MemberInvitation.DoesNotExist:
        raise Http404 from None
    messages.success(request, _("The invitation is revoked: its link works no more."))
    return _back(coalition)


@coalition_member(Role.OWNER)
@require_POST
def member_role(request: MemberRequest, coalition: Coalition, user_id: int) -> HttpResponse:
    form = RoleForm(request.POST)
    if not form.is_valid():
        return _page(request, coalition, InviteForm(), status=422)
    role = Role(form.cleaned_data["role"])
    done = _("The role is changed.")
    return _change(request, change_role, done, coalition, user_id=user_id, role=role)


@coalition_member(Role.OWNER)
@GET_OR_POST
def member_remove(request: MemberRequest, coalition: Coalition, user_id: int) -> HttpResponse:
    if request.method != "POST":
        return _ask(request, coalition, "remove", user_id)
    done = _("The member is removed and can enter no more.")
    return _change(request, remove_member, done, coalition, user_id=user_id)


@coalition_member(Role.OWNER)
@GET_OR_POST
def ownership_transfer(request: MemberRequest, coalition: Coalition, user_id: int) -> HttpResponse:
    if request.method != "POST":
        return _ask(request, coalition, "transfer", user_id)
    done = _("The coalition is handed over.")
    return _change(request, transfer_ownership, done, coalition, user_id=user_id)


@coalition_member(Role.VIEWER)
@GET_OR_POST
def coalition_leave(request: MemberRequest, coalition: Coalition) -> HttpResponse:
    if request.method != "POST":
        return _ask(request, coalition, "leave", request.user.pk)
    done = _("You have left “%(coalition)s”.") % {"coalition": coalition}
    return _change(request, leave_coalition, done, coalition, left=True)


def _change(
    request: MemberRequest,
    service: Callable[..., None],
    done: str,
    coalition: Coalition,
    left: bool = False,
    **what: Any,
) -> HttpResponse:
    """Has it done and says so, or why not. Who has `left` can open the members' page no more."""
    try:
        service(coalition=coalition, actor=request.user, **what)
    except LastOwner:
        messages.error(
            request,
            _("A coalition needs an owner who can log in. Make another member an owner first."),
        )
    except NotAMember:
        messages.warning(request, _("That person has left meanwhile. Nothing was changed."))
    else:
        messages.success(request, done)
        if left:
            return see_other(reverse("dashboard"))
    return _back(coalition)


def _back(coalition: Coalition) -> HttpResponse:
    return see_other(reverse("members", kwargs={"slug": coalition.slug}))


def _ask(request: MemberRequest, coalition: Coalition, question: str, user_id: int) -> HttpResponse:
    """The page that asks before something that only others could undo."""
    member = get_object_or_404(
        Membership.objects.select_related("user"), coalition=coalition, user_id=user_id
    )
    context = {
        "coalition": coalition,
        "role": request.role,
        "member": member,
        "question": question,
    }
    return render(request, "letters/member_confirm.html", context)


def _page(
    request: MemberRequest, coalition: Coalition, form: InviteForm, status: int = 200
) -> HttpResponse:
    people = Membership.objects.filter(coalition=coalition).select_related("user").by_role()
    is_owner = request.role == Role.OWNER
    invitations = MemberInvitation.objects.filter(coalition=coalition).select_related("invited_by")
    context = {
        "coalition": coalition,
        "role": request.role,
        "roles": Role.choices,
        "members": people,
        "is_owner": is_owner,
        "invitations": invitations if is_owner else None,
        "form": form,
    }
    return render(request, "letters/members.html", context, status=422 if form.errors else status)
