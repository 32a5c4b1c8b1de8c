"""The moderators' list, and what they do with the signatures chosen there."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from common.responses import see_other
from letters.access import MemberRequest, letter_member
from letters.models import Letter, Role
from verification.models import Action, SavedQuery
from verification.moderation_forms import (
    AssignForm,
    BulkForm,
    DecisionForm,
    QueueFilterForm,
    SavedQueryForm,
)
from verification.queue import Found, QueryTooBroad, QueuePage, names_address, queue_page
from verification.services.decide_signatures import Outcome, decide_signatures
from verification.services.remark import assign_signatures
from verification.services.undo_decisions import undo_decisions
from verification.signals import SIGNALS

DECIDED = "decided"  # in the session: entries of the log that the next page offers to undo


@letter_member(Role.VIEWER)
@require_safe
def moderation_list(request: MemberRequest, letter: Letter) -> HttpResponse:
    return queue_response(request, letter, request.GET)


@letter_member(Role.MODERATOR)
@require_POST
def decide(request: MemberRequest, letter: Letter) -> HttpResponse:
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return queue_response(request, letter, _asked(request), decision_form=form)
    outcome = decide_signatures(
        letter=letter,
        seen=form.cleaned_data["seen"],
        action=Action(form.cleaned_data["action"]),
        actor=request.user,
        reason=form.cleaned_data["reason"],
        note=form.cleaned_data["note"],
    )
    _say(request, outcome)
    request.session[DECIDED] = {"letter": letter.pk, "entries": outcome.entry_ids}
    return see_other(_back(request, letter))


@letter_member(Role.MODERATOR)
@require_POST
def undo(request: MemberRequest, letter: Letter) -> HttpResponse:
    ids = {entry for text in request.POST.getlist("entry") if (entry := read_id(text)) is not None}
    outcome = undo_decisions(letter=letter, entry_ids=ids, actor=request.user)
    if outcome.changed:
        messages.success(
            request,
            ngettext("%(n)d decision undone.", "%(n)d decisions undone.", outcome.changed)
            % {"n": outcome.changed},
        )
    if outcome.left_alone:
        messages.warning(
            request,
            ngettext(
                "%(n)d decision could not be undone: the signature changed since.",
                "%(n)d decisions could not be undone: the signatures changed since.",
                outcome.left_alone,
            )
            % {"n": outcome.left_alone},
        )
    return see_other(_back(request, letter))


@letter_member(Role.MODERATOR)
@require_POST
def assign(request: MemberRequest, letter: Letter) -> HttpResponse:
    form = AssignForm(request.POST, letter=letter)
    if not form.is_valid():
        messages.error(request, _("Please choose signatures, and a member to look after them."))
        return see_other(_back(request, letter))
    moved = assign_signatures(
        letter=letter,
        signature_ids=form.cleaned_data["seen"],
        membership=form.membership(),
        actor=request.user,
    )
    messages.success(
        request,
        ngettext("%(n)d signature assigned.", "%(n)d signatures assigned.", moved) % {"n": moved},
    )
    return see_other(_back(request, letter))


def queue_response(
    request: MemberRequest,
    letter: Letter,
    asked: Mapping[str, str],
    *,
    decision_form: DecisionForm | None = None,
    bulk_form: BulkForm | None = None,
    query_form: SavedQueryForm | None = None,
) -> HttpResponse:
    """The list as `asked` for; with a form that lacks something, all that was chosen stays."""
    filter_form = QueueFilterForm(asked, letter=letter)
    filters, typed = filter_form.asked(), filter_form.as_typed()
    cursors = {name: read_id(asked.get(name)) for name in ("older", "newer")}
    page, too_broad = QueuePage([], None, None, Found(0)), False
    may_decide = request.role.includes(Role.MODERATOR)
    # Whoever may not see addresses could else ask for one after another.
    not_asked = names_address(filters) and not may_decide
    try:
        if not not_asked:
            page = queue_page(
                letter.pk, filters, older_than=cursors["older"], newer_than=cursors["newer"]
            )
    except QueryTooBroad:
        too_broad = True
    faulty = decision_form or bulk_form or query_form
    context: dict[str, Any] = {
        "letter": letter,
        "filter_form": filter_form,
        "form": faulty,
        "decision_form": decision_form or DecisionForm(),
        "ticked": decision_form.ticked() if decision_form else [],
        "bulk_form": bulk_form or BulkForm(),
        "bulk_open": bulk_form is not None,
        "query_form": query_form or SavedQueryForm(),
        "signatures": page.signatures,
        "found": page.found,
        "too_broad": too_broad,
        "signals": SIGNALS,
        "next_url": _page_url(typed, older=page.older_than),
        "previous_url": _page_url(typed, newer=page.newer_than),
        "query": urlencode({**typed, **{k: str(v) for k, v in cursors.items() if v is not None}}),
        "filter_query": urlencode(typed),
        "queries": [
            {"name": saved.name, "pk": saved.pk, "url": f"?{urlencode(saved.filters)}"}
            for saved in SavedQuery.objects.filter(letter=letter)
        ],
        "members": filter_form.members,
        "may_decide": may_decide,
        "not_asked": not_asked,
        "undoable": _undoable(request, letter),
    }
    return render(
        request, "verification/moderation_list.html", context, status=422 if faulty else 200
    )


def read_id(text: str | None) -> int | None:
    """A row's number in an address or a form."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None


def _undoable(request: MemberRequest, letter: Letter) -> list[int]:
    """The entries of the decision just made; they are offered once."""
    decided = request.session.get(DECIDED)
    if not decided or decided["letter"] != letter.pk or request.method != "GET":
        return []
    del request.session[DECIDED]
    return list(decided["entries"])


def _asked(request: MemberRequest) -> QueryDict:
    """The address that the form was on."""
    return QueryDict(request.POST.get("query", ""))


def _back(request: MemberRequest, letter: Letter) -> str:
    """Where the form was: a signature's own page, or the list with its filters."""
    signature_id = read_id(request.POST.get("back_to"))
    if signature_id is not None:
        return reverse("decision_history", args=[letter.slug, signature_id])
    return f"{reverse('moderation_list', args=[letter.slug])}?{_asked(request).urlencode()}"


def _say(request: MemberRequest, outcome: Outcome) -> None:
    if outcome.changed:
        messages.success(
            request,
            ngettext("%(n)d signature changed.", "%(n)d signatures changed.", outcome.changed)
            % {"n": outcome.changed},
        )
    if outcome.without_evidence:
        messages.error(
            request,
            ngettext(
                "%(n)d signature has a protected name: write in the note how you checked that "
                "it is them, then approve.",
                "%(n)d signatures have protected names: write in the note how you checked that "
                "it is them, then approve.",
                outcome.without_evidence,
            )
            % {"n": outcome.without_evidence},
        )
    if outcome.left_alone:
        messages.warning(
            request,
            ngettext(
                "%(n)d signature left alone: it changed meanwhile, or the decision does not fit "
                "where it stands.",
                "%(n)d signatures left alone: they changed meanwhile, or the decision does not "
                "fit where they stand.",
                outcome.left_alone,
            )
            % {"n": outcome.left_alone},
        )


def _page_url(filters: dict[str, str], **cursor: int | None) -> str | None:
    given = {name: str(value) for name, value in cursor.items() if value is not None}
    return "?" + urlencode({**filters, **given}) if given else None
