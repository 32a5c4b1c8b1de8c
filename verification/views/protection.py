"""The organisers' page about the gate: protected names and the block list."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import BaseForm
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from common.responses import page_of_forms, see_other
from common.throttle import is_surging
from letters.access import MemberRequest, letter_member
from letters.models import Letter, Role
from signatories.models import Signature
from verification.forms import BlockForm, ProtectedNamesForm
from verification.models import Block, BlockKind, ProtectedName
from verification.services import block_senders as senders
from verification.services.protect_names import protect_names, unprotect_name
from verification.services.switch_surge import switch_surge
from verification.tasks import hold_protected

NAMES_A_PAGE = 100


@letter_member(Role.MODERATOR)
@require_safe
def protection(request: MemberRequest, letter: Letter) -> HttpResponse:
    return _page(request, letter)


@letter_member(Role.EDITOR)
@require_POST
def protect(request: MemberRequest, letter: Letter) -> HttpResponse:
    form = ProtectedNamesForm(request.POST)
    if not form.is_valid():
        return _page(request, letter, names_form=form)
    added = protect_names(letter=letter, actor=request.user, **form.cleaned_data)
    if added:
        hold_protected.delay(letter.coalition_id)
    messages.success(
        request,
        ngettext("%(n)d name is new on the list.", "%(n)d names are new on the list.", added)
        % {"n": added},
    )
    return see_other(_url(letter))


@letter_member(Role.EDITOR)
@require_POST
def unprotect(request: MemberRequest, letter: Letter, name_id: int) -> HttpResponse:
    try:
        unprotect_name(letter=letter, name_id=name_id, actor=request.user)
    except ProtectedName.DoesNotExist:
        raise Http404 from None
    messages.success(request, _("The name is no longer protected."))
    return see_other(_url(letter))


@letter_member(Role.MODERATOR)
@require_POST
def block(request: MemberRequest, letter: Letter) -> HttpResponse:
    form = BlockForm(request.POST)
    if not form.is_valid():
        return _page(request, letter, block_form=form)
    kind, value = form.cleaned_data["sender"]
    new = senders.block_sender(
        letter=letter, kind=kind, value=value, note=form.cleaned_data["note"], actor=request.user
    )
    _say_blocked(request, new)
    return see_other(_url(letter))


@letter_member(Role.MODERATOR)
@require_POST
def block_sender_of(request: MemberRequest, letter: Letter, signature_id: int) -> HttpResponse:
    signature = get_object_or_404(Signature.objects.of_letter(letter.pk).kept(), pk=signature_id)
    try:
        kind = BlockKind(request.POST.get("kind", ""))
        new = senders.block_sender_of(
            letter=letter, signature=signature, kind=kind, note="", actor=request.user
        )
    except ValueError:
        messages.error(
            request,
            _(
                "This cannot be blocked: the network is no longer kept, or anybody may have an "
                "address at the domain."
            ),
        )
    else:
        _say_blocked(request, new)
    return see_other(reverse("decision_history", args=[letter.slug, signature.pk]))


@letter_member(Role.MODERATOR)
@require_POST
def unblock(request: MemberRequest, letter: Letter, block_id: int) -> HttpResponse:
    try:
        senders.unblock_sender(letter=letter, block_id=block_id, actor=request.user)
    except Block.DoesNotExist:
        raise Http404 from None
    messages.success(request, _("It is no longer blocked."))
    return see_other(_url(letter))


@letter_member(Role.MODERATOR)
@require_POST
def surge(request: MemberRequest, letter: Letter) -> HttpResponse:
    on = request.POST.get("on") == "yes"
    switch_surge(letter=letter, on=on, actor=request.user)
    messages.success(request, _("Surge mode is on.") if on else _("Surge mode is off."))
    return see_other(_url(letter))


def _say_blocked(request: MemberRequest, new: bool) -> None:
    if new:
        messages.success(request, _("Blocked: what is confirmed from there is held from now on."))
    else:
        messages.info(request, _("It is on the block list already."))


def _page(request: MemberRequest, letter: Letter, **forms: BaseForm) -> HttpResponse:
    names = ProtectedName.objects.of_letter(letter).order_by("name", "id")
    context = {
        "names_form": ProtectedNamesForm(),
        "block_form": BlockForm(),
        "letter": letter,
        "names": Paginator(names, NAMES_A_PAGE).get_page(request.GET.get("page")),
        "blocks": Block.objects.filter(coalition_id=letter.coalition_id),
        "surge_by_itself": is_surging("letter", str(letter.pk)),
        "may_protect": request.role.includes(Role.EDITOR),
    }
    return page_of_forms(request, "verification/protection.html", context, forms)


def _url(letter: Letter) -> str:
    return reverse("protection", args=[letter.slug])
