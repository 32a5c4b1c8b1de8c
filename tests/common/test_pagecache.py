from __future__ import annotations

import gzip
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import brotli
import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from common import pagecache
from common.pagecache import PageCacheMiddleware, keep_page

factory = RequestFactory()


def counting(
    body: str = "x" * 2000, status: int = 200
) -> tuple[Callable[..., HttpResponse], list[int]]:
    calls: list[int] = []

    def view(request: object) -> HttpResponse:
        calls.append(1)
        return keep_page(HttpResponse(body, status=status))

    return view, calls


def test_page_is_rendered_once_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    view, calls = counting()
    middleware = PageCacheMiddleware(view)
    for _ in range(3):
        assert middleware(factory.get("/a/")).content == b"x" * 2000  # type: ignore[attr-defined]
    assert len(calls) == 1
    later = time.monotonic() + 2
    monkeypatch.setattr(pagecache.time, "monotonic", lambda: later)
    middleware(factory.get("/a/"))
    assert len(calls) == 2


@pytest.mark.parametrize(
    ("encoding", "decode"),
    [("gzip", gzip.decompress), ("br", brotli.decompress), ("identity", bytes)],
)
def test_body_comes_in_the_asked_encoding(encoding: str, decode: Callable[[bytes], bytes]) -> None:
    middleware = PageCacheMiddleware(counting()[0])
    response = middleware(factory.get("/a/", headers={"Accept-Encoding": encoding}))
    assert decode(response.content) == b"x" * 2000  # type: ignore[attr-defined]
    assert response["Content-Length"] == str(len(response.content))  # type: ignore[attr-defined]
    assert response["Vary"] == "Accept-Encoding"


def test_etag_that_was_seen_answers_304() -> None:
    middleware = PageCacheMiddleware(counting()[0])
    etag = middleware(factory.get("/a/"))["ETag"]
    response = middleware(factory.get("/a/", headers={"If-None-Match": f'"other", {etag}'}))
    assert (response.status_code, response["ETag"]) == (304, etag)


def test_query_is_ignored_except_the_cursor_of_the_roll() -> None:
    view, calls = counting()
    middleware = PageCacheMiddleware(view)
    for query in ("", "?fbclid=1", "?utm_source=x&after=1"):
        middleware(factory.get(f"/letters/a/{query}"))
    assert len(calls) == 1
    for query in ("", "?fbclid=1", "?after=x", "?after=x&utm_source=y", "?after=z"):
        middleware(factory.get(f"/letters/a/roll/{query}"))
    assert len(calls) == 4


def test_error_cookie_and_unmarked_pages_are_not_kept() -> None:
    view, calls = counting(status=404)
    middleware = PageCacheMiddleware(view)
    middleware(factory.get("/a/"))
    middleware(factory.get("/a/"))

    def with_cookie(request: object) -> HttpResponse:
        response = view(request)
        response.status_code = 200
        response.set_cookie("a", "b")
        return response

    cookie = PageCacheMiddleware(with_cookie)
    cookie(factory.get("/b/"))
    cookie(factory.get("/b/"))
    assert len(calls) == 4


def test_head_keeps_nothing_and_drops_nothing() -> None:
    view, calls = counting()
    middleware = PageCacheMiddleware(view)
    middleware(factory.head("/a/"))
    middleware(factory.get("/a/"))
    middleware(factory.head("/a/"))
    assert len(calls) == 2


def test_others_get_the_old_page_while_one_renders(monkeypatch: pytest.MonkeyPatch) -> None:
    started, go_on = Event(), Event()
    calls: list[int] = []

    def slow(request: object) -> HttpResponse:
        calls.append(1)
        if len(calls) > 1:
            started.set()
            assert go_on.wait(5)
        return keep_page(HttpResponse(str(len(calls))))

    middleware = PageCacheMiddleware(slow)
    middleware(factory.get("/a/"))
    later = time.monotonic() + 2
    monkeypatch.setattr(pagecache.time, "monotonic", lambda: later)
    with ThreadPoolExecutor(1) as pool:
        renewing = pool.submit(middleware, factory.get("/a/"))
        assert started.wait(5)
        assert middleware(factory.get("/a/")).content == b"1"  # type: ignore[attr-defined]
        go_on.set()
        assert renewing.result(5).content == b"2"
    assert len(calls) == 2


@pytest.mark.parametrize(("age", "status"), [(2, 200), (60, 500)])
def test_page_that_fails_to_render_is_given_once_more_for_a_while(
    monkeypatch: pytest.MonkeyPatch, age: int, status: int
) -> None:
    answers = [keep_page(HttpResponse("whole")), HttpResponse("broken", status=500)]
    middleware = PageCacheMiddleware(lambda request: answers.pop(0))
    middleware(factory.get("/a/"))
    later = time.monotonic() + age
    monkeypatch.setattr(pagecache.time, "monotonic", lambda: later)
    assert middleware(factory.get("/a/")).status_code == status


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("", ""),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip;q=1.0, *;q=0", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br; q=0.0,gzip ;q=0.5", "gzip"),
        ("x-embrace, ungzipped", ""),
        ("BR", "br"),
        ("*", "br"),
        ("br;q=nonsense", ""),
        ("identity", ""),
    ],
)
def test_encoding_is_one_that_the_reader_takes(accepted: str, encoding: str) -> None:
    assert pagecache.best_encoding(accepted) == encoding
