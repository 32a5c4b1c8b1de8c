"""One signature: its decisions and notes, and those that resemble it side by side."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common.likeness import is_near_name, is_same_name
from common.responses import see_other
from letters.access import MemberRequest, letter_member
from letters.models import Letter, Role
from signatories.models import Signature, Status
from verification.models import UNDOABLE, AuditEntry, ProtectedName
from verification.moderation_forms import DecisionForm, MergeForm, RemarkForm
from verification.services.merge_signatures import NotMergeable, merge_signatures
from verification.services.remark import add_remark
from verification.signals import SIGNALS

MOST_COMPARED = 12


def signature_or_404(letter: Letter, signature_id: int) -> Signature:
    """The letter's signature of this number."""
    signature = get_object_or_404(Signature.objects.of_letter(letter.pk), pk=signature_id)
    signature.letter = letter
    return signature


@letter_member(Role.VIEWER)
@require_safe
def decision_history(request: MemberRequest, letter: Letter, signature_id: int) -> HttpResponse:
    return _page(request, letter, signature_or_404(letter, signature_id), RemarkForm())


@letter_member(Role.MODERATOR)
@require_POST
def remark(request: MemberRequest, letter: Letter, signature_id: int) -> HttpResponse:
    signature, form = signature_or_404(letter, signature_id), RemarkForm(request.POST)
    if not form.is_valid():
        return _page(request, letter, signature, form)
    add_remark(
        letter=letter, signature=signature, text=form.cleaned_data["text"], author=request.user
    )
    return see_other(reverse("decision_history", args=[letter.slug, signature.pk]) + "#remarks")


@letter_member(Role.VIEWER)
@require_safe
def compare(request: MemberRequest, letter: Letter, signature_id: int) -> HttpResponse:
    signature = signature_or_404(letter, signature_id)
    return render(
        request,
        "verification/compare.html",
        {
            "letter": letter,
            "signature": signature,
            "alike": namesakes_of(signature),
            "signals": SIGNALS,
            "may_decide": request.role.includes(Role.MODERATOR),
        },
    )


@letter_member(Role.MODERATOR)
@require_POST
def merge(request: MemberRequest, letter: Letter, signature_id: int) -> HttpResponse:
    signature, form = signature_or_404(letter, signature_id), MergeForm(request.POST)
    compared = reverse("compare", args=[letter.slug, signature.pk])
    if not form.is_valid():
        messages.error(request, _("Please choose which signature counts, and which do not."))
        return see_other(compared)
    keep_id = form.cleaned_data["keep"]
    try:
        outcome = merge_signatures(
            letter=letter,
            keep_id=keep_id,
            seen=form.cleaned_data["seen"],
            actor=request.user,
            note=form.cleaned_data["note"],
        )
    except NotMergeable:
        messages.error(
            request, _("The one to keep changed, or does not stand. Please look at it again.")
        )
        return see_other(compared)
    if not outcome.changed:
        messages.warning(request, _("Nothing was merged: please choose those that do not count."))
        return see_other(compared)
    messages.success(
        request, _("Merged. You can undo it on the page of each one that no longer counts.")
    )
    return see_other(reverse("decision_history", args=[letter.slug, keep_id]))


def namesakes_of(signature: Signature) -> list[Signature]:
    """Other confirmed signatures of the letter under the same name, or nearly."""
    if signature.likeness is None:
        return []
    name = signature.display_name
    others = Signature.objects.kept().filter(
        letter_id=signature.letter_id,
        likeness=bytes(signature.likeness),
        capacity=signature.capacity,
        status__in=(Status.COUNTED, Status.HELD, Status.ASKED, Status.REJECTED),
    )
    return [
        other
        for other in others.exclude(pk=signature.pk).order_by("id")[: 10 * MOST_COMPARED]
        if is_same_name(name, other.display_name) or is_near_name(name, other.display_name)
    ][:MOST_COMPARED]


def _page(
    request: MemberRequest, letter: Letter, signature: Signature, remark_form: RemarkForm
) -> HttpResponse:
    entries = list(AuditEntry.objects.filter(signature_id=signature.pk).prefetch_related("actor"))
    latest = next((entry for entry in entries if entry.after), None)
    return render(
        request,
        "verification/decision_history.html",
        {
            "letter": letter,
            "signature": signature,
            "entries": entries,
            "undoable": latest if latest and latest.action in UNDOABLE else None,
            "remarks": signature.remarks.select_related("author"),
            "remark_form": remark_form,
            "form": remark_form if remark_form.is_bound else None,
            "signals": SIGNALS,
            "resembled": bool({"same_name", "near_name"} & set(signature.signals)),
            "network": bytes(signature.network_digest).hex() if signature.network_digest else "",
            "decision_form": DecisionForm(),
            "may_decide": request.role.includes(Role.MODERATOR),
            "protected_names": ProtectedName.objects.alike(signature)
            if "protected" in signature.signals
            else (),
        },
        status=422 if remark_form.is_bound else 200,
    )
