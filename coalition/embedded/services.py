"""Start what the environment does not name, and stop it again."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from coalition.embedded import addresses, postgres, redis_server
from coalition.embedded.errors import EmbeddedError
from coalition.embedded.lock import only_start
from coalition.embedded.processes import (
    Program,
    end_leftovers,
    last_lines,
    leftover_programs,
    supervised_by,
)

Waiter = Callable[[subprocess.Popen[bytes], Path], None]


@dataclass
class Service:
    """A running server and how to wait for it, so that a supervisor can start it again."""

    program: Program
    process: subprocess.Popen[bytes]
    wait_ready: Waiter


@dataclass(frozen=True)
class Running:
    """What was started, and what to add to the environment of whoever uses it."""

    services: tuple[Service, ...]
    environment: Mapping[str, str]


@contextmanager
def everything(var: Path, mailbox_port: int | None = None) -> Iterator[Running]:
    """Hold `var` and run the servers that the environment does not name, until the block ends.

    DATABASE_URL, REDIS_URL and EMAIL_URL in the environment are left alone. The SMTP catcher
    listens on `mailbox_port`, else on any free one: the tests run while `make run` holds the usual
    port. Raises EmbeddedError.
    """
    prepared: list[tuple[Program, Waiter]] = []
    environment = {"VAR": str(var)}
    with only_start(var), ExitStack() as stack:
        end_leftovers(lambda: leftover_programs(var))
        if not os.environ.get("DATABASE_URL"):
            prepared.append((postgres.prepare(var), postgres.wait_ready))
            # Tells the settings that this is the embedded database, although its address is now
            # given.
            environment |= {"DATABASE_URL": addresses.database_url(var), "EMBEDDED": "1"}
        if not os.environ.get("REDIS_URL"):
            prepared.append((redis_server.prepare(var), redis_server.wait_ready))
            environment["REDIS_URL"] = addresses.redis_url(var)
        if not os.environ.get("EMAIL_URL"):
            port = mailbox_port or free_port()
            prepared.append((mailbox_program(var, port), wait_for_port(port)))
            environment |= {
                "EMAIL_URL": f"smtp://127.0.0.1:{port}",
                "MAILBOX_PORT": str(port),
                "MAILBOX": os.environ.get("MAILBOX") or _shows_mail(),
            }
        stack.callback(shutil.rmtree, addresses.runtime_dir(var), ignore_errors=True)
        services = []
        for program, wait_ready in prepared:
            service = Service(program, program.start(), wait_ready)
            # The service's process, not this one: a supervisor may have started another meanwhile.
            stack.callback(lambda s: s.program.stop(s.process), service)
            services.append(service)
        for service in services:
            service.wait_ready(service.process, var)
        yield Running(tuple(services), environment)


def _shows_mail() -> str:
    """Return whether the mailbox has pages: a site with https is no first look on one machine."""
    return "0" if os.environ.get("SITE_URL", "").startswith("https://") else "1"


def mailbox_program(var: Path, port: int) -> Program:
    """Return the SMTP catcher that listens on that port."""
    return Program(
        name="mailbox",
        argv=(sys.executable, "-m", "coalition.mailbox"),
        environment={"MAILBOX_PORT": str(port), "VAR": str(var), **supervised_by(var)},
        log=var / "log" / "mailbox.log",
        directory=addresses.REPOSITORY,
    )


def wait_for_port(port: int, seconds: float = 30) -> Waiter:
    """Return a function that waits until something listens on that loopback port."""

    def wait(process: subprocess.Popen[bytes], var: Path) -> None:
        deadline = time.monotonic() + seconds
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                return
            except OSError as error:
                if process.poll() is not None or time.monotonic() > deadline:
                    raise EmbeddedError(
                        f"The mailbox does not answer on port {port}:\n"
                        f"{last_lines(var / 'log' / 'mailbox.log')}"
                    ) from error
                time.sleep(0.05)

    return wait


def free_port() -> int:
    """Return a TCP port of the loopback interface that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
