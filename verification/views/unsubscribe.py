"""“Get no more updates”: the link in the mail, and the mail program's own button (RFC 8058)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from common.access import anyone_with_link
from common.languages import speak
from common.responses import private
from common.tokens import TokenError
from signatories.models import Signature
from verification.links import read_unsubscribe_token
from verification.services.unsubscribe import unsubscribe as end_updates
from verification.views.confirm import find_signature, problem, translation_of


@anyone_with_link
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Scanners open the address, so that shows a page only; a POST, whatever is in it, ends the
    updates at once, without another question and without a redirect. The page leads to nothing
    else of the signature: mail programs pass this address on."""
    try:
        signature = find_signature(read_unsubscribe_token(token))
    except TokenError:
        return problem(request, "forged")
    if signature is None:
        return problem(request, "gone")
    ended = request.method == "POST"
    if ended:
        try:
            end_updates(signature_id=signature.pk)
        except Signature.DoesNotExist:  # erased meanwhile
            return problem(request, "gone")
    context = {
        "signature": signature,
        "letter": signature.letter,
        "translation": translation_of(signature),
        "ended": ended or not signature.consent_updates,
    }
    with speak(signature.language):
        return private(render(request, "verification/unsubscribe.html", context))
