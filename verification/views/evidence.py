"""The organisers' page of what strengthens signatures."""

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST, require_safe

from common.responses import page_of_forms, see_other
from common.uploads import MB, takes_file
from letters.access import MemberRequest, letter_member
from letters.models import Letter, Role, Translation
from signatories.models import Mark, Organisation
from verification.forms import CodesForm, DomainForm, GuildForm
from verification.guild_offer import codes_file
from verification.invitation_form import InvitationForm
from verification.linked_account import providers_of
from verification.models import Evidence, Guild, Invitation
from verification.services.check_work_domain import FreeMail, set_domain
from verification.services.invite import invite, resend_invitation, revoke_invitation
from verification.services.issue_guild_codes import (
    add_guild,
    cancel_guild_codes,
    issue_guild_codes,
)

INVITATIONS_A_PAGE = 100


@letter_member(Role.VIEWER)
@require_safe
def evidence(request: MemberRequest, letter: Letter) -> HttpResponse:
    return _page(request, letter)


@letter_member(Role.EDITOR)
@require_POST
def domain_set(request: MemberRequest, letter: Letter) -> HttpResponse:
    form = DomainForm(request.POST, letter=letter)
    if not form.is_valid():
        return _page(request, letter, domain_form=form)
    try:
        marked = set_domain(**form.cleaned_data, actor=request.user)
    except FreeMail:
        form.add_error(
            "domain", gettext("Anybody can have an address there, so it says nothing about work.")
        )
        return _page(request, letter, domain_form=form)
    messages.success(
        request,
        ngettext(
            "Saved. %(n)d signature bears the mark.",
            "Saved. %(n)d signatures bear the mark.",
            marked,
        )
        % {"n": marked},
    )
    return see_other(reverse("evidence", args=[letter.slug]))


@letter_member(Role.EDITOR)
@require_POST
def guild_new(request: MemberRequest, letter: Letter) -> HttpResponse:
    form = GuildForm(request.POST)
    if not form.is_valid():
        return _page(request, letter, guild_form=form)
    add_guild(letter=letter, name=form.cleaned_data["name"], actor=request.user)
    return see_other(reverse("evidence", args=[letter.slug]))


@letter_member(Role.EDITOR)
@require_POST
def guild_codes(request: MemberRequest, letter: Letter, guild_id: int) -> HttpResponse:
    """Makes codes and shows them: in this answer and never again."""
    guild = get_object_or_404(Guild.objects.of_letter(letter.pk), pk=guild_id)
    form = CodesForm(request.POST)
    if not form.is_valid():
        return _page(request, letter, codes_form=form)
    number = form.cleaned_data["number"]
    codes = issue_guild_codes(guild=guild, number=number, actor=request.user)
    if form.cleaned_data["as_file"]:
        return codes_file(letter, codes)
    sign_url = settings.SITE_URL + letter.get_absolute_url()
    context = {"letter": letter, "guild": guild, "codes": codes, "sign_url": sign_url}
    return render(request, "verification/guild_codes.html", context)


@letter_member(Role.EDITOR)
@require_POST
def guild_cancel(request: MemberRequest, letter: Letter, guild_id: int) -> HttpResponse:
    guild = get_object_or_404(Guild.objects.of_letter(letter.pk), pk=guild_id)
    cancelled = cancel_guild_codes(guild=guild, actor=request.user)
    messages.success(
        request,
        ngettext("%(n)d unused code is cancelled.", "%(n)d unused codes are cancelled.", cancelled)
        % {"n": cancelled},
    )
    return see_other(reverse("evidence", args=[letter.slug]))


@takes_file(2 * MB)
@letter_member(Role.EDITOR)
@require_POST
def invitation_new(request: MemberRequest, letter: Letter) -> HttpResponse:
    form = InvitationForm(request.POST, request.FILES)
    if form.is_valid() and not letter.accepts_invited():
        form.add_error(None, gettext("The letter takes no signatures at the moment."))
    if not form.is_valid():
        return _page(request, letter, invitation_form=form)
    text = Translation.objects.get(version=letter.current_version, is_authoritative=True)
    invitees = form.cleaned_data["invitees"]
    new = invite(letter=letter, invitees=invitees, language=text.language, actor=request.user)
    messages.success(
        request,
        ngettext("%(n)d person is invited.", "%(n)d people are invited.", new) % {"n": new},
    )
    return see_other(reverse("evidence", args=[letter.slug]))


@letter_member(Role.EDITOR)
@require_POST
def invitation_revoke(request: MemberRequest, letter: Letter, invitation_id: int) -> HttpResponse:
    invitation = get_object_or_404(Invitation, letter=letter, pk=invitation_id)
    revoke_invitation(invitation=invitation, actor=request.user)
    return see_other(_invitations_url(letter))


@letter_member(Role.EDITOR)
@require_POST
def invitation_resend(request: MemberRequest, letter: Letter, invitation_id: int) -> HttpResponse:
    invitation = get_object_or_404(Invitation, letter=letter, pk=invitation_id)
    if resend_invitation(invitation=invitation, actor=request.user):
        messages.success(request, gettext("The invitation goes once more."))
    else:
        messages.info(request, gettext("Not again so soon: an invitation goes once a day at most."))
    return see_other(_invitations_url(letter))


def _invitations_url(letter: Letter) -> str:
    return reverse("evidence", args=[letter.slug]) + "#invitations-title"


def _page(request: MemberRequest, letter: Letter, **forms: BaseForm) -> HttpResponse:
    invitations = Invitation.objects.filter(letter=letter)
    pages = Paginator(invitations, INVITATIONS_A_PAGE)
    context = {
        "domain_form": DomainForm(letter=letter),
        "guild_form": GuildForm(),
        "codes_form": CodesForm(),
        "invitation_form": InvitationForm(),
        "letter": letter,
        "marks": Mark.offered(),
        "account_providers": providers_of(letter),
        "linked": Evidence.objects.filter(signature__letter=letter, kind=Mark.OPENID).count(),
        "organisations": Organisation.objects.filter(letter=letter).exclude(domain=""),
        "guilds": Guild.objects.of_letter(letter.pk).with_members().with_codes(),
        "invited": invitations.progress(),
        "invitations": pages.get_page(request.GET.get("page")),
        "may_edit": request.role.includes(Role.EDITOR),
    }
    return page_of_forms(request, "verification/evidence.html", context, forms)
