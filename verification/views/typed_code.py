"""The code of the confirmation mail, typed where the letter was signed."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.access import anyone_may_post
from common.canonical import canonical_email
from common.crypto import email_digest, network_digest
from common.formfields import AddressField, CodeField
from common.languages import speak
from common.network import client_network
from common.responses import private, see_other
from common.throttle import WINDOW_SECONDS, Throttled
from letters.access import public_text
from letters.models import Translation
from signatories.models import Signature
from verification.links import confirm_path
from verification.typed_code import is_typed_code, limit_guessing


class TypedCodeForm(forms.Form):
    """No cookie remembers who signed, so the address is asked again."""

    email = AddressField(
        label=gettext_lazy("Email"),
        max_length=254,
        widget=forms.EmailInput(
            attrs={"autocomplete": "email", "inputmode": "email", "dir": "ltr"}
        ),
    )
    code = CodeField(label=gettext_lazy("Code from the mail"), autocomplete="one-time-code")


@anyone_may_post
def typed_code(request: HttpRequest, slug: str, language: str | None = None) -> HttpResponse:
    """A right code leads to the page that the mail's link opens; nothing is confirmed here."""
    _current, translation = public_text(slug, language)
    return answer_code(request, translation, translation.url_of("typed_code"))


def answer_code(request: HttpRequest, translation: Translation, code_url: str) -> HttpResponse:
    """The page of the typed code at `code_url`."""
    letter = translation.version.letter
    with speak(translation.language):
        form = TypedCodeForm(request.POST if request.method == "POST" else None)
        if request.method != "POST":
            return _page(request, translation, code_url, form, status=200)
        if not form.is_valid():
            return _page(request, translation, code_url, form, status=422)
        digest = email_digest(canonical_email(form.cleaned_data["email"]))
        try:
            limit_guessing(letter.pk, digest, network_digest(client_network(request)))
        except Throttled:
            form.add_error(None, _("Too many tries. Please wait a minute, or open the link."))
            response = _page(request, translation, code_url, form, status=429)
            response["Retry-After"] = str(WINDOW_SECONDS)
            return response
        if is_typed_code(letter.pk, digest, form.cleaned_data["code"]):
            signature = Signature.objects.newest_of_address(letter.pk, digest)
            if signature is not None:
                return private(see_other(confirm_path(signature.pk)))
        form.add_error(
            "code",
            _("This code does not fit the address, or is too old. Please compare both."),
        )
        return _page(request, translation, code_url, form, status=422)


def _page(
    request: HttpRequest, translation: Translation, code_url: str, form: forms.Form, *, status: int
) -> HttpResponse:
    context = {
        "letter": translation.version.letter,
        "translation": translation,
        "code_form": form,
        "code_url": code_url,
    }
    return private(render(request, "verification/typed_code.html", context, status=status))
