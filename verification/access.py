"""Who may enter by a personal link; `common.access` and `letters.access` have the other marks."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from common.access import anyone_may_post
from common.languages import speak
from common.throttle import Throttled, hit
from common.tokens import TokenError
from signatories.models import Signature
from verification.links import read_manage_token
from verification.views.confirm import find_signature, problem

P = ParamSpec("P")


def signatory(
    view: Callable[Concatenate[HttpRequest, Signature, str, P], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """Whoever holds the manage link: the view gets the signature and the link's token, and speaks
    the language that was signed in. Any other link is told that it is none. Each change is written
    down for good, so there are only so many a minute."""

    @anyone_may_post
    @wraps(view)
    def opened(request: HttpRequest, /, token: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            signature = find_signature(read_manage_token(token))
        except TokenError:
            signature = None
        if signature is None:
            return problem(request, "forged")
        if request.method == "POST":
            try:
                hit({"manage": str(signature.pk)}, nudge="manage")
            except Throttled:
                return problem(request, "busy", signature)
        with speak(signature.language):
            return view(request, signature, token, *args, **kwargs)

    return opened
