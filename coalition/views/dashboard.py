"""The organisers' first screens: their letters, and one letter at a glance."""

from collections import defaultdict
from typing import Any, cast

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from coalition.cards import letter_cards
from common.access import UserRequest, user
from deliveries.models import Delivery
from letters.access import MemberRequest, lacks_second_step, letter_member
from letters.models import Letter, Membership, Role, User, effective_offices
from letters.services.create_coalition import may_create_coalitions
from signatories.models import Signature

RECENT = 10


@user
@require_safe
def dashboard(request: UserRequest) -> HttpResponse:
    """The member's coalitions, each with its letters; of one that asks for a two-step login which
    the member has not set up, its name alone."""
    account = cast(User, request.user)
    memberships = (
        Membership.objects.filter(user=account)
        .select_related("coalition")
        .order_by("coalition__name")
    )
    locked = {m.coalition_id for m in memberships if lacks_second_step(request, m)}
    letters = (
        Letter.objects.of_member(account.pk)
        .exclude(coalition__in=locked)
        .select_related("coalition")
    )
    cards: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for card in letter_cards(letters):
        cards[card["letter"].coalition_id].append(card)
    coalitions = [
        {
            "coalition": membership.coalition,
            "role": Role(membership.role),
            "cards": cards[membership.coalition_id],
            "locked": membership.coalition_id in locked,
        }
        for membership in memberships
    ]
    context = {"coalitions": coalitions, "may_create": may_create_coalitions(account)}
    return render(request, "coalition/dashboard.html", context)


@letter_member(Role.VIEWER)
@require_safe
def letter_dashboard(request: MemberRequest, letter: Letter) -> HttpResponse:
    card = letter_cards([letter])[0]
    recent = Signature.objects.of_letter(letter.pk).order_by("-id")[:RECENT]
    deliveries = Delivery.objects.filter(letter=letter).select_related("office")[:RECENT]
    return render(
        request,
        "coalition/letter_dashboard.html",
        {
            **card,
            "recent": recent,
            "deliveries": deliveries,
            "offices": effective_offices(letter),
            "role": request.role,
        },
    )
