"""The organisers' page of a letter's texts, and the form that makes a new one."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, OuterRef, Q, Subquery
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.responses import see_other
from letters.access import MemberRequest, letter_member
from letters.forms import ChangeForm
from letters.models import ChangeKind, Draft, Letter, Role, Text, Translation, Version
from letters.services.publish_version import TEXT, NewerVersion, NothingChanged
from letters.services.take_drafts import TextChanged, fingerprint
from letters.views.versions import published_version, text_diff
from signatories.models import Signature, Status
from verification.models import VersionNotice
from verification.services.change_text import publish_drafts
from verification.services.pause_notices import pause_notices


@letter_member(Role.VIEWER)
@require_safe
def texts(request: MemberRequest, letter: Letter) -> HttpResponse:
    """The draft, and every version with how many signed it and what became of them."""
    versions = letter.versions.annotate(
        counted=Count("signatures", filter=Q(signatures__status=Status.COUNTED)),
        asked=Count("signatures", filter=Q(signatures__status=Status.ASKED)),
        withdrew=Count("signatures", filter=Q(signatures__status=Status.WITHDRAWN)),
        resigned=Subquery(
            VersionNotice.objects.filter(
                version=OuterRef("pk"),
                signature__version=OuterRef("pk"),
                signature__status=Status.COUNTED,
            )
            .order_by()
            .values("version")
            .annotate(number=Count("id"))
            .values("number")
        ),
    )
    context = {
        "letter": letter,
        "versions": versions.order_by("-number"),
        "drafts": letter.drafts.select_related("letter", "edited_by"),
        "may_edit": request.role.includes(Role.EDITOR),
    }
    return render(request, "verification/texts.html", context)


@letter_member(Role.VIEWER)
@require_safe
def run(request: MemberRequest, letter: Letter, number: int) -> HttpResponse:
    """How far the mails about a version are, and what signatories answered. htmx asks again."""
    version = published_version(letter, number)
    context = {
        "letter": letter,
        "version": version,
        "progress": VersionNotice.objects.progress(version),
        "is_current": version.pk == letter.current_version_id,
        "may_edit": request.role.includes(Role.EDITOR),
    }
    part = "verification/run_progress.html" if request.htmx else "verification/run.html"
    return render(request, part, context)


@letter_member(Role.EDITOR)
@require_POST
def run_pause(request: MemberRequest, letter: Letter, number: int) -> HttpResponse:
    paused = request.POST.get("paused") == "yes"
    version = published_version(letter, number)
    pause_notices(letter=letter, number=version.number, paused=paused, actor=request.user)
    messages.success(request, _("The mails wait.") if paused else _("The mails go on."))
    return see_other(reverse("run", args=[letter.slug, number]))


@letter_member(Role.EDITOR)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: MemberRequest, letter: Letter) -> HttpResponse:
    """What the drafts change, and the form that says of which kind it is and publishes them."""
    version = letter.current_version
    drafts = list(letter.drafts.all())
    if version is None or not drafts:
        return _back(letter)
    data = request.POST.copy() if request.method == "POST" else None
    initial = {"base": version.number, "seen": fingerprint(letter)}
    form = ChangeForm(data, initial=initial)
    unfinished = [draft for draft in drafts if not draft.is_whole]
    if data is not None and form.is_valid() and not unfinished:
        try:
            return _publish(request, letter, form)
        except (NewerVersion, TextChanged):
            form.add_error(
                None, _("Somebody changed the text meanwhile. Please look at it again first.")
            )
            for name, value in initial.items():
                data[name] = str(value)
        except NothingChanged:
            form.add_error(None, _("The text is the same as before."))
    context = {
        "letter": letter,
        "form": form,
        "version": version,
        "unfinished": unfinished,
        "changes": _changes(version, drafts),
        "standing": Signature.objects.of_letter(letter.pk).counted().count(),
    }
    status = 422 if data is not None else 200
    return render(request, "verification/change_text.html", context, status=status)


def _publish(request: MemberRequest, letter: Letter, form: ChangeForm) -> HttpResponse:
    version = publish_drafts(
        letter=letter,
        base=form.cleaned_data["base"],
        seen=form.cleaned_data["seen"],
        kind=ChangeKind(form.cleaned_data["kind"]),
        note=form.cleaned_data["note"],
        actor=request.user,
    )
    told = VersionNotice.objects.filter(version=version).count()
    said = ngettext(
        "Version %(number)s is published. %(told)s signatory gets a mail.",
        "Version %(number)s is published. %(told)s signatories get a mail.",
        told,
    )
    messages.success(request, said % {"number": version.number, "told": told})
    return _back(letter)


def _back(letter: Letter) -> HttpResponse:
    return see_other(reverse("texts", kwargs={"slug": letter.slug}))


def _changes(version: Version, drafts: list[Draft]) -> list[dict[str, Any]]:
    """Each draft with what it changes of the version's text in its language."""
    old = {text.language: text for text in version.translations.all()}
    return [_change(old.get(draft.language), draft) for draft in drafts]


def _change(old: Translation | None, draft: Draft) -> dict[str, Any]:
    before: Text = old or Draft(language=draft.language)
    changed = any(getattr(before, name) != getattr(draft, name) for name in TEXT)
    return {"text": draft, "changed": changed, "is_new": old is None, **text_diff(before, draft)}
