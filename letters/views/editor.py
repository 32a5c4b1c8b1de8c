"""Where a letter's text is written, one language a page, beside what the public will see."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from common.responses import see_other
from letters.access import MemberRequest, letter_member
from letters.forms import DraftForm, LanguageForm
from letters.languages import LANGUAGES
from letters.models import Draft, Letter, Role
from letters.services.check_member import RoleEnded
from letters.services.draft_languages import (
    IsAuthoritative,
    IsPublished,
    add_language,
    begin_version,
    discard_version,
    remove_language,
)
from letters.services.save_draft import Conflict, DraftGone, save_draft, settle_conflict
from letters.views.versions import text_diff


@letter_member(Role.EDITOR)
@require_http_methods(["GET", "HEAD", "POST"])
def edit_text(request: MemberRequest, letter: Letter, language: str | None = None) -> HttpResponse:
    """The form. It saves itself while one types (htmx), or by its button."""
    draft = _draft(letter, language)
    if request.method != "POST":
        if draft is None:
            return redirect("texts", slug=letter.slug)
        return _page(request, letter, draft, DraftForm(None, draft=draft))
    if draft is None:
        return _given_back(request, letter, _gone())
    form = DraftForm(request.POST, draft=draft)
    if not form.is_valid() or ("preview" in request.POST and "keep" not in request.POST):
        return _page(request, letter, draft, form)
    try:
        saved = _save(request, letter, draft, form)
    except Conflict as conflict:
        return _page(request, letter, draft, form, conflict=conflict.draft)
    except DraftGone:
        return _given_back(request, letter, _gone())
    except RoleEnded as ended:
        return _given_back(request, letter, str(ended), status=403)
    if request.htmx:
        return render(request, "letters/saved.html", {"draft": saved})
    messages.success(request, _("Saved."))
    return see_other(saved.get_absolute_url())


@letter_member(Role.EDITOR)
@require_POST
def preview_text(request: MemberRequest, letter: Letter, language: str) -> HttpResponse:
    """What is typed as the public would see it; nothing is saved."""
    draft = get_object_or_404(Draft, letter=letter, language=language)
    form = DraftForm(request.POST, draft=draft)
    form.is_valid()
    context = {"letter": letter, "text": _as_typed(draft, form)}
    return render(request, "letters/preview.html", context)


@letter_member(Role.EDITOR)
@require_POST
def draft_begin(request: MemberRequest, letter: Letter) -> HttpResponse:
    """A new version begins with the words of the current one."""
    begin_version(letter=letter, actor=request.user)
    return see_other(reverse("edit_text", args=[letter.slug]))


@letter_member(Role.EDITOR)
@require_POST
def draft_discard(request: MemberRequest, letter: Letter) -> HttpResponse:
    discard_version(letter=letter, actor=request.user)
    messages.success(request, _("The draft is discarded. The published text is as it was."))
    return see_other(reverse("texts", args=[letter.slug]))


@letter_member(Role.EDITOR)
@require_POST
def language_add(request: MemberRequest, letter: Letter) -> HttpResponse:
    language = request.POST.get("language", "")
    if language not in LANGUAGES or not letter.drafts.exists():
        messages.error(request, _("Please choose a language."))
        return see_other(reverse("edit_text", args=[letter.slug]))
    draft = add_language(letter=letter, language=language, actor=request.user)
    return see_other(draft.get_absolute_url())


@letter_member(Role.EDITOR)
@require_POST
def language_remove(request: MemberRequest, letter: Letter, language: str) -> HttpResponse:
    try:
        remove_language(letter=letter, language=language, actor=request.user)
    except Draft.DoesNotExist:
        raise Http404 from None
    except IsAuthoritative:
        messages.error(request, _("The authoritative language stays."))
    except IsPublished:
        messages.error(request, _("This translation is public; it stays in later versions."))
    else:
        messages.success(request, _("The translation is removed; what was written is set aside."))
    return see_other(reverse("edit_text", args=[letter.slug]))


def _draft(letter: Letter, language: str | None) -> Draft | None:
    """The draft in this language, or the authoritative one. Raises Http404 for a language that the
    letter is not written in."""
    drafts = letter.drafts.select_related("edited_by")
    if language is None:
        return drafts.filter(is_authoritative=True).first()
    draft = drafts.filter(language=language).first()
    if draft is None and letter.drafts.exists():
        raise Http404
    return draft


def _save(request: MemberRequest, letter: Letter, draft: Draft, form: DraftForm) -> Draft:
    keep, over = request.POST.get("keep"), request.POST.get("over", "")
    if keep in ("mine", "theirs") and over.isdecimal():
        return settle_conflict(
            letter=letter,
            language=draft.language,
            over=int(over),
            texts=form.written(),
            mine=keep == "mine",
            actor=request.user,
        )
    return save_draft(
        letter=letter,
        language=draft.language,
        base=form.cleaned_data["revision"],
        texts=form.written(),
        actor=request.user,
    )


def _as_typed(draft: Draft, form: DraftForm) -> Draft:
    """The text that the form has, not saved; a field that is wrong shows as it is saved."""
    values = draft.written()
    if form.is_bound:
        values |= {name: v for name, v in form.cleaned_data.items() if name in values}
    return Draft(
        letter=draft.letter,
        language=draft.language,
        is_authoritative=draft.is_authoritative,
        **values,
    )


def _page(
    request: MemberRequest,
    letter: Letter,
    draft: Draft,
    form: DraftForm,
    *,
    conflict: Draft | None = None,
) -> HttpResponse:
    """The whole page, or what changes of it where the form saved itself."""
    typed = _as_typed(draft, form)
    context: dict[str, Any] = {"letter": letter, "draft": draft, "form": form, "text": typed}
    status = 200
    if conflict is not None:
        context |= {"theirs": conflict, **text_diff(conflict, typed)}
        status = 409
    elif form.errors:
        status = 422
    if request.htmx:
        return render(request, "letters/not_saved.html", context, status=status)
    drafts = list(letter.drafts.all())
    context |= {
        "drafts": drafts,
        "main": next((d for d in drafts if d.is_authoritative), None),
        "language_form": LanguageForm(without={d.language for d in drafts}),
        "set_aside": letter.texts_set_aside.filter(language=draft.language).select_related(
            "author"
        ),
        "is_published": letter.current_version_id is not None,
    }
    return render(request, "letters/edit_text.html", context, status=status)


def _gone() -> str:
    return _("This draft was published or discarded meanwhile.")


def _given_back(
    request: MemberRequest, letter: Letter, why: str, *, status: int = 409
) -> HttpResponse:
    """What nothing can save any more stands on the page, to be copied from there."""
    context = {"letter": letter, "why": why, "words": request.POST.get("body_markdown", "")}
    part = "letters/given_back_part.html" if request.htmx else "letters/given_back.html"
    return render(request, part, context, status=status)
