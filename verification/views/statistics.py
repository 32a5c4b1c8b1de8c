"""A letter in figures, for its members. Nothing is counted here: beat did."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from letters.access import MemberRequest, letter_member
from letters.models import Letter, Role
from signatories.models import Tally
from verification.models import Statistics
from verification.statistics import charts_of


@letter_member(Role.VIEWER)
@require_safe
def statistics(request: MemberRequest, letter: Letter) -> HttpResponse:
    found = Statistics.objects.filter(letter=letter).first()
    context = charts_of(found.figures if found else {}, Tally.objects.of_letter(letter))
    return render(
        request,
        "verification/statistics.html",
        {**context, "letter": letter, "computed_at": found.computed_at if found else None},
    )
