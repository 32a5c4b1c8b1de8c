"""The pages of a long roll, and how long a page takes (`benchmarks.scale` runs them)."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.stage import HOST

LETTER = "statement-on-training"
TRIES = 40
Pages = dict[str, Callable[[int], None]]


@dataclass(frozen=True, slots=True)
class Taken:
    """Milliseconds a page: the 95th percentile, the median, and this process's own in the mean."""

    p95: float
    median: float
    own: float


def pages(letter: object) -> Pages:
    """Each kind of page as a reader gets it, rendered; the number varies what is asked."""
    from django.test import Client

    from signatories.models import Signature
    from signatories.roll import RollQuery, _cursor

    client = Client(SERVER_NAME=HOST)
    url = f"/letters/{LETTER}/roll/"
    listed = Signature.objects.listed().people()
    some = list(listed.order_by("email_digest")[: TRIES + 1])
    by_name = [_cursor(signature, RollQuery().newest_first) for signature in some]
    by_time = [_cursor(signature, newest_first=True) for signature in some]

    def page(**query: str) -> None:
        response = client.get(url, query)
        if response.status_code not in (200, 422):  # 422: too many match, which must be quick too
            raise RuntimeError(f"{query}: {response.status_code}")

    # Listed under “utm_…” the first page would come out of memory: an empty search renders it.
    return {
        "first page": lambda n: page(q=""),
        "deep page": lambda n: page(after=by_name[n]),
        "page before a deep one": lambda n: page(after=f"-{by_name[n]}"),
        "newest first": lambda n: page(sort="time"),
        "newest first, deep": lambda n: page(sort="time", after=by_time[n]),
        "whole name": lambda n: page(q=some[n].name),
        "family name": lambda n: page(q=some[n].name.split()[-1]),
        "beginning of a name (2 letters)": lambda n: page(q=some[n].name[:2]),
        "affiliation": lambda n: page(q=some[n].affiliation or some[n].name),
        "given name, newest first": lambda n: page(q=some[n].name.split()[0], sort="time"),
        "country": lambda n: page(country=str(some[n].country)),
        "country, newest first": lambda n: page(country=str(some[n].country), sort="time"),
        "country and beginning": lambda n: page(q=some[n].name[:2], country=str(some[n].country)),
        "nobody": lambda n: page(q=f"zzxqj{n}"),
    }


def measure(page: Callable[[int], None]) -> Taken:
    """How long pages take, after a first one that fills the caches."""
    page(TRIES)
    taken = []
    own = time.process_time()
    for n in range(TRIES):
        begun = time.perf_counter()
        page(n)
        taken.append((time.perf_counter() - begun) * 1000)
    own = (time.process_time() - own) * 1000 / TRIES
    return Taken(statistics.quantiles(taken, n=20)[-1], statistics.median(taken), own)
