"""Answers that several rooms give."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect

ACCOUNT_PAGES = ("/organise/", "/accounts/")


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


class PrivatePagesMiddleware:
    """No cache keeps a page of somebody's account, unless its view says otherwise."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.path_info.startswith(ACCOUNT_PAGES):
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response
