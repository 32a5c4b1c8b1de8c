"""An office's rules as they hold for one letter."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from common.responses import see_other
from letters.access import MemberRequest, letter_member
from letters.models import Letter, Office, Role, RuleOverride
from letters.models.rule_override import overridden
from letters.office_forms import OverrideForm
from letters.services.change_office import override_rules


@letter_member(Role.EDITOR)
@require_http_methods(["GET", "HEAD", "POST"])
def office_rules(request: MemberRequest, letter: Letter, office: str) -> HttpResponse:
    """What the office's row says of each rule, and what the letter's editors know better."""
    row = get_object_or_404(Office, slug=office)
    override = RuleOverride.objects.filter(letter=letter, office=row).first()
    data = request.POST if request.method == "POST" else None
    form = OverrideForm(data, office=row, override=override)
    if data is not None and form.is_valid():
        changed = override_rules(
            letter=letter,
            office=row,
            values=form.values(),
            source=form.cleaned_data["source"],
            actor=request.user,
        )
        if changed:
            messages.success(request, _("Saved. Deliveries that are frozen from now on follow it."))
        else:
            messages.info(request, _("Nothing was changed."))
        return see_other(reverse("office_rules", args=[letter.slug, row.slug]))
    context = {
        "letter": letter,
        "office": row,
        "form": form,
        "override": override,
        "deadline": overridden(row, override).deadline,
    }
    status = 422 if form.errors else 200
    return render(request, "letters/office_rules.html", context, status=status)
