"""The whole installation, as `make run` starts it, and a real browser."""

from __future__ import annotations

import email
import email.policy
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from oidc_provider_mock import run_server_in_thread

REPOSITORY = Path(__file__).parents[2]
OURS = ("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "DJANGO_SETTINGS_MODULE", "SITE_URL", "DEBUG")


@dataclass(frozen=True)
class Site:
    """A running installation with the demo in it."""

    url: str
    var: Path
    log: Path
    environment: dict[str, str]

    def mails_to(self, address: str) -> list[EmailMessage]:
        """What the SMTP catcher has for the address, oldest first."""
        mails = []
        for path in sorted((self.var / "mailbox").glob("*.eml")):
            data = path.read_bytes()
            if address.encode() not in data:  # at each look, reading all of thousands is slow
                continue
            mail = email.message_from_bytes(data, policy=email.policy.default)
            if address in str(mail["To"]):
                mails.append(mail)
        return mails

    def run(self, code: str) -> str:
        """What the code prints, run in this installation: for what has no page."""
        done = subprocess.run(
            [sys.executable, "manage.py", "shell", "-v", "0", "-c", code],
            cwd=REPOSITORY,
            env=self.environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    def wait_for_mail(self, address: str, subject: str = "") -> EmailMessage:
        """The newest mail to the address whose subject has these words, at most 90 s later: two
        cores also run the other half of the suite, and beat asks again every ten seconds."""
        found = wait_until(
            lambda: [m for m in self.mails_to(address) if subject in str(m["Subject"])],
            f"a mail to {address}",
            seconds=90,
        )
        return found[-1]


def wait_until(look: Callable[[], Any], what: str, seconds: float = 30) -> Any:
    """The first truthy result of `look`."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if result := look():
            return result
        time.sleep(0.1)
    raise AssertionError(f"No {what} within {seconds:.0f} s")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as response:  # noqa: S310  our own loopback URL
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


@pytest.fixture(scope="session")
def account_service() -> Iterator[str]:
    """An OpenID Connect provider on loopback."""
    with run_server_in_thread() as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, account_service: str) -> Iterator[Site]:
    """`manage.py up` in an empty VAR of its own; ended by SIGTERM, and nothing is left running."""
    var = tmp_path_factory.mktemp("var")
    log = var.parent / "up.log"
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if name not in OURS}
    environment |= {"VAR": str(var), "PORT": str(port), "MAILBOX_PORT": str(free_port())}
    provider = {"id": "try-out", "name": "Try-out ID", "client_id": "coalition", "secret": "x"}
    environment["OPENID_PROVIDERS"] = json.dumps([{**provider, "server_url": account_service}])
    url = f"http://localhost:{port}"
    with log.open("w") as output:
        up = subprocess.Popen(
            [sys.executable, "manage.py", "up"],
            cwd=REPOSITORY,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        wait_until(
            lambda: answers(f"{url}/healthz") or up.poll() is not None, "healthy site", seconds=300
        )
        assert up.poll() is None, log.read_text()
        yield Site(url, var, log, environment)
    finally:
        up.send_signal(signal.SIGTERM)
        up.wait(60)
    left = subprocess.run(["pgrep", "-f", str(var)], capture_output=True, text=True, check=False)
    assert left.stdout == "", f"still running: {left.stdout}"


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Debian's Chromium; as root it has no sandbox."""
    program = shutil.which("chromium")
    assert program, "Chromium is missing: apt-get install chromium"
    return {"executable_path": program, "args": ["--no-sandbox", "--disable-dev-shm-usage"]}


@pytest.fixture
def console(page: Any) -> Iterator[list[str]]:
    """What the browser complains about: it must stay silent."""
    lines: list[str] = []
    page.on("console", lambda message: lines.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: lines.append(str(error)))
    yield lines
    assert lines == []


@pytest.fixture(scope="module")
def visitor(browser: Any) -> Iterator[Any]:
    """One tab for all pages of a module."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    yield page
    page.context.close()


@pytest.fixture
def complaints(visitor: Any) -> Iterator[list[str]]:
    """What the browser says in the visitor's console."""
    lines: list[str] = []

    def note(message: Any) -> None:
        lines.append(f"{message.type}: {message.text}")

    visitor.on("console", note)
    yield lines
    visitor.remove_listener("console", note)
