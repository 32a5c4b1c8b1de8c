"""Confirmation: opening the link shows, the button confirms."""

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from common.access import anyone_may_post
from common.languages import speak
from common.responses import private, see_other
from common.tokens import TokenError, TokenExpired
from letters.models import Translation
from letters.views.versions import text_in
from signatories.models import Signature, Status
from verification.links import read_confirm_token, thanks_url
from verification.services.confirm_signature import AlreadySigned, confirm_signature
from verification.services.request_mail import request_mail
from verification.views.inbox import inbox_page

MOST_WAITING = 20


def translation_of(signature: Signature) -> Translation:
    """The text that the signatory signed, in the language that it was signed in."""
    return text_in(signature.version, signature.language)


def find_signature(signature_id: int) -> Signature | None:
    return (
        Signature.objects.kept()
        .select_related("letter__coalition", "version__letter")
        .prefetch_related("version__translations")
        .filter(pk=signature_id)
        .first()
    )


@anyone_may_post
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    try:
        signature = find_signature(read_confirm_token(token))
    except TokenExpired as expired:
        signature = find_signature(int(expired.value))
        if signature is None:
            return problem(request, "gone")
        again = reverse("resend", kwargs={"token": token})
        return problem(request, "expired", signature, resend_url=again)
    except TokenError:
        return problem(request, "forged")
    if signature is None:
        return problem(request, "gone")
    if signature.confirmed_at is not None:
        return _thank(signature)
    waiting = list(_waiting(signature))
    if signature.status == Status.REJECTED and not waiting:
        return problem(request, "gone")
    if request.method == "POST":
        chosen = request.POST.get("signature", "")
        signature = next((row for row in waiting if str(row.pk) == chosen), signature)
        try:
            return _thank(confirm_signature(signature_id=signature.pk))
        except AlreadySigned:
            return problem(request, "already", signature)
    translation = translation_of(signature)
    with speak(signature.language):
        return private(
            render(
                request,
                "verification/confirm.html",
                {
                    "letter": signature.letter,
                    "translation": translation,
                    "signature": signature,
                    "version_url": translation.url_of(
                        "version_page", number=signature.version.number
                    ),
                    "waiting": waiting if len(waiting) > 1 else [],
                },
            )
        )


def _waiting(signature: Signature) -> QuerySet[Signature]:
    """All that waits for the confirmation of this address on this letter, newest first: whoever
    holds the link owns the address, and somebody else may have typed it into the form as well."""
    return (
        Signature.objects.filter(
            letter_id=signature.letter_id,
            email_digest=signature.email_digest,
            status=Status.UNCONFIRMED,
        )
        .select_related("version")
        .order_by("-id")[:MOST_WAITING]
    )


@anyone_may_post
def resend(request: HttpRequest, token: str) -> HttpResponse:
    """Sends a new mail to the address of an expired link, on the button only."""
    try:
        signature_id = read_confirm_token(token)
    except TokenExpired as expired:
        signature_id = int(expired.value)
    except TokenError:
        return problem(request, "forged")
    signature = find_signature(signature_id)
    if signature is None:
        return problem(request, "gone")
    if request.method != "POST":
        return HttpResponseRedirect(reverse("confirm", kwargs={"token": token}))
    request_mail(signature_id=signature.pk)
    text = translation_of(signature)
    if signature.letter.is_sealed():  # it has no public page to go on to
        return private(inbox_page(request, text))
    return see_other(text.url_of("check_inbox"))


def _thank(signature: Signature) -> HttpResponse:
    return private(see_other(thanks_url(signature.pk)))


_STATUS = {
    "expired": 410,
    "forged": 404,
    "gone": 410,
    "already": 409,
    "unconfirmed": 409,
    "busy": 429,
}


def problem(
    request: HttpRequest,
    kind: str,
    signature: Signature | None = None,
    *,
    resend_url: str | None = None,
) -> HttpResponse:
    """A link that does not do what it was for: says why, and what to do next."""
    with speak(signature.language if signature else "en"):
        return private(
            render(
                request,
                "verification/confirm_problem.html",
                {
                    "problem": kind,
                    "resend_url": resend_url,
                    "letter": signature.letter if signature else None,
                    "translation": translation_of(signature) if signature else None,
                },
                status=_STATUS[kind],
            )
        )
