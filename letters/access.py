"""Who may enter: strangers the public pages of visible letters, members the organisers' by role.

A stranger gets 404 (nothing tells whether the letter exists), a member with too small a role 403.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase

from common.access import mark
from letters.models import Letter, Membership, Role, Translation, User
from letters.services.current_letter import CurrentLetter, current_letter

P = ParamSpec("P")


class MemberRequest(HttpRequest):
    """A request of a member; `role` is the member's role in the letter's coalition."""

    user: User
    role: Role


LetterView = Callable[Concatenate[MemberRequest, Letter, P], HttpResponseBase]


def letter_member(needed: Role) -> Callable[[LetterView[P]], Callable[..., HttpResponseBase]]:
    """Loads the letter named by the route's `slug` for members with at least this role."""

    def decorate(view: LetterView[P]) -> Callable[..., HttpResponseBase]:
        @login_required
        @wraps(view)
        def entered(request: HttpRequest, slug: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
            membership = (
                Membership.objects.filter(
                    user_id=cast(int, request.user.pk), coalition__letters__slug=slug
                )
                .only("role", "coalition_id")
                .first()
            )
            if membership is None:
                raise Http404
            role = Role(membership.role)
            if not role.includes(needed):
                raise PermissionDenied
            letter = Letter.objects.select_related("coalition", "current_version").get(slug=slug)
            member_request = cast(MemberRequest, request)
            member_request.role = role
            return view(member_request, letter, *args, **kwargs)

        return mark(entered, f"letter member: {needed.value}")

    return decorate


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
