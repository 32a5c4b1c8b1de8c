"""The moderators' screens: the list, a decision, its history and the letter's audit log."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from common.responses import see_other
from letters.access import MemberRequest, letter_member
from letters.models import Letter, Role
from signatories.models import Signature
from verification.forms import DecisionForm, QueueFilterForm
from verification.models import Action, AuditEntry, ProtectedName
from verification.queue import filter_queue, queue_page
from verification.services.decide_signatures import decide_signatures
from verification.signals import SIGNALS

ENTRIES_A_PAGE = 50


@letter_member(Role.VIEWER)
@require_safe
def moderation_list(request: MemberRequest, letter: Letter) -> HttpResponse:
    form = QueueFilterForm(request.GET)
    filters = form.cleaned_data if form.is_valid() else {}
    page = queue_page(
        filter_queue(letter.pk, filters),
        older_than=_id(request.GET.get("older")),
        newer_than=_id(request.GET.get("newer")),
    )
    kept = {name: value for name, value in filters.items() if value}
    return render(
        request,
        "verification/moderation_list.html",
        {
            "letter": letter,
            "form": form,
            "decision_form": DecisionForm(),
            "signatures": page.signatures,
            "signals": SIGNALS,
            "next_url": _page_url(kept, older=page.older_than),
            "previous_url": _page_url(kept, newer=page.newer_than),
            "query": urlencode(kept),
            "may_decide": request.role.includes(Role.MODERATOR),
        },
    )


@letter_member(Role.MODERATOR)
@require_POST
def decide(request: MemberRequest, letter: Letter) -> HttpResponse:
    form = DecisionForm(request.POST)
    back = f"{reverse('moderation_list', args=[letter.slug])}?{request.POST.get('query', '')}"
    if not form.is_valid():
        for errors in form.errors.values():
            messages.error(request, str(errors[0]))
        return see_other(back)
    outcome = decide_signatures(
        letter=letter,
        seen=form.cleaned_data["seen"],
        action=Action(form.cleaned_data["action"]),
        actor=request.user,
        reason=form.cleaned_data["reason"],
        note=form.cleaned_data["note"],
    )
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
                "%(n)d signature left alone: the decision does not fit where it stands.",
                "%(n)d signatures left alone: the decision does not fit where they stand.",
                outcome.left_alone,
            )
            % {"n": outcome.left_alone},
        )
    return see_other(back)


@letter_member(Role.VIEWER)
@require_safe
def decision_history(request: MemberRequest, letter: Letter, signature_id: int) -> HttpResponse:
    signature = get_object_or_404(Signature.objects.of_letter(letter.pk), pk=signature_id)
    signature.letter = letter
    entries = AuditEntry.objects.filter(signature_id=signature.pk).prefetch_related("actor")
    return render(
        request,
        "verification/decision_history.html",
        {
            "letter": letter,
            "signature": signature,
            "entries": entries,
            "signals": SIGNALS,
            "decision_form": DecisionForm(),
            "may_decide": request.role.includes(Role.MODERATOR),
            "protected_names": ProtectedName.objects.alike(signature)
            if "protected" in signature.signals
            else (),
        },
    )


@letter_member(Role.VIEWER)
@require_safe
def audit_log(request: MemberRequest, letter: Letter) -> HttpResponse:
    # Not select_related: its inner join would hide the entries of whoever is no longer there.
    entries = AuditEntry.objects.filter(letter=letter).prefetch_related("actor", "signature")
    page = Paginator(entries, ENTRIES_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request, "verification/audit_log.html", {"letter": letter, "entries": page, "page": page}
    )


def _id(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None


def _page_url(filters: dict[str, str], **cursor: int | None) -> str | None:
    given = {name: str(value) for name, value in cursor.items() if value is not None}
    return "?" + urlencode({**filters, **given}) if given else None
