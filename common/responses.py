"""Answers that several rooms give."""

from django.http import HttpResponse, HttpResponseRedirect


class HttpResponseSeeOther(HttpResponseRedirect):
    """303: the browser gets the next page with GET, and a reload does not send the form again."""

    status_code = 303


def see_other(url: str) -> HttpResponse:
    return HttpResponseSeeOther(url)


# A mail is foreign markup: no script, no form, nothing loaded from anywhere. Its links open in a
# tab of their own (`base` below), which may then do what a page may.
_MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)


def mail_in_frame(html: str) -> HttpResponse:
    """A mail's HTML as it is, for a frame on one of our own pages."""
    return HttpResponse(
        f'<base target="_blank">{html}',
        headers={"Content-Security-Policy": _MAIL_POLICY, "X-Frame-Options": "SAMEORIGIN"},
    )


def private(response: HttpResponse) -> HttpResponse:
    """For pages behind a personal link: kept nowhere, searchable nowhere, told to no other site.

    Not `no-referrer`: browsers then send `Origin: null` with the page's own form (Fetch, 3.2).
    """
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "same-origin"
    return response
