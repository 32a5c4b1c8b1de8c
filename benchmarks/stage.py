"""Where benchmarks and drills play: a database of their own on the embedded servers, the site's
own programs, a letter to sign."""

import os
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from subprocess import Popen
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg2

from coalition.embedded.processes import Program, last_lines
from coalition.embedded.services import free_port
from coalition.running.probe import is_healthy
from coalition.running.programs import site_programs

HOST = "127.0.0.1"
# Load comes from one address; nothing else about the site differs from `make run`.
UNTHROTTLED = {
    "THROTTLE_ADDRESS": "100000000",
    "THROTTLE_NETWORK": "100000000",
    "THROTTLE_LETTER": "100000000",
    "BURST_NETWORK": "100000000",
    "THROTTLE_SEARCH": "100000000",
    "SURGE_NETWORK": "100000000",
    "SURGE_LETTER": "100000000",
}


@dataclass
class Stage:
    """The place: `var` holds everything, `environment` is what each program gets."""

    var: Path
    port: int
    environment: dict[str, str]

    @property
    def url(self) -> str:
        """The site's address, without a slash at its end."""
        return f"http://{HOST}:{self.port}"

    def neighbour(self) -> "Stage":
        """The same place at another port."""
        return replace(self, port=free_port())

    def program(self, name: str, **options: str) -> Program:
        """The program of `make run` by that name, with its options (`c="1"` for `-c 1`) changed."""
        programs = site_programs(HOST, self.port, self.var, self.environment)
        found = next(program for program in programs if program.name == name)
        argv = list(found.argv)
        for option, value in options.items():
            argv[argv.index(f"-{option}") + 1] = value
        return replace(found, argv=tuple(argv), log=self.var / "log" / f"{name}.log")


def set_stage(database: str) -> Stage:
    """Makes the database anew, points this process's environment at it and sets Django up.

    Ends the program where the servers are not the embedded ones: drills kill them, and mails to
    invented addresses must reach nobody.
    """
    if os.environ.get("EMBEDDED") != "1" or not os.environ.get("MAILBOX_PORT"):
        sys.exit(
            "This runs on the embedded servers only: unset DATABASE_URL, REDIS_URL and EMAIL_URL, "
            "and start it with `make bench` or `make faults`."
        )
    var = Path(os.environ["VAR"])
    port = free_port()
    os.environ |= {
        **UNTHROTTLED,
        "DATABASE_URL": _fresh_database(os.environ["DATABASE_URL"], database),
        "PORT": str(port),
        "SITE_URL": f"http://{HOST}:{port}",
        "DJANGO_SETTINGS_MODULE": "coalition.settings",
    }
    import django

    django.setup()
    from coalition.running.preparation import prepare_site

    prepare_site(say, demo=True)
    return Stage(var, port, {})


def say(text: str) -> None:
    """One line of progress."""
    print(text, file=sys.stderr, flush=True)


def _fresh_database(url: str, name: str) -> str:
    connection = psycopg2.connect(url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{name}"')
    connection.close()
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def connect() -> Any:
    """A connection to the stage's database that commits each statement."""
    connection = psycopg2.connect(os.environ["DATABASE_URL"])
    connection.autocommit = True
    return connection


def value(sql: str, *parameters: object) -> Any:
    """The first column of the first row."""
    connection = connect()
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            return cursor.fetchone()[0] if cursor.description else cursor.rowcount
    finally:
        connection.close()


@contextmanager
def running(*programs: Program) -> Iterator[list[Popen[bytes]]]:
    """Runs the programs until the block ends, then stops them in the opposite order."""
    started: list[tuple[Program, Popen[bytes]]] = []
    try:
        for program in programs:
            process = program.start()
            started.append((program, process))
        yield [process for _, process in started]
    finally:
        for program, process in reversed(started):
            program.stop(process)


def wait_for_port(port: int, seconds: float = 30) -> None:
    """Waits until something listens there. Raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection((HOST, port), timeout=1).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise TimeoutError(f"Nothing listens on port {port}.") from None
            time.sleep(0.05)


def wait_until_healthy(stage: Stage, seconds: float = 60) -> None:
    """Waits for `/healthz`. Raises TimeoutError with the end of the web server's log."""
    deadline = time.monotonic() + seconds
    while not is_healthy(HOST, stage.port, stage.url):
        if time.monotonic() > deadline:
            log = stage.var / "log" / "web.log"
            raise TimeoutError(f"The site does not answer:\n{last_lines(log)}")
        time.sleep(0.1)
