"""How often public pages are opened, and on which sites readers found them: numbers, never people.

Pages are answered from memory (`common.pagecache`), so each web process counts in memory too and
hands its numbers to Redis every few seconds. A process that is killed loses those seconds, and what
a cache before us answers is not seen here. Nothing tells one reader from another: who opens a page
twice counts twice.
"""

import atexit
import re
import threading
from collections import Counter
from collections.abc import Mapping
from urllib.parse import urlsplit

import redis
import structlog
from django.conf import settings
from django.utils import timezone

log = structlog.get_logger(__name__)

FLUSH_SECONDS = 5.0
KEY = "pageviews"
# What stands in a source's place where there is none to name.
DIRECT = ""
OWN = "own"
OTHER = "other"
NO_SITES = (DIRECT, OWN, OTHER)
# Sources of one letter in a process' few seconds, and of all letters in Redis while nobody collects
# them; whoever invents more is counted under OTHER. For what is no site there is always room.
MOST_SOURCES = 200
MOST_KEYS = 20_000
_HOST = re.compile(r"(?=.{4,80}$)([a-z0-9_-]+\.)+[a-z][a-z0-9-]*")

_counts: Counter[str] = Counter()
_named: Counter[str] = Counter()
_lock = threading.Lock()


def note_view(page: int, meta: Mapping[str, str]) -> None:
    """Counts that a browser opened this page. What is no browser showing a page to somebody
    (previews, feeds, most robots, prefetching) sends other headers or none (W3C Fetch Metadata)."""
    if meta.get("HTTP_SEC_FETCH_DEST") != "document" or "HTTP_SEC_PURPOSE" in meta:
        return
    day = timezone.now().date()
    of_letter, source = f"{day}|{page}|", source_of(meta.get("HTTP_REFERER", ""))
    key = of_letter + source
    with _lock:
        if not _counts:
            timer = threading.Timer(FLUSH_SECONDS, flush_views)
            timer.daemon = True
            timer.start()
        if key not in _counts and source not in NO_SITES:
            if _named[of_letter] >= MOST_SOURCES:
                key = of_letter + OTHER
            else:
                _named[of_letter] += 1
        _counts[key] += 1


def source_of(referrer: str) -> str:
    """The site that a Referer header names, without the page; or DIRECT, OWN, OTHER."""
    if not referrer:
        return DIRECT
    try:
        host = (urlsplit(referrer).hostname or "").removeprefix("www.")
    except ValueError:
        return OTHER
    if host == urlsplit(settings.SITE_URL).hostname:
        return OWN
    return host if _HOST.fullmatch(host) else OTHER


@atexit.register
def flush_views() -> None:
    """Hands over what was counted; without Redis it is lost, and a line is logged."""
    with _lock:
        counts = dict(_counts)
        _counts.clear()
        _named.clear()
    if not counts:
        return
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2) as client:
            pipeline = client.pipeline(transaction=False)
            full = client.hlen(KEY) + len(counts) > MOST_KEYS
            for key, number in counts.items():
                day, page, source = key.split("|", 2)
                named = source in NO_SITES or not full
                pipeline.hincrby(KEY, key if named else f"{day}|{page}|{OTHER}", number)
            pipeline.execute()
    except redis.RedisError as error:
        log.warning("views_lost", views=sum(counts.values()), error=str(error))


def take_views() -> dict[tuple[str, int, str], int]:
    """What all processes counted since the last call: number by (ISO day, page, source)."""
    with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2) as client:
        pipeline = client.pipeline(transaction=True)
        pipeline.hgetall(KEY)
        pipeline.delete(KEY)
        found: dict[bytes, bytes] = pipeline.execute()[0]
    taken = {}
    for key, number in found.items():
        day, page, source = key.decode().split("|", 2)
        taken[day, int(page), source] = int(number)
    return taken
