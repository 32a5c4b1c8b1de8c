"""Saved queries, and decisions about all that a query finds."""

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common.responses import see_other
from letters.access import MemberRequest, letter_member
from letters.models import Letter, Role
from signatories.models import Signature
from verification.models import Action, BulkAction, BulkState, SavedQuery
from verification.moderation_forms import BulkForm, QueueFilterForm, SavedQueryForm
from verification.services.run_bulk_action import (
    MOST,
    STEPS,
    AddressAsked,
    NotNow,
    TooMany,
    prepare_bulk_action,
)
from verification.services.save_query import (
    NameTaken,
    NotSavable,
    forget_query,
    save_query,
)
from verification.tasks import run_bulk_action
from verification.views.moderation import queue_response

SHOWN = 8
LATEST = 50


@letter_member(Role.VIEWER)
@require_safe
def query_list(request: MemberRequest, letter: Letter) -> HttpResponse:
    queries = [
        {
            "saved": saved,
            "words": QueueFilterForm(saved.filters, letter=letter).in_words(),
            "url": f"{_list_url(letter)}?{urlencode(saved.filters)}",
        }
        for saved in SavedQuery.objects.filter(letter=letter)
    ]
    return render(
        request,
        "verification/query_list.html",
        {
            "letter": letter,
            "queries": queries,
            "bulk_actions": BulkAction.objects.filter(letter=letter).select_related("actor")[
                :LATEST
            ],
            "may_decide": request.role.includes(Role.MODERATOR),
        },
    )


@letter_member(Role.MODERATOR)
@require_POST
def query_new(request: MemberRequest, letter: Letter) -> HttpResponse:
    asked = QueryDict(request.POST.get("query", ""))
    typed = QueueFilterForm(asked, letter=letter).as_typed()
    form = SavedQueryForm(request.POST)
    if form.is_valid():
        try:
            save_query(
                letter=letter, name=form.cleaned_data["name"], typed=typed, actor=request.user
            )
        except NameTaken:
            form.add_error("name", _("There is a query of this name. Please choose another."))
        except NotSavable:
            form.add_error(
                "name", _("Please choose a filter first, other than a mail address, then save it.")
            )
    if not form.is_valid():
        return queue_response(request, letter, asked, query_form=form)
    messages.success(request, _("The query is saved for all members."))
    return see_other(f"{_list_url(letter)}?{urlencode(typed)}")


@letter_member(Role.MODERATOR)
@require_POST
def query_remove(request: MemberRequest, letter: Letter, query_id: int) -> HttpResponse:
    try:
        forget_query(letter=letter, query_id=query_id, actor=request.user)
    except SavedQuery.DoesNotExist:
        raise Http404 from None
    messages.success(request, _("The saved query is removed. What was decided with it stands."))
    return see_other(reverse("query_list", args=[letter.slug]))


@letter_member(Role.MODERATOR)
@require_POST
def bulk_new(request: MemberRequest, letter: Letter) -> HttpResponse:
    asked = QueryDict(request.POST.get("query", ""))
    filter_form, form = QueueFilterForm(asked, letter=letter), BulkForm(request.POST)
    if not form.is_valid():
        return queue_response(request, letter, asked, bulk_form=form)
    typed = filter_form.as_typed()
    same = SavedQuery.objects.filter(letter=letter, filters=typed).first()
    try:
        bulk = prepare_bulk_action(
            letter=letter,
            filters=filter_form.asked(),
            typed=typed,
            action=Action(form.cleaned_data["action"]),
            actor=request.user,
            reason=form.cleaned_data["reason"],
            note=form.cleaned_data["note"],
            name=same.name if same else "",
        )
    except AddressAsked:
        form.add_error(
            None, _("For one mail address please decide in the list; the address is kept nowhere.")
        )
        return queue_response(request, letter, asked, bulk_form=form)
    except TooMany:
        form.add_error(
            None,
            _("More than %(most)d signatures match. Please narrow the filter.") % {"most": MOST},
        )
        return queue_response(request, letter, asked, bulk_form=form)
    return see_other(_url(bulk))


@letter_member(Role.VIEWER)
@require_safe
def bulk_detail(request: MemberRequest, letter: Letter, bulk_id: int) -> HttpResponse:
    bulk = get_object_or_404(BulkAction, letter=letter, pk=bulk_id)
    some = bulk.items.order_by("-id").values_list("signature_id", flat=True)[:SHOWN]
    waiting = bulk.state == BulkState.WAITING
    return render(
        request,
        "verification/bulk_detail.html",
        {
            "letter": letter,
            "bulk": bulk,
            "words": QueueFilterForm(bulk.filters, letter=letter).in_words(),
            "query_url": f"{_list_url(letter)}?{urlencode(bulk.filters)}",
            "some": Signature.objects.filter(pk__in=list(some)).order_by("-id") if waiting else [],
            "may_decide": request.role.includes(Role.MODERATOR),
        },
    )


@letter_member(Role.VIEWER)
@require_safe
def bulk_progress(request: MemberRequest, letter: Letter, bulk_id: int) -> HttpResponse:
    """The progress alone; once the work rests it tells htmx to load the whole page."""
    bulk = get_object_or_404(BulkAction, letter=letter, pk=bulk_id)
    response = render(request, "verification/bulk_progress.html", {"letter": letter, "bulk": bulk})
    if not bulk.is_running:
        response["HX-Redirect"] = _url(bulk)
    return response


@letter_member(Role.MODERATOR)
@require_POST
def bulk_step(request: MemberRequest, letter: Letter, bulk_id: int) -> HttpResponse:
    """Start, pause, resume, undo or discard."""
    bulk = get_object_or_404(BulkAction, letter=letter, pk=bulk_id)
    step = request.POST.get("step", "")
    try:
        STEPS[step](letter=letter, bulk_id=bulk.pk, actor=request.user)
    except (KeyError, NotNow):
        messages.warning(request, _("It is in another state meanwhile. Please look again."))
        return see_other(_url(bulk))
    except BulkAction.DoesNotExist:
        raise Http404 from None
    if step == "discard":
        messages.success(request, _("Discarded. Nothing was changed."))
        return see_other(f"{_list_url(letter)}?{urlencode(bulk.filters)}")
    if step != "pause":
        run_bulk_action.delay(bulk.pk)
    return see_other(_url(bulk))


def _list_url(letter: Letter) -> str:
    return reverse("moderation_list", args=[letter.slug])


def _url(bulk: BulkAction) -> str:
    return reverse("bulk_detail", args=[bulk.letter.slug, bulk.pk])
