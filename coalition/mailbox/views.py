"""The mailbox in a browser (development only): a list, a message, its HTML part, its
attachments.
"""

from io import BytesIO

from csp.constants import SELF
from csp.decorators import csp_update
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from coalition.mailbox import store
from common.access import anyone
from common.responses import mail_in_frame

PAGE = 50


@anyone
def message_list(request: HttpRequest) -> HttpResponse:
    """The messages, newest first; `?to=` finds those to an address or a part of one."""
    to = request.GET.get("to", "").replace("\x00", "")
    page = Paginator(store.message_names(to), PAGE).get_page(request.GET.get("page"))
    messages = list(store.read_headers(list(page.object_list)))
    return render(request, "mailbox/list.html", {"page": page, "messages": messages, "to": to})


@anyone
@csp_update({"frame-src": [SELF]})  # type: ignore[arg-type]  # its type allows no URL arguments
def message(request: HttpRequest, name: str) -> HttpResponse:
    """One message: headers, text, HTML in a frame, attachments."""
    found = _message_or_404(name)
    return render(request, "mailbox/message.html", {"message": found})


@anyone
def message_html(request: HttpRequest, name: str) -> HttpResponse:
    """The HTML part alone, for the frame."""
    return mail_in_frame(_message_or_404(name).html)


@anyone
def attachment(request: HttpRequest, name: str, number: int) -> HttpResponseBase:
    """One attachment, counted from 0, as a download."""
    parts = _message_or_404(name).attachments
    if number >= len(parts):
        raise Http404
    part = parts[number]
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):  # a message inside the message
        content = b"".join(inner.as_bytes() for inner in part.iter_parts())
    return FileResponse(
        BytesIO(content),
        as_attachment=True,
        filename=part.get_filename() or f"attachment-{number}",
        content_type="application/octet-stream",
    )


def _message_or_404(name: str) -> store.Message:
    try:
        return store.read_message(name)
    except store.NoSuchMessage as error:
        raise Http404 from error
