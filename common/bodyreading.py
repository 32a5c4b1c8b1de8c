"""Bodies of forms are read within limits, so that senders who fall silent never take all threads.

The server gives a request to a thread before its body has arrived and waits for the rest without a
time limit (it has no such option). A vanished phone would hold a thread until the next start, and a
dozen idle connections the whole site. So at least one thread never waits for a body, one address
waits for at most two, and a connection that is silent for long is closed when a thread is wanted.
A reverse proxy that buffers requests does this better; see SECURITY.md.
"""

import os
import socket
import stat
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

LONGEST_SILENCE = 10.0
# A body that has arrived is read in far less, even when all threads read at once.
GRACE = 0.25
# Silent milliseconds in both directions: offsets in Linux' struct tcp_info (linux/tcp.h).
_LAST_SENT, _LAST_RECEIVED, _TCP_INFO_BYTES = 44, 52, 56


class TooManyReaders(Exception):
    """All threads that may wait for a body do."""


@dataclass(frozen=True, slots=True)
class _Reading:
    address: str
    since: float


class BodyReaders:
    """At most `most` threads read a body at once, and `most_of_one` those from one address."""

    def __init__(self, most: int, most_of_one: int = 2) -> None:
        self.most = max(1, most)
        self.most_of_one = most_of_one
        self._reading: list[_Reading] = []
        self._changed = threading.Condition()
        self._look_again_at = 0.0

    @contextmanager
    def one_more(self, address: str, port: int) -> Iterator[None]:
        """Reads inside. Raises TooManyReaders, after a moment where the others have just begun."""
        reading = _Reading(address, time.monotonic())
        with self._changed:
            self._hang_up_on_the_silent(port, reading.since)
            if not self._changed.wait_for(lambda: self._has_room(address), self._patience()):
                raise TooManyReaders
            self._reading.append(reading)
        try:
            yield
        finally:
            with self._changed:
                self._reading.remove(reading)
                self._changed.notify()

    def _has_room(self, address: str) -> bool:
        reading = self._reading
        if len(reading) >= self.most:
            return False
        return (
            len(reading) < self.most_of_one
            or sum(one.address == address for one in reading) < self.most_of_one
        )

    def _patience(self) -> float:
        """Long-silent senders are not waited for: whoever waits takes one more thread."""
        newest = max((one.since for one in self._reading), default=0.0)
        return GRACE if time.monotonic() - newest < GRACE else 0.0

    def _hang_up_on_the_silent(self, port: int, now: float) -> None:
        if not self._reading or now < self._look_again_at:
            return
        late = {one.address for one in self._reading if now - one.since > LONGEST_SILENCE}
        if late:
            self._look_again_at = now + 1
            hang_up(port, late)


def hang_up(port: int, addresses: set[str]) -> int:
    """Ends the connections of these addresses to our port on which nothing has gone either way for
    long, and returns how many. Idle kept-alive ones are among them; browsers just open another.

    The server gives no way to end the connection of a request, so the process' own sockets are
    looked through. Linux only; elsewhere nothing is done.
    """
    ended = 0
    with suppress(OSError):
        for entry in os.listdir("/proc/self/fd"):
            with suppress(OSError):
                ended += _hang_up_one(int(entry), port, addresses)
    return ended


def _hang_up_one(number: int, port: int, addresses: set[str]) -> bool:
    if not stat.S_ISSOCK(os.fstat(number).st_mode):
        return False
    with socket.socket(fileno=os.dup(number)) as connection:
        if (
            connection.family not in (socket.AF_INET, socket.AF_INET6)
            or connection.getsockname()[1] != port
            or connection.getpeername()[0] not in addresses
            or _silence(connection) < LONGEST_SILENCE
        ):
            return False
        connection.shutdown(socket.SHUT_RD)
        return True


def _silence(connection: socket.socket) -> float:
    info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _TCP_INFO_BYTES)
    sent, received = (struct.unpack_from("=I", info, at)[0] for at in (_LAST_SENT, _LAST_RECEIVED))
    return float(min(sent, received)) / 1000
