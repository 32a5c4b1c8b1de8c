from __future__ import annotations

import socket
import threading
import time
from contextlib import ExitStack
from io import BytesIO
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from common import bodyreading
from common.bodylimit import BodyLimitMiddleware
from common.bodyreading import BodyReaders, TooManyReaders, hang_up

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
    with ExitStack() as idle:
        for number in range(middleware.readers.most):
            idle.enter_context(middleware.readers.one_more(f"192.0.2.{number}", 0))
        time.sleep(bodyreading.GRACE)
        response = middleware(factory.generic("POST", "/", b"name=Ada", FORM))
        assert (response.status_code, response.headers["Retry-After"]) == (503, "2")
        assert middleware(factory.get("/")).status_code == 200
    assert middleware(factory.generic("POST", "/", b"name=Ada", FORM)).status_code == 200


def test_one_address_leaves_readers_to_others() -> None:
    readers = BodyReaders(3)
    with readers.one_more("192.0.2.1", 0), readers.one_more("192.0.2.1", 0):
        with pytest.raises(TooManyReaders), readers.one_more("192.0.2.1", 0):
            pass
        with readers.one_more("192.0.2.2", 0):
            pass


def test_readers_that_have_just_begun_are_waited_for() -> None:
    readers = BodyReaders(1)
    begun = threading.Event()

    def read() -> None:
        with readers.one_more("192.0.2.1", 0):
            begun.set()
            time.sleep(0.05)

    thread = threading.Thread(target=read)
    thread.start()
    assert begun.wait(5)
    with readers.one_more("192.0.2.1", 0):
        pass
    thread.join()


def test_silent_connections_are_ended_and_others_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodyreading, "LONGEST_SILENCE", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)) as silent, server.accept()[0] as ours:
            silent.sendall(b"name=")
            assert ours.recv(10) == b"name="
            assert hang_up(port, {"127.0.0.1"}) == 0
            time.sleep(0.4)
            assert hang_up(port, {"192.0.2.1"}) == 0
            assert hang_up(port, {"127.0.0.1"}) == 1
            assert ours.recv(10) == b""
