"""The letter's audit log, for members."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from letters.access import MemberRequest, letter_member
from letters.models import Letter, Role
from verification.audit_trail import filter_log, log_page
from verification.moderation_forms import LogFilterForm
from verification.views.moderation import read_id


@letter_member(Role.VIEWER)
@require_safe
def audit_log(request: MemberRequest, letter: Letter) -> HttpResponse:
    form = LogFilterForm(request.GET, letter=letter)
    cursor = read_id(request.GET.get("older"))
    entries, older = log_page(filter_log(letter.pk, form.asked()), cursor)
    query = urlencode(form.as_typed())
    return render(
        request,
        "verification/audit_log.html",
        {
            "letter": letter,
            "filter_form": form,
            "entries": entries,
            "query": query,
            "older_url": f"?{query}&older={older}" if older else None,
            "first_url": f"?{query}" if cursor is not None else None,
        },
    )
