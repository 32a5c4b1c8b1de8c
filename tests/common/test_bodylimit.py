from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from common.bodylimit import BodyLimitMiddleware

factory = RequestFactory()
FORM = "application/x-www-form-urlencoded"


def send(body: bytes, **meta: Any) -> HttpResponse:
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse(request.POST.get("name", ""))

    request = factory.generic("POST", "/", body, FORM, **{"wsgi.input": BytesIO(body), **meta})
    response = BodyLimitMiddleware(view)(request)
    assert isinstance(response, HttpResponse)
    return response


def test_whole_and_empty_bodies_arrive() -> None:
    assert send(b"name=Ada").content == b"Ada"
    assert send(b"").status_code == 200
    assert send(b"", CONTENT_LENGTH="0").status_code == 200


@pytest.mark.parametrize(
    ("meta", "status"),
    [
        ({"HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": ""}, 411),
        ({"SERVER_PROTOCOL": "HTTP/2.0", "CONTENT_LENGTH": ""}, 411),
        ({"CONTENT_LENGTH": "999999"}, 413),
        ({"CONTENT_LENGTH": "20"}, 400),
        ({"CONTENT_LENGTH": "nonsense"}, 400),
    ],
)
def test_body_that_cannot_be_read_whole_is_refused(meta: dict[str, str], status: int) -> None:
    assert send(b"name=Ada", **meta).status_code == status


def test_form_that_finds_no_reader_is_told_to_come_again() -> None:
    middleware = BodyLimitMiddleware(lambda request: HttpResponse())
    taken = 0
    while middleware.readers.acquire(blocking=False):
        taken += 1
    response = middleware(factory.generic("POST", "/", b"name=Ada", FORM))
    assert (response.status_code, response.headers["Retry-After"]) == (503, "2")
    assert middleware(factory.get("/")).status_code == 200
    for _ in range(taken):
        middleware.readers.release()
    assert middleware(factory.generic("POST", "/", b"name=Ada", FORM)).status_code == 200


def test_form_that_breaks_off_gives_its_place_back() -> None:
    middleware = BodyLimitMiddleware(lambda request: HttpResponse())
    for _ in range(10):
        cut = {"wsgi.input": BytesIO(b"name=Ada"), "CONTENT_LENGTH": "20"}
        request = factory.generic("POST", "/", b"name=Ada", FORM, **cut)
        assert middleware(request).status_code == 400
    assert middleware(factory.generic("POST", "/", b"name=Ada", FORM)).status_code == 200
