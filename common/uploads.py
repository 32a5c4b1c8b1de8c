"""Files that organisers send: which views take one and how large, and nobody else's."""

from collections.abc import Callable
from importlib import import_module
from typing import Any, TypeVar

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest, HttpResponseBase
from django.urls import Resolver404, resolve

MB = 1024 * 1024
V = TypeVar("V", bound=Callable[..., HttpResponseBase])


def takes_file(most_bytes: int) -> Callable[[V], V]:
    """Marks a view that takes a file of up to so many bytes. It is read from the connection to the
    disk while the form is parsed, not before as other forms are."""

    def decorate(view: V) -> V:
        view.most_bytes = most_bytes  # type: ignore[attr-defined]
        return view

    return decorate


def most_bytes_of(path: str) -> int:
    """How large a file the view of this path takes; 0 where it takes none."""
    try:
        return int(getattr(resolve(path).func, "most_bytes", 0))
    except Resolver404:
        return 0


def is_logged_in(request: HttpRequest) -> bool:
    """Whether the cookie is of a session that somebody is logged in with; for what stands before
    the middleware of sessions."""
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    store = import_module(settings.SESSION_ENGINE).SessionStore(key)
    return key is not None and SESSION_KEY in store


class MembersOnly(FileUploadHandler):
    """Nobody fills the disk without a login: the rest of such a request is not read."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        user = getattr(self.request, "user", None)
        if user is None or not user.is_authenticated:
            raise StopUpload(connection_reset=True)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None
