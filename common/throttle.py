"""Limits in fixed windows of a minute, several at once, in one Redis round trip.

`limits` (the library for this) takes one round trip a limit; the hot path has three and a flag.
"""

import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import redis
import structlog
from django.conf import settings

log = structlog.get_logger(__name__)

WINDOW_SECONDS = 60

# KEYS: the counters, then the nudge flag. ARGV: window, nudge seconds, a limit for each counter.
# Returns the number of the counter that is full (0: none), whether the nudge was free (0/1), and
# where each counter stands. What one counter refuses is not counted by the ones after it: nobody
# can fill what others share.
_SCRIPT = """
local reply = {0, 0}
for i = 1, #KEYS - 1 do
  local n = redis.call('INCR', KEYS[i])
  if n == 1 then redis.call('EXPIRE', KEYS[i], ARGV[1]) end
  if n > tonumber(ARGV[2 + i]) then return {i, 0} end
  reply[2 + i] = n
end
reply[2] = redis.call('SET', KEYS[#KEYS], 1, 'NX', 'EX', ARGV[2]) and 1 or 0
return reply
"""


class Throttled(Exception):
    """A limit is reached; `by` is its name."""

    def __init__(self, by: str) -> None:
        super().__init__(by)
        self.by = by


@lru_cache(maxsize=4)
def _script(url: str) -> Any:
    client = redis.Redis.from_url(url, socket_timeout=0.5, socket_connect_timeout=0.5)
    return client.register_script(_SCRIPT)


@dataclass(frozen=True, slots=True)
class Passed:
    """A hit that was let through: whether the nudge was free, and this minute's hits by name."""

    nudge: bool
    hits: dict[str, int]


def hit(keys: dict[str, str], *, nudge: str, nudge_seconds: int = 1) -> Passed:
    """Counts one hit under each key, in this order, against `THROTTLE_PER_MINUTE` of its name.

    `nudge` is free at most once in `nudge_seconds`. Raises Throttled. Fails open: without
    Redis nobody is refused, the nudge is not free, and a line is logged.
    """
    window = int(time.time() // WINDOW_SECONDS)
    counters = [f"throttle:{name}:{key}:{window}" for name, key in keys.items()]
    limits = [settings.THROTTLE_PER_MINUTE[name] for name in keys]
    try:
        full, free, *hits = _script(settings.REDIS_URL)(
            keys=[*counters, f"nudge:{nudge}"], args=[WINDOW_SECONDS, nudge_seconds, *limits]
        )
    except redis.RedisError as error:
        log.warning("throttle_unavailable", error=str(error))
        return Passed(False, {})
    if full:
        raise Throttled(list(keys)[full - 1])
    return Passed(bool(free), dict(zip(keys, hits, strict=True)))
