"""Who may enter a view. Each view carries one of these marks; without one the start fails.

Room `letters` adds the marks for members (`letters.access`).
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


class UserRequest(HttpRequest):
    """A request of somebody who is logged in."""

    user: AbstractBaseUser  # type: ignore[assignment]


class CrossSitePost(PermissionDenied):
    """A POST that another site made the browser send."""


V = TypeVar("V", bound=Callable[..., HttpResponseBase])


def mark(view: V, access: str) -> V:
    """Writes on a view who may enter; the access table and the start-up check read it."""
    view.access = access  # type: ignore[attr-defined]
    return view


def anyone(view: View[P]) -> View[P]:
    """Everybody may read; only GET and HEAD."""
    return mark(require_safe(view), "anyone")


def anyone_may_post(view: View[P]) -> Callable[..., HttpResponseBase]:
    """Everybody may read and send. No cookie, so the guard against other sites is where the
    browser says the request comes from (Fetch Metadata, else Origin)."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.method == "POST" and not is_same_origin(request):
            raise CrossSitePost
        return view(request, *args, **kwargs)

    methods = require_http_methods(["GET", "HEAD", "POST"])
    return mark(csrf_exempt(methods(guarded)), "anyone may post")


def anyone_with_link(view: View[P]) -> Callable[..., HttpResponseBase]:
    """Whoever holds the personal link may read and send, from anywhere: mail programs send the
    form of RFC 8058 from their own pages. The view reads no cookie."""
    methods = require_http_methods(["GET", "HEAD", "POST"])
    return mark(csrf_exempt(methods(view)), "anyone with the link")


def user(
    view: Callable[Concatenate[UserRequest, P], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """Whoever is logged in."""
    return mark(login_required(view), "user")


def is_same_origin(request: HttpRequest) -> bool:
    """Whether the browser says that one of our own pages sent this request.

    `Sec-Fetch-Site` (W3C Fetch Metadata) decides where it is sent, else `Origin`. A request with
    neither is no browser's cross-site form: current browsers send one of them with each POST.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin")
    if origin is None:
        return True
    try:
        netloc = urlsplit(origin).netloc
    except ValueError:  # such as "http://[", which no browser sends
        return False
    return netloc in (request.get_host(), urlsplit(settings.SITE_URL).netloc)
