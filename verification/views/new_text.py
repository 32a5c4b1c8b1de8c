"""The new text of a letter, for who has signed an earlier one: the button signs it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from common.responses import private, see_other
from letters.models import Version
from letters.views.versions import text_diff, text_in
from signatories.models import Signature, Status
from verification.access import signatory
from verification.services.reconsent_signature import OtherText, reconsent_signature
from verification.views.confirm import problem, translation_of
from verification.views.moderation import read_id


@signatory
def new_text(request: HttpRequest, signature: Signature, token: str) -> HttpResponse:
    """Shows what changed since the signature; opening it changes nothing."""
    version = signature.letter.current_version
    if version is None:
        return problem(request, "gone", signature)
    manage = reverse("manage", kwargs={"token": token})
    if signature.status != Status.ASKED:
        return private(see_other(manage))
    if request.method == "POST":
        language = text_in(version, signature.language).language
        try:
            reconsent_signature(
                signature_id=signature.pk,
                version_number=read_id(request.POST.get("version")) or 0,
                language=language,
            )
        except OtherText:
            return _page(request, signature, version, token, changed_again=True)
        return private(see_other(f"{manage}?notice=new_text"))
    return _page(request, signature, version, token)


def _page(
    request: HttpRequest,
    signature: Signature,
    version: Version,
    token: str,
    *,
    changed_again: bool = False,
) -> HttpResponse:
    letter = signature.letter
    version.letter = letter
    old = translation_of(signature)
    text = text_in(version, signature.language)
    response = render(
        request,
        "verification/new_text.html",
        {
            "signature": signature,
            "letter": letter,
            "translation": text,
            "text": text,
            "old": signature.version,
            "new": version,
            "changed_again": changed_again,
            "withdraw_url": reverse("withdraw", kwargs={"token": token}),
            "manage_url": reverse("manage", kwargs={"token": token}),
            **text_diff(old, text),
        },
        status=409 if changed_again else 200,
    )
    return private(response)
