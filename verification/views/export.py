"""Signatures as a table to take along."""

from collections.abc import Callable, Iterable, Iterator

from django.http import HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from common.tables import Row, csv_file, json_file, xlsx_file
from letters.access import MemberRequest, letter_member
from letters.models import Letter, Role
from signatories.export import numbers_by_purpose
from verification.export_form import ExportForm
from verification.services.record_export import record_export

WRITERS: dict[str, tuple[str, Callable[[Row, Iterable[Row]], Iterator[bytes]]]] = {
    "csv": ("text/csv; charset=utf-8", csv_file),
    "json": ("application/json", json_file),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", xlsx_file),
}


@letter_member(Role.EDITOR)
@require_http_methods(["GET", "HEAD", "POST"])
def export(request: MemberRequest, letter: Letter) -> HttpResponseBase:
    """The form; sent, the table itself, row by row."""
    form = ExportForm(
        request.POST if request.method == "POST" else None,
        letter=letter,
        role=request.role,
        numbers=numbers_by_purpose(letter),
    )
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        context = {"letter": letter, "form": form}
        return render(request, "verification/export.html", context, status=status)
    file_format = form.cleaned_data["file_format"]
    record_export(export=form.export, file_format=file_format, actor=request.user)
    media_type, write = WRITERS[file_format]
    response = StreamingHttpResponse(
        write(form.export.columns, form.export.rows()), content_type=media_type
    )
    name = f"{letter.slug}-{form.export.purpose}-{timezone.now():%Y-%m-%d}.{file_format}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
