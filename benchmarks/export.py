"""Exports of a million signatures through the web server; fails where one takes too much memory.

python -m coalition.embedded exec -- python -m benchmarks.export
"""

import sys
import time
from dataclasses import dataclass
from http.client import HTTPConnection
from urllib.parse import urlencode

from benchmarks.memory import Watch, below, peak_mb
from benchmarks.million import load_million
from benchmarks.roll import LETTER
from benchmarks.stage import HOST, Stage, running, set_stage, wait_until_healthy
from benchmarks.table import print_table

MOST_MB = 200.0
PATH = f"/organise/letters/{LETTER}/export/"
READ_BYTES = 64 * 1024


@dataclass(frozen=True)
class Measured:
    file_format: str
    seconds: float
    size_mb: float
    lines: int
    largest_mb: float


def main() -> int:
    """Returns 0 where every format stayed small, else 1."""
    stage = set_stage("coalition_export")
    from letters.models import Letter

    letter = Letter.objects.get(slug=LETTER)
    load_million(letter)
    cookie = log_in()
    measured = [measure(stage, cookie, file_format) for file_format in ("csv", "json", "xlsx")]
    print_table(
        ("format", "s", "file MB", "lines", "largest process MB", ""),
        [
            (
                *(m.file_format, f"{m.seconds:.1f}", f"{m.size_mb:.0f}", f"{m.lines:,}"),
                *(f"{m.largest_mb:.0f}", "" if m.largest_mb <= MOST_MB else "MISSED"),
            )
            for m in measured
        ],
    )
    return 0 if all(m.largest_mb <= MOST_MB for m in measured) else 1


def log_in() -> str:
    """The session cookie of an owner of the letter's coalition."""
    from django.conf import settings
    from django.test import Client

    from letters.models import Letter, Membership, Role

    coalition_id = Letter.objects.get(slug=LETTER).coalition_id
    client = Client()
    client.force_login(
        Membership.objects.filter(coalition_id=coalition_id, role=Role.OWNER)[0].user
    )
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def measure(stage: Stage, cookie: str, file_format: str) -> Measured:
    """Downloads one table from web processes that have done nothing else."""
    with running(stage.program("web")) as (web,):
        wait_until_healthy(stage)
        connection = HTTPConnection(HOST, stage.port, timeout=600)
        connection.request("GET", PATH, headers={"Cookie": cookie})
        page = connection.getresponse()
        csrf = (page.getheader("Set-Cookie") or "").partition(";")[0]
        page.read()
        begun = time.monotonic()
        with Watch(web.pid) as watch:
            connection.request("POST", PATH, body=form(file_format, csrf), headers={
                "Cookie": f"{cookie}; {csrf}",
                "Content-Type": "application/x-www-form-urlencoded",
                "Origin": stage.url,
            })  # fmt: skip
            response = connection.getresponse()
            if response.status != 200:
                raise RuntimeError(f"{response.status}: {response.read()[:500]!r}")
            size = lines = 0
            while part := response.read(READ_BYTES):
                size += len(part)
                lines += part.count(b"\n")
        seconds = time.monotonic() - begun
        largest = max([watch.largest_mb, *map(peak_mb, below(web.pid))])
    return Measured(file_format, seconds, size / 1e6, lines, largest)


def form(file_format: str, csrf: str) -> str:
    """What a browser sends with every published column ticked."""
    from signatories.export import PUBLISHED

    fields = {"purpose": "web", "file_format": file_format, "columns": list(PUBLISHED)}
    return urlencode(fields | {"csrfmiddlewaretoken": csrf.partition("=")[2]}, doseq=True)


if __name__ == "__main__":
    sys.exit(main())
