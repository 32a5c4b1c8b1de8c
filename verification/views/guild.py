"""The organisers' page of one guild: its codes, and the link of its representative."""

from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common.responses import see_other
from letters.access import MemberRequest, letter_member
from letters.models import Letter, Role
from verification.forms import RepresentativeForm
from verification.links import representative_url
from verification.models import Guild
from verification.services.link_representative import (
    close_representative_link,
    link_representative,
)


@letter_member(Role.EDITOR)
@require_safe
def guild_detail(request: MemberRequest, letter: Letter, guild_id: int) -> HttpResponse:
    guild = _guild(letter, guild_id)
    form = RepresentativeForm(initial={"limit": guild.codes_limit or max(100, guild.codes.count())})
    return _page(request, letter, guild, form)


@letter_member(Role.EDITOR)
@require_POST
def guild_link(request: MemberRequest, letter: Letter, guild_id: int) -> HttpResponse:
    """Opens the link or changes its limit; other buttons renew and close it."""
    guild = _guild(letter, guild_id)
    if "close" in request.POST:
        close_representative_link(guild=guild, actor=request.user)
        messages.success(request, _("The link is closed."))
        return see_other(_address(letter, guild))
    form = RepresentativeForm(request.POST)
    if not form.is_valid():
        return _page(request, letter, guild, form)
    link_representative(
        guild=guild,
        limit=form.cleaned_data["limit"],
        actor=request.user,
        renew="renew" in request.POST,
    )
    messages.success(request, _("Saved. The link below is for the representative alone."))
    return see_other(_address(letter, guild))


def _guild(letter: Letter, guild_id: int) -> Guild:
    return get_object_or_404(Guild.objects.of_letter(letter.pk).with_codes(), pk=guild_id)


def _address(letter: Letter, guild: Guild) -> str:
    return reverse("guild_detail", args=[letter.slug, guild.pk])


def _page(
    request: MemberRequest, letter: Letter, guild: Guild, form: RepresentativeForm
) -> HttpResponse:
    context: dict[str, Any] = {"letter": letter, "guild": guild, "form": form}
    if guild.link_key:
        url = representative_url(guild)
        subject = quote(_("Codes for the members of %(guild)s") % {"guild": guild.name})
        words = _("This private link makes codes for your members. Please keep it to yourself:")
        context["link"] = url
        context["mail_url"] = f"mailto:?subject={subject}&body={quote(f'{words} {url}')}"
    status = 422 if form.errors else 200
    return render(request, "verification/guild_detail.html", context, status=status)
