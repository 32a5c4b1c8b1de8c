"""The page of a guild's representative, behind a private link: codes and totals, never who."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.access import anyone, anyone_may_post
from common.languages import speak
from common.responses import private, see_other
from common.tokens import TokenError
from letters.models import Translation
from verification.forms import CodesForm
from verification.guild_offer import codes_file
from verification.links import read_guild_token, representative_path
from verification.models import Guild
from verification.services.issue_guild_codes import (
    LimitReached,
    LinkClosed,
    cancel_guild_codes,
    issue_guild_codes,
)
from verification.views.confirm import problem

GuildView = Callable[Concatenate[HttpRequest, Guild, Translation | None, ...], HttpResponse]


def _by_link(view: GuildView) -> Callable[[HttpRequest, str], HttpResponse]:
    """Opens the guild of the link, in its letter's language; a closed link says so."""

    @wraps(view)
    def entered(request: HttpRequest, token: str) -> HttpResponse:
        try:
            guild_id, key = read_guild_token(token)
        except TokenError:
            return problem(request, "forged")
        guild = (
            Guild.objects.by_link(guild_id, key)
            .select_related("letter__coalition", "letter__current_version")
            .first()
        )
        if guild is None:
            return _closed(request)
        text = Translation.objects.filter(
            version=guild.letter.current_version, is_authoritative=True
        ).first()
        with speak(text.language if text else settings.LANGUAGE_CODE):
            try:
                return private(view(request, guild, text))
            except LinkClosed:  # between reading and writing
                return _closed(request)

    return entered


@anyone
@_by_link
def representative(request: HttpRequest, guild: Guild, text: Translation | None) -> HttpResponse:
    return _page(request, guild, text, CodesForm())


@anyone_may_post
@_by_link
def representative_codes(
    request: HttpRequest, guild: Guild, text: Translation | None
) -> HttpResponse:
    """Makes codes and shows them: in this answer and never again."""
    if request.method != "POST":
        return see_other(representative_path(guild))
    form = CodesForm(request.POST)
    if not form.is_valid():
        return _page(request, guild, text, form)
    try:
        codes = issue_guild_codes(
            guild=guild,
            number=form.cleaned_data["number"],
            actor=None,
            link_key=guild.link_key,
        )
    except LimitReached as reached:
        words = ngettext(
            "You can make %(n)d more code. The organisers of the letter set the limit.",
            "You can make %(n)d more codes. The organisers of the letter set the limit.",
            reached.left,
        )
        form.add_error("number", words % {"n": reached.left})
        return _page(request, guild, text, form)
    if form.cleaned_data["as_file"]:
        return codes_file(guild.letter, codes)
    return _render(request, "codes", guild, text, codes=codes)


@anyone_may_post
@_by_link
def representative_cancel(
    request: HttpRequest, guild: Guild, text: Translation | None
) -> HttpResponse:
    """Asks first; the button cancels."""
    if request.method == "POST":
        cancel_guild_codes(guild=guild, actor=None, link_key=guild.link_key)
        return see_other(f"{representative_path(guild)}?notice=cancelled")
    return _render(request, "cancel", guild, text)


def _page(
    request: HttpRequest, guild: Guild, text: Translation | None, form: CodesForm
) -> HttpResponse:
    left = guild.codes_left()
    if not form.is_bound:
        form.initial = {"number": min(100, left)}
    form.fields["number"].widget.attrs["max"] = min(2000, max(left, 1))
    notice = _("The unused codes are cancelled.") if request.GET.get("notice") else ""
    return _render(request, "page", guild, text, form=form, left=left, notice=notice)


def _render(
    request: HttpRequest, name: str, guild: Guild, text: Translation | None, **context: Any
) -> HttpResponse:
    totals = Guild.objects.with_codes().get(pk=guild.pk)
    form = context.get("form")
    return render(
        request,
        f"verification/representative_{name}.html",
        {
            "guild": totals,
            "letter": guild.letter,
            "translation": text,
            "home_url": representative_path(guild),
            "sign_url": settings.SITE_URL + guild.letter.get_absolute_url(),
            **context,
        },
        status=422 if form is not None and form.errors else 200,
    )


def _closed(request: HttpRequest) -> HttpResponse:
    return private(render(request, "verification/representative_closed.html", status=410))
