"""The organisers' page of a letter's texts, and the form that makes a new one."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from common.responses import see_other
from letters.access import MemberRequest, letter_member
from letters.forms import ChangeForm, TextForm
from letters.models import ChangeKind, Letter, Role
from letters.services.publish_version import NewerVersion, NothingChanged
from letters.views.versions import text_diff
from signatories.models import Signature, Status
from verification.models import VersionNotice
from verification.services.change_text import change_text


@letter_member(Role.VIEWER)
@require_safe
def texts(request: MemberRequest, letter: Letter) -> HttpResponse:
    """Every version with how many signed it, and how far the mails about it are."""
    counted = Count("signatures", filter=Q(signatures__status=Status.COUNTED))
    asked = Count("signatures", filter=Q(signatures__status=Status.ASKED))
    versions = letter.versions.annotate(counted=counted, asked=asked).order_by("-number")
    notices = VersionNotice.objects.filter(version=letter.current_version)
    told = notices.aggregate(
        sent=Count("id", filter=Q(sent_at__isnull=False)),
        waiting=Count("id", filter=Q(sent_at__isnull=True, due_at__isnull=False)),
    )
    context = {
        "letter": letter,
        "versions": versions,
        "told": told,
        "may_edit": request.role.includes(Role.EDITOR) and letter.current_version is not None,
    }
    return render(request, "verification/texts.html", context)


@letter_member(Role.EDITOR)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: MemberRequest, letter: Letter) -> HttpResponse:
    """The form, its preview, and the publication: two buttons of one form."""
    version = letter.current_version
    if version is None:
        return _back(letter)
    data = request.POST if request.method == "POST" else None
    form = ChangeForm(data, initial={"base": version.number})
    old = list(version.translations.select_related("version__letter"))
    forms = [TextForm(data, text=text) for text in old]
    context: dict[str, Any] = {"letter": letter, "form": form, "forms": forms, "version": version}
    context["standing"] = Signature.objects.of_letter(letter.pk).counted().count()
    if data is not None and not any(f.errors for f in (form, *forms)):
        context["previews"] = [_preview(text_form) for text_form in forms]
        if "publish" in data:
            try:
                return _publish(request, letter, form, forms)
            except NewerVersion:
                form.add_error(
                    None, _("Somebody published another version meanwhile. Please start from it.")
                )
            except NothingChanged:
                form.add_error(None, _("The text is the same as before."))
    problems = any(f.errors for f in (form, *forms))
    return render(
        request, "verification/change_text.html", context, status=422 if problems else 200
    )


def _publish(
    request: MemberRequest, letter: Letter, form: ChangeForm, forms: list[TextForm]
) -> HttpResponse:
    version = change_text(
        letter=letter,
        base=form.cleaned_data["base"],
        kind=ChangeKind(form.cleaned_data["kind"]),
        note=form.cleaned_data["note"],
        texts={text_form.text.language: text_form.cleaned_data for text_form in forms},
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


def _preview(form: TextForm) -> dict[str, Any]:
    old, new = form.text, form.as_it_would_be()
    changed = any(getattr(old, name) != getattr(new, name) for name in form.cleaned_data)
    return {"text": new, "changed": changed, **text_diff(old, new)}
