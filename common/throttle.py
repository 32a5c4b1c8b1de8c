"""Counts in fixed windows of a minute, several at once, in one Redis round trip.

`limits` (the library for this) takes one round trip a limit; the hot path has three and a flag.
"""

import time
from functools import lru_cache
from typing import Any

import redis
import structlog
from django.conf import settings

log = structlog.get_logger(__name__)

WINDOW_SECONDS = 60

# KEYS: the counters, then the nudge flag. ARGV: window, nudge seconds. Returns counts, nudge (0/1).
_SCRIPT = """
local answer = {}
for i = 1, #KEYS - 1 do
  local n = redis.call('INCR', KEYS[i])
  if n == 1 then redis.call('EXPIRE', KEYS[i], ARGV[1]) end
  answer[i] = n
end
local nudge = redis.call('SET', KEYS[#KEYS], 1, 'NX', 'EX', ARGV[2])
answer[#KEYS] = nudge and 1 or 0
return answer
"""


@lru_cache(maxsize=4)
def _script(url: str) -> Any:
    client = redis.Redis.from_url(url, socket_timeout=0.5, socket_connect_timeout=0.5)
    return client.register_script(_SCRIPT)


def hit(keys: dict[str, str], *, nudge: str, nudge_seconds: int = 1) -> tuple[dict[str, int], bool]:
    """Counts one hit under each key and says how many this minute has seen.

    Returns the counts by name, and whether `nudge` was free (at most once in `nudge_seconds`).
    Fails open: without Redis all counts are 0, the nudge is not free, and a line is logged.
    """
    window = int(time.time() // WINDOW_SECONDS)
    names = [f"throttle:{name}:{key}:{window}" for name, key in keys.items()]
    try:
        *counts, free = _script(settings.REDIS_URL)(
            keys=[*names, f"nudge:{nudge}"], args=[WINDOW_SECONDS, nudge_seconds]
        )
    except redis.RedisError as error:
        log.warning("throttle_unavailable", error=str(error))
        return dict.fromkeys(keys, 0), False
    return dict(zip(keys, counts, strict=True)), bool(free)
