"""The organisers' page of what strengthens signatures."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST, require_safe

from common.responses import see_other
from letters.access import MemberRequest, letter_member
from letters.models import Letter, Role
from signatories.models import Mark, Organisation
from verification.forms import DomainForm
from verification.services.check_work_domain import FreeMail, set_domain


@letter_member(Role.VIEWER)
@require_safe
def evidence(request: MemberRequest, letter: Letter) -> HttpResponse:
    return _page(request, letter)


@letter_member(Role.EDITOR)
@require_POST
def domain_set(request: MemberRequest, letter: Letter) -> HttpResponse:
    form = DomainForm(request.POST, letter=letter)
    if not form.is_valid():
        return _page(request, letter, domain_form=form)
    try:
        marked = set_domain(**form.cleaned_data)
    except FreeMail:
        form.add_error(
            "domain", gettext("Anybody can have an address there, so it says nothing about work.")
        )
        return _page(request, letter, domain_form=form)
    messages.success(
        request,
        ngettext(
            "Saved. %(n)d signature bears the mark.",
            "Saved. %(n)d signatures bear the mark.",
            marked,
        )
        % {"n": marked},
    )
    return see_other(reverse("evidence", args=[letter.slug]))


def _page(request: MemberRequest, letter: Letter, **forms: Any) -> HttpResponse:
    """The page with these forms in place of empty ones."""
    context = {"domain_form": DomainForm(letter=letter), **forms}
    return render(
        request,
        "verification/evidence.html",
        {
            **context,
            "letter": letter,
            "marks": list(Mark),
            "organisations": Organisation.objects.filter(letter=letter).exclude(domain=""),
            "may_edit": request.role.includes(Role.EDITOR),
        },
        status=422 if forms else 200,
    )
