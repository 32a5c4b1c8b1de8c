"""The organisers' first screens: their letters, and one letter at a glance."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from coalition.cards import letter_cards
from common.access import UserRequest, user
from deliveries.models import Delivery
from letters.access import MemberRequest, letter_member
from letters.models import Letter, Membership, Role
from signatories.models import Signature

RECENT = 10


@user
@require_safe
def dashboard(request: UserRequest) -> HttpResponse:
    letters = Letter.objects.of_member(request.user.pk).select_related("coalition")
    cards = letter_cards(letters)
    roles = dict(
        Membership.objects.filter(user_id=request.user.pk).values_list("coalition_id", "role")
    )
    for card in cards:
        card["role"] = Role(roles[card["letter"].coalition_id])
    return render(request, "coalition/dashboard.html", {"cards": cards})


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
            "role": request.role,
        },
    )
