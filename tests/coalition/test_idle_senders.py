"""Senders who fall silent within a form leave the web server answering everybody else."""

from __future__ import annotations

import http.client
import os
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from coalition.embedded import addresses
from coalition.embedded.services import free_port
from coalition.running.programs import site_programs

pytestmark = pytest.mark.slow

HEAD = b"POST /letters/x/sign/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nname="


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """The web server as `make run` starts it, over the servers of the tests."""
    number = free_port()
    var = addresses.var_dir()
    web = next(p for p in site_programs("127.0.0.1", number, var, os.environ) if p.name == "web")
    web = replace(web, log=tmp_path / "web.log")
    process = web.start()
    try:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and status_of(number, "/healthz") != 200:
            time.sleep(0.1)
        yield number
    finally:
        web.stop(process)


def status_of(port: int, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=3)
    try:
        connection.request("GET", path, headers={"Host": "localhost"})
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()


def test_idle_senders_leave_pages_answering(port: int) -> None:
    with ExitStack() as idle:
        for _ in range(24):
            sender = idle.enter_context(socket.create_connection(("127.0.0.1", port)))
            sender.sendall(HEAD)
        time.sleep(0.5)
        for _ in range(10):
            assert (status_of(port, "/healthz"), status_of(port, "/organise/")) == (200, 302)
