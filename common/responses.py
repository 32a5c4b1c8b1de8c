"""Answers that several rooms give."""

from django.http import HttpResponse, HttpResponseRedirect


class HttpResponseSeeOther(HttpResponseRedirect):
    """303: the browser gets the next page with GET, and a reload does not send the form again."""

    status_code = 303


def see_other(url: str) -> HttpResponse:
    return HttpResponseSeeOther(url)


def private(response: HttpResponse) -> HttpResponse:
    """For pages behind a personal link: kept nowhere, searchable nowhere, told to no other site.

    Not `no-referrer`: browsers then send `Origin: null` with the page's own form (Fetch, 3.2).
    """
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "same-origin"
    return response
