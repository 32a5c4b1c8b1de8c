"""The letter's audit log, for members: to read, and as a table to take along."""

from collections.abc import Iterator

from django.http import HttpResponse, HttpResponseBase, QueryDict, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from common.tables import Row, csv_file
from letters.access import MemberRequest, letter_member
from letters.models import Letter, Role
from verification.audit_trail import filter_log, log_page, whole_log
from verification.models import Action, AuditEntry
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
            "may_export": request.role.includes(Role.MODERATOR),
            "older_url": f"?{query}&older={older}" if older else None,
            "first_url": f"?{query}" if cursor is not None else None,
        },
    )


# As in the log: a signature by its number, never by a name.
COLUMNS = ("at", "what", "signature", "who", "reason", "note", "status_before", "status_after")


@letter_member(Role.MODERATOR)
@require_POST
def audit_log_export(request: MemberRequest, letter: Letter) -> HttpResponseBase:
    """What the filters find, as CSV, line by line. That it was taken is itself in the log."""
    asked = QueryDict(request.POST.get("query", ""))
    form = LogFilterForm(asked, letter=letter)
    entries = filter_log(letter.pk, form.asked())
    AuditEntry.objects.create(
        letter=letter,
        actor=request.user,
        action=Action.EXPORT,
        after={"table": "audit log", "filters": form.as_typed()},
    )
    response = StreamingHttpResponse(
        csv_file(COLUMNS, _rows(whole_log(entries))), content_type="text/csv; charset=utf-8"
    )
    name = f"{letter.slug}-decisions-{timezone.now():%Y-%m-%d}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _rows(entries: Iterator[AuditEntry]) -> Iterator[Row]:
    for entry in entries:
        yield (
            entry.created_at,
            entry.action,
            entry.signature_id,
            str(entry.actor or ""),
            entry.reason,
            entry.note,
            entry.before.get("status"),
            entry.after.get("status"),
        )
