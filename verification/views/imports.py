"""The organisers' screens of an import: upload, what the columns are, check, progress, result."""

from collections.abc import Callable

from django.contrib import messages
from django.forms import BaseForm
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_POST, require_safe

from common.csvfile import NotATable, Shape
from common.responses import page_of_forms, see_other
from common.uploads import MB, takes_file
from letters.access import MemberRequest, letter_member
from letters.models import Letter, Role
from signatories.models import PaperCount
from verification.import_forms import (
    MOST_MB,
    ImportForm,
    PaperForm,
    ShapeForm,
    UploadForm,
    sent_shape,
    why_failed,
    why_no_table,
)
from verification.models import ImportRun
from verification.services.import_people import (
    LetterTakesNone,
    NotNow,
    cancel_import,
    check_import,
    first_rows,
    start_import,
    upload_import,
)

ROWS_SHOWN = 6
IMPORTS_SHOWN = 50


def import_list_page(request: MemberRequest, letter: Letter, **forms: BaseForm) -> HttpResponse:
    imports = ImportRun.objects.filter(letter=letter).select_related("created_by")
    context = {
        "upload_form": UploadForm(),
        "paper_form": PaperForm(),
        "letter": letter,
        "imports": imports[:IMPORTS_SHOWN],
        "papers": PaperCount.objects.filter(letter=letter).select_related("recorded_by"),
        "may_import": request.role.includes(Role.EDITOR),
    }
    return page_of_forms(request, "verification/import_list.html", context, forms)


@letter_member(Role.VIEWER)
@require_safe
def import_list(request: MemberRequest, letter: Letter) -> HttpResponse:
    return import_list_page(request, letter)


@takes_file(MOST_MB * MB)
@letter_member(Role.EDITOR)
@require_POST
def import_new(request: MemberRequest, letter: Letter) -> HttpResponse:
    form = UploadForm(request.POST, request.FILES)
    if form.is_valid() and not letter.accepts_invited():
        form.add_error(None, gettext("The letter takes no signatures at the moment."))
    if not form.is_valid():
        return import_list_page(request, letter, upload_form=form)
    try:
        run = upload_import(letter=letter, file=form.cleaned_data["file"], actor=request.user)
    except NotATable as error:
        form.add_error("file", why_no_table(error))
        return import_list_page(request, letter, upload_form=form)
    return see_other(_url(run))


@letter_member(Role.EDITOR)
@require_safe
def import_detail(request: MemberRequest, letter: Letter, run_id: int) -> HttpResponse:
    """One import: the choices until it begins, how far it is, and what came of it."""
    run = _get(letter, run_id)
    if run.is_under_way or run.is_over:
        context = {"letter": letter, "run": run, "problem": why_failed(run.error)}
        return render(request, "verification/import_detail.html", context)
    shape_form = ShapeForm(request.GET if "encoding" in request.GET else sent_shape(run.shape))
    shape = shape_form.shape if shape_form.is_valid() else run.shape
    rows, unread = _first_rows(run, shape)
    initial = {
        **sent_shape(shape),
        **{f"column_{name}": at for name, at in run.columns.items()},
        **{
            n: getattr(run, n) for n in ("has_header", "language", "consents", "method", "evidence")
        },
    }
    form = ImportForm(run=run, first_row=rows[0] if rows else [], initial=initial)
    return _choices_page(request, run, form, shape_form, rows, unread)


@letter_member(Role.EDITOR)
@require_POST
def import_check(request: MemberRequest, letter: Letter, run_id: int) -> HttpResponse:
    run = _get(letter, run_id)
    if run.is_under_way or run.is_over:
        return see_other(_url(run))
    shape_form = ShapeForm(request.POST)
    shape = shape_form.shape if shape_form.is_valid() else run.shape
    rows, unread = _first_rows(run, shape)
    form = ImportForm(request.POST, run=run, first_row=rows[0] if rows else [])
    if unread or not form.is_valid():
        return _choices_page(request, run, form, shape_form, rows, unread)
    spoken = get_language() or "en"
    return _done(
        request,
        run,
        lambda: check_import(run=run, spoken=spoken, actor=request.user, **form.choices),
    )


@letter_member(Role.EDITOR)
@require_POST
def import_start(request: MemberRequest, letter: Letter, run_id: int) -> HttpResponse:
    run = _get(letter, run_id)
    seen = request.POST.get("seen", "")
    return _done(request, run, lambda: start_import(run=run, seen=seen, actor=request.user))


@letter_member(Role.EDITOR)
@require_POST
def import_cancel(request: MemberRequest, letter: Letter, run_id: int) -> HttpResponse:
    run = _get(letter, run_id)
    return _done(request, run, lambda: cancel_import(run=run, actor=request.user))


@letter_member(Role.EDITOR)
@require_safe
def import_progress(request: MemberRequest, letter: Letter, run_id: int) -> HttpResponse:
    """The progress fragment; once the work is over it tells htmx to load the whole page."""
    run = _get(letter, run_id)
    response = render(request, "verification/import_progress.html", {"letter": letter, "run": run})
    if not run.is_under_way:
        response["HX-Redirect"] = _url(run)
    return response


@letter_member(Role.EDITOR)
@require_safe
def import_faults(request: MemberRequest, letter: Letter, run_id: int) -> FileResponse:
    """The rows that cannot be imported, each with why."""
    run = _get(letter, run_id)
    try:
        content = run.faults_path.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(
        content,
        as_attachment=True,
        filename=f"{letter.slug}-import-{run.pk}-faults.csv",
        content_type="text/csv; charset=utf-8",
    )
    response["Cache-Control"] = "private, no-store"
    return response


def _first_rows(run: ImportRun, shape: Shape) -> tuple[list[list[str]], str]:
    """The rows to show; where they cannot be read so, none and why."""
    try:
        return first_rows(run.path, shape, ROWS_SHOWN), ""
    except NotATable as error:
        return [], why_no_table(error)


def _get(letter: Letter, run_id: int) -> ImportRun:
    """Raises Http404."""
    run = get_object_or_404(ImportRun, letter=letter, pk=run_id)
    run.letter = letter
    return run


def _url(run: ImportRun) -> str:
    return reverse("import_detail", args=[run.letter.slug, run.pk])


def _done(request: MemberRequest, run: ImportRun, act: Callable[[], None]) -> HttpResponse:
    """The import's page after this; the worker looks for new work every few seconds."""
    try:
        act()
    except NotNow:
        messages.error(request, gettext("The import has moved on meanwhile. Please look again."))
    except LetterTakesNone:
        messages.error(request, gettext("The letter takes no signatures at the moment."))
    return see_other(_url(run))


def _choices_page(
    request: MemberRequest,
    run: ImportRun,
    form: ImportForm,
    shape_form: ShapeForm,
    rows: list[list[str]],
    unread: str,
) -> HttpResponse:
    context = {
        "letter": run.letter,
        "run": run,
        "form": form,
        "shape_form": shape_form,
        "rows": rows,
        "unread": unread,
    }
    status = 422 if form.is_bound else 200
    return render(request, "verification/import_choices.html", context, status=status)
