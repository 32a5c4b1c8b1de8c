"""Limits in fixed windows of a minute, several at once, in one Redis round trip.

`limits` (the library for this) takes one round trip a limit; the hot path has three and a flag.
"""

import threading
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import redis
import structlog
from django.conf import settings

log = structlog.get_logger(__name__)

WINDOW_SECONDS = 60
SURGE_SECONDS = 600

# KEYS: the counters, as many surge flags, then the nudge flag. ARGV: this window, its seconds,
# nudge seconds, surge seconds; then for each counter its limit, and what is a surge (0: nothing).
# Returns the number of the counter that is full (0: none), whether the nudge was free (0/1), if
# there is a surge (0/1), and where each counter stands. What one counter refuses is not counted by
# the ones after it: nobody can fill what others share. A surge is above the number given and above
# all of the ten windows before together, so that a busy letter is not one; only the last counter
# remembers those windows, for the others it is the number alone.
_SCRIPT = """
local half = (#KEYS - 1) / 2
local reply = {0, 0, 0}
for i = 1, half do
  local n = redis.call('INCR', KEYS[i] .. ARGV[1])
  if n == 1 then redis.call('EXPIRE', KEYS[i] .. ARGV[1], ARGV[2] * (i == half and 11 or 1)) end
  if n > tonumber(ARGV[3 + 2 * i]) then return {i, 0, 0} end
  reply[3 + i] = n
  local surge = tonumber(ARGV[4 + 2 * i])
  if surge > 0 then
    if n > surge then
      local before = 0
      for w = ARGV[1] - 10, ARGV[1] - 1 do
        before = before + (redis.call('GET', KEYS[i] .. string.format('%d', w)) or 0)
      end
      if n > before then redis.call('SET', KEYS[half + i], 1, 'EX', ARGV[4]) end
    end
    if redis.call('EXISTS', KEYS[half + i]) == 1 then reply[3] = 1 end
  end
end
reply[2] = redis.call('SET', KEYS[#KEYS], 1, 'NX', 'EX', ARGV[3]) and 1 or 0
return reply
"""


class Throttled(Exception):
    """A limit is reached; `by` is its name."""

    def __init__(self, by: str) -> None:
        super().__init__(by)
        self.by = by


@lru_cache(maxsize=128)
def _client_of(url: str, thread: int) -> Any:
    """A thread's own connection, kept: taking one from a pool and giving it back costs a tenth of
    a round trip's processor time, and a pool has nothing else to offer to one question a request.
    """
    return redis.Redis.from_url(
        url, socket_timeout=0.5, socket_connect_timeout=0.5, single_connection_client=True
    )


def _client(url: str) -> Any:
    return _client_of(url, threading.get_ident())


@lru_cache(maxsize=128)
def _script_of(url: str, thread: int) -> Any:
    return _client_of(url, thread).register_script(_SCRIPT)


def forget_connections() -> None:
    """For tests, each of which has a Redis database of its own."""
    _client_of.cache_clear()
    _script_of.cache_clear()


@dataclass(frozen=True, slots=True)
class Passed:
    """A hit that was let through: whether the nudge was free, whether one of the counters is in a
    surge, and this minute's hits by name."""

    nudge: bool
    surge: bool
    hits: dict[str, int]


def hit(keys: dict[str, str], *, nudge: str, nudge_seconds: int = 1) -> Passed:
    """Counts one hit under each key, in this order, against `THROTTLE_PER_MINUTE` of its name, and
    notes a surge where `SURGE_PER_MINUTE` of the name says so.

    `nudge` is free at most once in `nudge_seconds`. Raises Throttled. Fails open: without
    Redis nobody is refused, the nudge is not free, and a line is logged.
    """
    counters = [f"throttle:{name}:{key}:" for name, key in keys.items()]
    flags = [_surge_key(name, key) for name, key in keys.items()]
    limits = [
        number
        for name in keys
        for number in (settings.THROTTLE_PER_MINUTE[name], settings.SURGE_PER_MINUTE.get(name, 0))
    ]
    window = int(time.time() // WINDOW_SECONDS)
    try:
        full, free, surge, *hits = _script_of(settings.REDIS_URL, threading.get_ident())(
            keys=[*counters, *flags, f"nudge:{nudge}"],
            args=[window, WINDOW_SECONDS, nudge_seconds, SURGE_SECONDS, *limits],
        )
    except redis.RedisError as error:
        log.warning("throttle_unavailable", error=str(error))
        return Passed(False, False, {})
    if full:
        raise Throttled(list(keys)[full - 1])
    return Passed(bool(free), bool(surge), dict(zip(keys, hits, strict=True)))


def _surge_key(name: str, key: str) -> str:
    return f"surge:{name}:{key}"


def is_surging(name: str, key: str) -> bool:
    """Whether the counter of this name and key is in a surge; no where Redis is away."""
    try:
        return bool(_client(settings.REDIS_URL).exists(_surge_key(name, key)))
    except redis.RedisError as error:
        log.warning("throttle_unavailable", error=str(error))
        return False


def use_once(key: str, seconds: int) -> bool:
    """Whether nobody has used this key in so many seconds. Fails open, as `hit` does."""
    try:
        return bool(_client(settings.REDIS_URL).set(f"once:{key}", 1, nx=True, ex=seconds))
    except redis.RedisError as error:
        log.warning("throttle_unavailable", error=str(error))
        return True


def take_place(key: str, *, places: int, seconds: int) -> bool:
    """Whether one of so many places under this key was free; each is taken for so long."""
    return any(use_once(f"{key}:{place}", seconds) for place in range(places))
