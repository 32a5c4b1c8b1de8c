"""Featured signatories: their order, and headings over groups of them."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from common.responses import see_other
from letters.access import MemberRequest, letter_member
from letters.models import Letter, Role, Translation
from signatories.models import FeaturedGroup, Signature
from verification.featured_form import HeadingsForm
from verification.services.order_featured import TooManyGroups, moved, order_featured


@letter_member(Role.MODERATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def featured(request: MemberRequest, letter: Letter) -> HttpResponse:
    groups = list(FeaturedGroup.objects.filter(letter=letter))
    form = HeadingsForm(
        request.POST if request.method == "POST" else None,
        groups=groups,
        texts=list(Translation.objects.filter(version=letter.current_version)),
    )
    if request.method != "POST" or not form.is_valid():
        return _page(request, letter, list(groups), form)
    try:
        order_featured(
            letter=letter,
            sequence=moved(request.POST.getlist("item"), request.POST.get("move", "")),
            headings=form.headings(),
            actor=request.user,
            remove=request.POST.get("remove", ""),
            add="add" in request.POST,
        )
    except TooManyGroups:
        messages.error(request, _("There are as many groups as a letter can have."))
    return see_other(f"{reverse('featured', args=[letter.slug])}?saved=1")


def _page(
    request: MemberRequest, letter: Letter, groups: list[FeaturedGroup], form: HeadingsForm
) -> HttpResponse:
    signatures = list(Signature.objects.of_letter(letter.pk).featured())
    items: list[dict[str, object]] = []
    for signature in signatures:
        while groups and groups[0].first_rank <= (signature.featured_rank or 0):
            items.append({"group": groups[0], "fields": form.of_group(groups.pop(0))})
        items.append({"signature": signature})
    items += [{"group": group, "fields": form.of_group(group)} for group in groups]
    return render(
        request,
        "verification/featured.html",
        {
            "letter": letter,
            "items": items,
            "any_featured": bool(signatures),
            "form": form if form.is_bound else None,
            "saved": "saved" in request.GET,
        },
        status=422 if form.is_bound else 200,
    )
