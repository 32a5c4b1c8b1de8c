"""The first page of a new letter."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from common.responses import see_other
from common.throttle import Throttled, hit
from letters.access import MemberRequest, coalition_member
from letters.forms import NewLetterForm, slug_of, slug_taken
from letters.models import Coalition, Letter, Role
from letters.services.create_letter import SlugTaken, create_letter


@coalition_member(Role.EDITOR)
@require_http_methods(["GET", "HEAD", "POST"])
def new_letter(request: MemberRequest, coalition: Coalition) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    form = NewLetterForm(data, language=get_language() or settings.LANGUAGE_CODE)
    if data is not None and form.is_valid() and (letter := _create(request, coalition, form)):
        messages.success(request, _("The letter is begun. Only members of the coalition see it."))
        return see_other(reverse("edit_text", args=[letter.slug]))
    context = {"form": form, "coalition": coalition}
    return render(request, "letters/new_letter.html", context, status=200 if data is None else 422)


@coalition_member(Role.EDITOR)
@require_safe
def address_hint(request: MemberRequest, coalition: Coalition) -> HttpResponse:
    """The address that a letter would get and whether it is free, while one types its title. Of
    other coalitions' letters it knows those that everybody does: a draft is nobody else's."""
    slug = slug_of(request.GET.get("slug") or request.GET.get("title", ""))
    known = Letter.objects.visible() | Letter.objects.filter(coalition=coalition)
    context = {"address": _address(slug), "taken": slug_taken(slug, known)}
    return render(request, "letters/address_hint.html", context)


def _address(slug: str) -> str:
    if not slug:
        return ""
    return str(settings.SITE_URL).partition("://")[2] + reverse("letter", args=[slug])


def _create(request: MemberRequest, coalition: Coalition, form: NewLetterForm) -> Letter | None:
    """An address can be there once only, so here it must be said that a letter has it which nobody
    may know of; hence few tries."""
    try:
        hit({"new_letter": str(request.user.pk)}, nudge="new_letter")
        return create_letter(
            coalition=coalition,
            actor=request.user,
            time_zone=timezone.get_current_timezone_name(),
            **form.cleaned_data,
        )
    except SlugTaken:
        form.add_error("slug", slug_taken(form.cleaned_data["slug"], Letter.objects.all()))
    except Throttled:
        form.add_error(None, _("Too many tries. Please wait a minute and try again."))
    return None
