"""How many signatures and pages a second, beside a bare function on the same server."""

import json
import secrets
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from statistics import median

from benchmarks.fetch import Answer, get
from benchmarks.stage import Stage, running, say, value, wait_for_port, wait_until_healthy
from benchmarks.wrk import CONNECTIONS, Load, LoadFailed, run_wrk
from coalition.embedded.processes import Program
from letters.models import Letter
from verification.services.accept_signature import _INSERT

ROUNDS = 3
SECONDS = 8.0
WARM_UP_SECONDS = 2.0
# What the server itself adds to every answer.
_OF_THE_SERVER = {"date", "server", "connection", "transfer-encoding"}


@dataclass(frozen=True)
class Contest:
    """The site and the bare function, both running, and the letter they are asked for."""

    site: Stage
    bare: Stage
    letter: Letter
    page: Answer


@contextmanager
def contest(stage: Stage, letter: Letter) -> Iterator[Contest]:
    """Runs the site's web server, and the bare function with the same server and options."""
    bare = stage.neighbour()
    with running(stage.program("web")):
        wait_until_healthy(stage)
        page = get(stage.url + letter.get_absolute_url())
        with running(_bare_program(bare, letter, page)):
            wait_for_port(bare.port)
            yield Contest(stage, bare, letter, page)


def _bare_program(stage: Stage, letter: Letter, page: Answer) -> Program:
    facts = stage.var / "bare.json"
    facts.write_text(
        json.dumps(
            {
                "insert": _INSERT,
                "letter_id": letter.pk,
                "version_id": letter.current_version_id,
                "see_other": f"{letter.get_absolute_url()}check-inbox/",
                "page_body": b64encode(page.body).decode(),
                "page_headers": [h for h in page.headers if h[0].lower() not in _OF_THE_SERVER],
            }
        )
    )
    web = stage.program("web")
    swap = {"coalition.wsgi:application": "benchmarks.bare:application"}
    return replace(
        web,
        argv=tuple(swap.get(word, word) for word in web.argv),
        environment={**web.environment, "BARE_FACTS": str(facts)},
        log=stage.var / "log" / "bare.log",
    )


def measure_signing(contest: Contest) -> dict[str, float]:
    """Signatures a second, the median of rounds that alternate.

    Raises LoadFailed where an answer was no 303 or a row is missing.
    """
    for stage in (contest.site, contest.bare):
        _sign(contest, stage, WARM_UP_SECONDS, "check")
    site, bare = _alternate(contest, lambda stage: _sign(contest, stage, SECONDS))
    return {
        "sign_per_s": median(load.per_second for load in site),
        "bare_sign_per_s": median(load.per_second for load in bare),
        "sign_p50_ms": median(load.p50_ms for load in site),
        "sign_p99_ms": median(load.p99_ms for load in site),
    }


def measure_pages(contest: Contest) -> dict[str, float]:
    """Letter pages a second, the median of rounds that alternate.

    Raises LoadFailed where an answer was no whole page.
    """
    for stage in (contest.site, contest.bare):
        _read(contest, stage, WARM_UP_SECONDS)
    site, bare = _alternate(contest, lambda stage: _read(contest, stage, SECONDS))
    return {
        "page_per_s": median(load.per_second for load in site),
        "bare_page_per_s": median(load.per_second for load in bare),
        "page_p50_ms": median(load.p50_ms for load in site),
        "page_p99_ms": median(load.p99_ms for load in site),
    }


def _alternate(contest: Contest, measure: Callable[[Stage], Load]) -> tuple[list[Load], list[Load]]:
    """Site and bare in turns, so that what else the machine does befalls both."""
    site: list[Load] = []
    bare: list[Load] = []
    for turn in range(ROUNDS):
        order = [(contest.site, site), (contest.bare, bare)]
        for stage, loads in order if turn % 2 == 0 else reversed(order):
            loads.append(measure(stage))
        say(f"    {site[-1].per_second:,.0f} beside {bare[-1].per_second:,.0f} a second")
    return site, bare


def _sign(contest: Contest, stage: Stage, seconds: float, *check: str) -> Load:
    """Posts signatures and counts the rows. With `check`, wrk itself looks at each status."""
    version = contest.letter.current_version
    assert version is not None
    before = _rows(contest)
    load = run_wrk(
        f"{stage.url}/letters/{contest.letter.slug}/sign/",
        "sign.lua",
        *(f"{secrets.token_hex(4)}-", str(version.number), *check),
        seconds=seconds,
    )
    grown = _rows(contest) - before
    # What was on its way when wrk stopped is a row without an answer, at most one a connection.
    if not load.requests <= grown <= load.requests + CONNECTIONS:
        raise LoadFailed(f"{load.requests} signatures were answered, but {grown} rows came.")
    return load


def _rows(contest: Contest) -> int:
    """How many rows the letter has, once what was on its way has arrived."""
    rows = -1
    while rows != (now := _count(contest)):
        rows = now
        time.sleep(0.3)
    return rows


def _count(contest: Contest) -> int:
    return int(
        value("SELECT count(*) FROM signatories_signature WHERE letter_id = %s", contest.letter.pk)
    )


def _read(contest: Contest, stage: Stage, seconds: float) -> Load:
    load = run_wrk(stage.url + contest.letter.get_absolute_url(), "page.lua", seconds=seconds)
    if load.bytes < load.requests * len(contest.page.body):
        raise LoadFailed(f"{load.bytes} bytes are less than {load.requests} whole pages.")
    return load
