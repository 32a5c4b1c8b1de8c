"""Start what the environment does not name, and stop it again."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from coalition.embedded import addresses, postgres, redis_server
from coalition.embedded.lock import only_start
from coalition.embedded.processes import Program

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
def stores(var: Path) -> Iterator[Running]:
    """Hold `var` and run the stores that the environment does not name, until the block ends.

    DATABASE_URL and REDIS_URL in the environment are left alone. Raises EmbeddedError.
    """
    prepared: list[tuple[Program, Waiter]] = []
    environment = {"VAR": str(var)}
    with only_start(var), ExitStack() as stack:
        if not os.environ.get("DATABASE_URL"):
            prepared.append((postgres.prepare(var), postgres.wait_ready))
            # Tells the settings that this is the embedded database, although its address is now given.
            environment |= {"DATABASE_URL": addresses.database_url(var), "EMBEDDED": "1"}
        if not os.environ.get("REDIS_URL"):
            prepared.append((redis_server.prepare(var), redis_server.wait_ready))
            environment["REDIS_URL"] = addresses.redis_url(var)
        services = []
        for program, wait_ready in prepared:
            process = program.start()
            service = Service(program, process, wait_ready)
            # By the service, not by this process: a supervisor may have replaced it meanwhile.
            stack.callback(lambda s: s.program.stop(s.process), service)
            services.append(service)
        for service in services:
            service.wait_ready(service.process, var)
        yield Running(tuple(services), environment)


def mailbox_program(port: int, var: Path, log: Path | None = None) -> Program:
    """Return the SMTP catcher that listens on that port."""
    return Program(
        name="mailbox",
        argv=(sys.executable, "-m", "coalition.mailbox"),
        environment={"MAILBOX_PORT": str(port), "VAR": str(var)},
        log=log,
        directory=addresses.REPOSITORY,
    )


@contextmanager
def everything(var: Path) -> Iterator[dict[str, str]]:
    """Run the stores and, unless EMAIL_URL is set, the SMTP catcher; yield the environment to add."""
    with stores(var) as running, ExitStack() as stack:
        environment = dict(running.environment)
        if not os.environ.get("EMAIL_URL"):
            # A free port unless one is asked for: the tests run while `make run` holds the usual one.
            port = int(os.environ.get("MAILBOX_PORT") or free_port())
            mailbox = mailbox_program(port, var, var / "log" / "mailbox.log")
            process = mailbox.start()
            stack.callback(mailbox.stop, process)
            environment |= {
                "EMAIL_URL": f"smtp://127.0.0.1:{port}",
                "MAILBOX_PORT": str(port),
                "MAILBOX": "1",
            }
        yield environment


def free_port() -> int:
    """Return a TCP port of the loopback interface that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Stopped(BaseException):
    """SIGTERM, SIGINT or SIGHUP arrived. Not an Exception: nothing on the way may swallow it."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.exit_code = 128 + number


@contextmanager
def stoppable() -> Iterator[None]:
    """Turn the signals that end a program into Stopped, once, so that blocks and callbacks clean up.

    From then on they are ignored: a second Ctrl-C would only leave servers behind.
    """
    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)

    def stop(number: int, _frame: object) -> None:
        for each in numbers:
            signal.signal(each, signal.SIG_IGN)
        raise Stopped(number)

    before = {number: signal.signal(number, stop) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
