"""What only organisers' pages have: sessions, users, messages and htmx details.

Public pages pass none of it. They cannot set a cookie by mistake, and signing is faster for it.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.module_loading import import_string

PREFIXES = ("/organise/", "/accounts/", "/operate/")

GetResponse = Callable[[HttpRequest], HttpResponseBase]


def is_workspace(request: HttpRequest) -> bool:
    """Whether the page is one of the organisers'."""
    return request.path_info.startswith(PREFIXES)


class WorkspaceMiddleware:
    """Sends organisers' pages through `WORKSPACE_MIDDLEWARE`, which have no `process_view`.

    No cache keeps these pages, unless their view says otherwise.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.public = get_response
        self.workspace = get_response
        for path in reversed(settings.WORKSPACE_MIDDLEWARE):
            self.workspace = import_string(path)(self.workspace)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not is_workspace(request):
            return self.public(request)
        response = self.workspace(request)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response
