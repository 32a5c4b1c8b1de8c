"""Signatures on paper: recorded as numbers, shown apart from the counted."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST

from common.responses import see_other
from letters.access import MemberRequest, letter_member
from letters.models import Letter, Role
from signatories.models import PaperCount
from verification.import_forms import PaperForm
from verification.services.count_paper import record_paper, take_back_paper
from verification.views.imports import import_list_page


@letter_member(Role.EDITOR)
@require_POST
def paper_new(request: MemberRequest, letter: Letter) -> HttpResponse:
    form = PaperForm(request.POST)
    if not form.is_valid():
        return import_list_page(request, letter, paper_form=form)
    record_paper(letter=letter, actor=request.user, **form.cleaned_data)
    return see_other(reverse("import_list", args=[letter.slug]))


@letter_member(Role.EDITOR)
@require_POST
def paper_take_back(request: MemberRequest, letter: Letter, paper_id: int) -> HttpResponse:
    paper = get_object_or_404(PaperCount, letter=letter, pk=paper_id)
    take_back_paper(paper=paper, actor=request.user)
    return see_other(reverse("import_list", args=[letter.slug]))
