"""The bodies of forms: read whole and within the limit before anything else happens, or answered
with what was wrong.

The server hands a request to a thread before its body has arrived and waits without a time limit
(it has no such option), so a dozen silent connections would hold all threads. One thread never
waits for a body: pages go on. A reverse proxy that buffers requests keeps the forms going too.
"""

from collections.abc import Callable
from threading import BoundedSemaphore

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, UnreadablePostError
from django.template.loader import render_to_string

from common.languages import speak
from common.uploads import MB, is_logged_in, most_bytes_of

# A body that has arrived is read in far less, even when all threads read at once.
PATIENCE_SECONDS = 0.05
TOO_MANY = "Too many forms at once. Please go back and send it again."


class BodyLimitMiddleware:
    """411 for a body of unknown length, 413 for one past the limit, 400 for one that ends early,
    503 where too many are on their way already."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.readers = BoundedSemaphore(max(1, settings.WEB_THREADS - 1))
        self.uploads = BoundedSemaphore(1)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        meta = request.META
        if _has_unknown_length(meta):
            # Django reads such a body as empty, and what was typed would be lost without a word.
            return _plain(411, "Please send the length of the form (Content-Length).")
        length = meta.get("CONTENT_LENGTH") or "0"
        if request.method == "POST" and meta.get("CONTENT_TYPE", "").startswith("multipart/"):
            most = most_bytes_of(request.path_info)
            if most:
                return self._upload(request, int(length) if length.isdigit() else 0, most)
        if length.isdigit() and int(length) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            return _page(413)
        if request.method == "POST" and length != "0":
            if not self.readers.acquire(timeout=PATIENCE_SECONDS):
                return _busy(TOO_MANY)
            try:
                whole = len(request.body) == int(length)
            except (UnreadablePostError, ValueError):
                whole = False
            finally:
                self.readers.release()
            if not whole:
                return _page(400)
        return self.get_response(request)

    def _upload(self, request: HttpRequest, length: int, most: int) -> HttpResponseBase:
        """A file, one at a time: it may be minutes on its way, and holds a thread that long. So
        nobody takes the place of members without a login."""
        if length > most + settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            return _page(413, most_mb=most // MB)
        if not is_logged_in(request):
            return redirect_to_login(request.get_full_path())
        if not self.uploads.acquire(blocking=False):
            return _busy("Another file is on its way. Please go back and send it again.")
        try:
            if not self.readers.acquire(timeout=PATIENCE_SECONDS):
                return _busy(TOO_MANY)
            try:
                return self.get_response(request)
            finally:
                self.readers.release()
        finally:
            self.uploads.release()


def _has_unknown_length(meta: dict[str, str]) -> bool:
    """HTTP/1.1 says `Transfer-Encoding`, and without it there is no body; HTTP/2 says nothing."""
    if meta.get("HTTP_TRANSFER_ENCODING"):
        return True
    return (
        meta["REQUEST_METHOD"] == "POST"
        and not meta.get("CONTENT_LENGTH")
        and meta.get("SERVER_PROTOCOL", "").startswith("HTTP/2")
    )


def _page(status: int, **context: int) -> HttpResponse:
    # Before the language is chosen: the thread still has that of its last request.
    with speak(settings.LANGUAGE_CODE):
        return HttpResponse(render_to_string(f"{status}.html", context), status=status)


def _busy(text: str) -> HttpResponse:
    response = _plain(503, text)
    response["Retry-After"] = "2"
    return response


def _plain(status: int, text: str) -> HttpResponse:
    return HttpResponse(f"{text}\n", status=status, content_type="text/plain; charset=utf-8")
