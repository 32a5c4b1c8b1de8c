"""Who may enter: strangers the public pages of visible letters, members the organisers' by role.

A stranger gets 404 (nothing tells whether the letter exists), a member with too small a role 403,
and so does who was a member before, with a word about it.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django_htmx.middleware import HtmxDetails

from common.access import mark
from common.responses import see_other
from letters.models import (
    Change,
    ChangeEntry,
    Coalition,
    Letter,
    Membership,
    Role,
    Translation,
    User,
)
from letters.services.create_coalition import may_create_coalitions
from letters.services.current_letter import CurrentLetter, current_letter

P = ParamSpec("P")


class MemberRequest(HttpRequest):
    """A request of a member; `role` is the member's role in the coalition."""

    user: User
    role: Role
    htmx: HtmxDetails


class NoLongerMember(PermissionDenied):
    """Whoever asks was a member when this was last there for them."""


LetterView = Callable[Concatenate[MemberRequest, Letter, P], HttpResponseBase]
CoalitionView = Callable[Concatenate[MemberRequest, Coalition, P], HttpResponseBase]


def letter_member(needed: Role) -> Callable[[LetterView[P]], Callable[..., HttpResponseBase]]:
    """Loads the letter named by the route's `slug` for members with at least this role."""

    def decorate(view: LetterView[P]) -> Callable[..., HttpResponseBase]:
        @login_required
        @wraps(view)
        def entered(request: HttpRequest, slug: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
            membership = _membership(request, needed, coalition__letters__slug=slug)
            if lacks_second_step(request, membership):
                return _to_second_step(request, membership.coalition)
            letter = (
                Letter.objects.with_title()
                .select_related("coalition", "current_version")
                .get(slug=slug)
            )
            return view(_with_role(request, membership), letter, *args, **kwargs)

        return mark(entered, f"letter member: {needed.value}")

    return decorate


def coalition_member(needed: Role) -> Callable[[CoalitionView[P]], Callable[..., HttpResponseBase]]:
    """Loads the coalition named by the route's `slug` for members with at least this role."""

    def decorate(view: CoalitionView[P]) -> Callable[..., HttpResponseBase]:
        @login_required
        @wraps(view)
        def entered(request: HttpRequest, slug: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
            membership = _membership(request, needed, coalition__slug=slug)
            if lacks_second_step(request, membership):
                return _to_second_step(request, membership.coalition)
            return view(_with_role(request, membership), membership.coalition, *args, **kwargs)

        return mark(entered, f"coalition member: {needed.value}")

    return decorate


def coalition_founder(
    view: Callable[Concatenate[MemberRequest, P], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """Whoever may create a coalition."""

    @login_required
    @wraps(view)
    def entered(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        member_request = cast(MemberRequest, request)
        if not may_create_coalitions(member_request.user):
            raise PermissionDenied(
                _("On this site, only those who run it create coalitions. Please ask them.")
            )
        return view(member_request, *args, **kwargs)

    return mark(entered, "coalition founder")


def _membership(request: HttpRequest, needed: Role, **of: str) -> Membership:
    """The member's own row in the coalition that has this letter or slug. Raises Http404 for
    strangers, NoLongerMember for who was removed, PermissionDenied where the role is too small."""
    user_id = cast(int, request.user.pk)
    membership = (
        Membership.objects.filter(user_id=user_id, **of).select_related("coalition").first()
    )
    if membership is None:
        _say_what_ended(user_id, **of)
        raise Http404
    if not Role(membership.role).includes(needed):
        raise PermissionDenied
    return membership


def _say_what_ended(user_id: int, **of: str) -> None:
    """Raises NoLongerMember for who was a member, but not about a letter that is younger."""
    ended = ChangeEntry.objects.filter(
        person_id=user_id, change__in=(Change.REMOVE, Change.LEAVE), **of
    )
    if "coalition__letters__slug" in of:
        ended = ended.filter(created_at__gt=F("coalition__letters__created_at"))
    entry = ended.select_related("coalition").first()
    if entry is not None:
        raise NoLongerMember(
            _("You are no longer a member of “%(coalition)s”. Nothing was changed.")
            % {"coalition": entry.coalition}
        )


def _with_role(request: HttpRequest, membership: Membership) -> MemberRequest:
    member_request = cast(MemberRequest, request)
    member_request.role = Role(membership.role)
    return member_request


def lacks_second_step(request: HttpRequest, membership: Membership) -> bool:
    """Whether the coalition asks for a two-step login that the member has not set up."""
    return membership.coalition.mfa_required and not is_mfa_enabled(request.user)


def _to_second_step(request: HttpRequest, coalition: Coalition) -> HttpResponseBase:
    """To the account's page of second steps, saying why."""
    messages.warning(
        request,
        _(
            "“%(coalition)s” asks its members for a two-step login. Set up one of these ways; then "
            "its pages open for you."
        )
        % {"coalition": coalition},
    )
    return see_other(reverse("mfa_index"))


def public_letter(slug: str) -> CurrentLetter:
    """The letter that a stranger may know of. Raises Http404."""
    try:
        return current_letter(slug)
    except Letter.DoesNotExist:
        raise Http404 from None


def public_text(slug: str, language: str | None) -> tuple[CurrentLetter, Translation]:
    """The letter and its text in this language (None: the authoritative, which has no other
    address). Raises Http404."""
    current = public_letter(slug)
    translation = current.translation(language)
    if translation is None or language == current.authoritative.language:
        raise Http404
    return current, translation
