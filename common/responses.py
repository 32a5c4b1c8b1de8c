"""Answers that several rooms give."""

from collections.abc import Mapping
from typing import Any

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render


class HttpResponseSeeOther(HttpResponseRedirect):
    """303: the browser gets the next page with GET, and a reload does not send the form again."""

    status_code = 303


def see_other(url: str) -> HttpResponse:
    return HttpResponseSeeOther(url)


def page_of_forms(
    request: HttpRequest, template: str, context: Mapping[str, Any], sent: Mapping[str, BaseForm]
) -> HttpResponse:
    """A page that has several forms, empty ones in `context`. One that was `sent` and refused takes
    the place of the empty one of its name; as `form` it is the summary's, and the status is 422."""
    form = next(iter(sent.values()), None)
    return render(request, template, {**context, **sent, "form": form}, status=422 if form else 200)


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
