"""Public pages kept in process: rendered once per address and second, the same bytes for everyone.

A view marks its response with `keep_page`; the outermost middleware then answers from memory,
compressed and with an ETag, before sessions or anything else is touched. While one thread renders
a page anew, the others go on with the page that just ran out. Where rendering fails (Postgres
restarts), that page is given for up to half a minute.
"""

import gzip
import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import TypeGuard

import brotli
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.http import parse_etags

from common.pageviews import note_view

FRESH_SECONDS = 1.0
STALE_SECONDS = 30.0
STALE_SHARED_SECONDS = 60
MAX_PAGES = 1000
PAGED = "/roll/"
CURSOR = "after"
SEARCHES = ("q", "country", "mark", "sort", "show")


def keep_page(
    response: HttpResponse,
    *,
    shared_seconds: int = 5,
    until: datetime | None = None,
    views_of: int | None = None,
) -> HttpResponse:
    """Marks a public response for keeping here, and for `shared_seconds` in caches before us.

    Nobody keeps it beyond the instant `until`, such as the end of an embargo. Each time that a
    browser opens it counts as a view of `views_of` (`common.pageviews`).
    """
    left = until.timestamp() - time.time() if until else STALE_SHARED_SECONDS * 2
    response["Cache-Control"] = (
        f"public, max-age={shared_seconds}, stale-while-revalidate={STALE_SHARED_SECONDS}"
        if left > shared_seconds + STALE_SHARED_SECONDS
        else f"public, max-age={max(0, min(shared_seconds, int(left)))}, must-revalidate"
    )
    response._keep_page = True  # type: ignore[attr-defined]
    response._until = until.timestamp() if until else None  # type: ignore[attr-defined]
    response._views_of = views_of  # type: ignore[attr-defined]
    return response


@dataclass(slots=True)
class _Page:
    headers: dict[str, str]
    bodies: dict[str, bytes]
    etags: dict[str, str]
    made_at: float
    until: float | None = None
    views_of: int | None = None
    renewing: threading.Lock = field(default_factory=threading.Lock)


class _Pages:
    def __init__(self) -> None:
        self._pages: OrderedDict[str, _Page] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str) -> _Page | None:
        return self._pages.get(key)

    def put(self, key: str, page: _Page) -> None:
        with self._lock:
            self._pages[key] = page
            self._pages.move_to_end(key)
            while len(self._pages) > MAX_PAGES:
                self._pages.popitem(last=False)

    def drop(self, key: str) -> None:
        with self._lock:
            self._pages.pop(key, None)

    def clear(self) -> None:
        with self._lock:
            self._pages.clear()


pages = _Pages()


def is_search(request: HttpRequest) -> bool:
    """Whether the request searches or orders a paged list. Such pages are as many as people can
    think of, so none is kept: they would push out the pages that everybody reads."""
    return any(name in request.GET for name in SEARCHES)


def _key(request: HttpRequest) -> str | None:
    """The path, and the cursor of pages that have one; None for a search. Whatever else stands in
    a query (`utm_…`, `fbclid`) is for the reader's own statistics: a view that reads it must not
    keep its page."""
    path = request.path_info
    if request.META.get("QUERY_STRING") and path.endswith(PAGED):
        if is_search(request):
            return None
        if CURSOR in request.GET:
            return f"{path}?{request.GET[CURSOR]}"
    return path


class PageCacheMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        meta = request.META
        if request.method not in ("GET", "HEAD"):
            return self.get_response(request)
        key = _key(request)
        if key is None:
            return self.get_response(request)
        page = pages.get(key)
        if page is None or (page.until is not None and page.until <= time.time()):
            return self._render(request, key, None)
        age = time.monotonic() - page.made_at
        if age < FRESH_SECONDS:
            return _answer(page, meta)
        mine = page.renewing.acquire(blocking=False)
        if not mine and age < STALE_SECONDS:
            return _answer(page, meta)
        try:
            return self._render(request, key, page if age < STALE_SECONDS else None)
        finally:
            if mine:
                page.renewing.release()

    def _render(self, request: HttpRequest, key: str, old: _Page | None) -> HttpResponseBase:
        response = self.get_response(request)
        if old and response.status_code >= 500:  # such as while Postgres restarts
            return _answer(old, request.META)
        if not _may_be_kept(response):
            pages.drop(key)
            return response
        if request.method == "HEAD":
            return response
        page = _make_page(response)
        pages.put(key, page)
        return _answer(page, request.META)


def _may_be_kept(response: HttpResponseBase) -> TypeGuard[HttpResponse]:
    return (
        isinstance(response, HttpResponse)
        and getattr(response, "_keep_page", False)
        and response.status_code == 200
        and not response.cookies
    )


def _make_page(response: HttpResponse) -> _Page:
    # Nothing of the page differs by cookie or language header; a middleware may have said so.
    response["Vary"] = "Accept-Encoding"
    body = response.content
    digest = hashlib.blake2b(body, digest_size=12).hexdigest()
    return _Page(
        headers=dict(response.items()),
        bodies={
            "": body,
            "gzip": gzip.compress(body, 6, mtime=0),
            "br": brotli.compress(body, quality=5),
        },
        etags={"": f'"{digest}"', "gzip": f'"{digest}.g"', "br": f'"{digest}.b"'},
        made_at=time.monotonic(),
        until=getattr(response, "_until", None),
        views_of=getattr(response, "_views_of", None),
    )


@lru_cache(maxsize=256)
def best_encoding(accepted: str) -> str:
    """The smallest of our encodings that an Accept-Encoding header takes (RFC 9110, 12.5.3), or
    none (""). Browsers send few different ones."""
    weights: dict[str, float] = {}
    for item in accepted.lower().split(","):
        name, _, rest = item.partition(";")
        key, _, weight = rest.replace(" ", "").partition("=")
        try:
            weights[name.strip()] = float(weight) if key == "q" else 1.0
        except ValueError:
            weights[name.strip()] = 0.0
    others = weights.get("*", 0.0)
    return next((name for name in ("br", "gzip") if weights.get(name, others) > 0), "")


def _answer(page: _Page, meta: dict[str, str]) -> HttpResponse:
    if page.views_of is not None and meta["REQUEST_METHOD"] == "GET":
        note_view(page.views_of, meta)
    encoding = best_encoding(meta.get("HTTP_ACCEPT_ENCODING", ""))
    etag = page.etags[encoding]
    seen = meta.get("HTTP_IF_NONE_MATCH")
    if seen and etag in parse_etags(seen):
        response = HttpResponse(status=304)
        for name in ("Cache-Control", "Vary"):
            response.headers[name] = page.headers[name]
    else:
        body = page.bodies[encoding]
        response = HttpResponse(body)
        for name, value in page.headers.items():
            response.headers[name] = value
        if encoding:
            response.headers["Content-Encoding"] = encoding
        response.headers["Content-Length"] = str(len(body))
    response.headers["ETag"] = etag
    return response
