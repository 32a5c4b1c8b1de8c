"""Runs a print in a forked child that ends, so that its memory returns to the machine.

Neither WeasyPrint nor Typst is loaded outside of it: the one is large, the other's threads do not
survive a fork. A fork instead of `multiprocessing`: Celery's prefork children may have no children
of that kind.
"""

import errno
import os
import resource
import signal
import sys
from collections.abc import Callable
from pathlib import Path

# Many times what the largest file takes: beyond them a child is stuck, or eats the machine. What it
# starts has the limits of processor time and memory as well. Memory is what can be written to:
# fonts that are looked into do not count, nor what threads of many cores only set aside.
MOST_SECONDS = 300
MOST_BUSY_SECONDS = 180
MOST_MEMORY = 2 << 30

_TOO_LONG = "it took too long, and was ended"
_ENDS = {
    -signal.SIGALRM: _TOO_LONG,
    -signal.SIGXCPU: _TOO_LONG,
    -signal.SIGABRT: "it broke off; it may have needed too much memory",
    -signal.SIGKILL: "it was killed; the machine may be out of memory",
}


class PrintFailed(Exception):
    """The child ended without a finished file; the text says how."""


def start_child(work: Callable[[Path], object], path: Path) -> int:
    """Forks a child that writes `path` by `work(partial file)` and ends; returns its process id.

    The file appears under its name only when it is whole. The child touches no connection of
    its parent: it leaves by `os._exit`, which runs no clean-up.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child:
        return child
    partial = path.with_suffix(f".{os.getpid()}.part")
    code = 1
    try:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM, signal.SIGXCPU):
            signal.signal(number, signal.SIG_DFL)
        _limit()
        work(partial)
        partial.rename(path)
        code = 0
    except BaseException as error:
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            code = errno.ENOSPC  # there may be no room for words either
        partial.unlink(missing_ok=True)
        path.with_suffix(".error").write_text(f"{type(error).__name__}: {error}")
    finally:
        os._exit(code)


def _limit() -> None:
    """So that no name, however odd, and no fault of a library holds a worker for ever."""
    signal.setitimer(signal.ITIMER_REAL, MOST_SECONDS)
    limits = {
        resource.RLIMIT_CPU: MOST_BUSY_SECONDS,
        resource.RLIMIT_DATA: MOST_MEMORY,
        resource.RLIMIT_CORE: 0,  # it would hold names
    }
    for limit, most in limits.items():
        _, hard = resource.getrlimit(limit)
        within = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(limit, (within, hard))


def finish_child(child: int, path: Path) -> None:
    """Waits for the child. Raises PrintFailed where it left no file, with its last words."""
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    if code < 0:
        path.with_suffix(f".{child}.part").unlink(missing_ok=True)
        raise PrintFailed(_ENDS.get(code, f"the printing process ended with {code}"))
    words = path.with_suffix(".error")
    if code == errno.ENOSPC:
        words.unlink(missing_ok=True)
        raise PrintFailed(os.strerror(code))
    if code > 0 and words.exists():
        reason = words.read_text()
        words.unlink()
        raise PrintFailed(reason)
    if code:
        raise PrintFailed(f"the printing process ended with {code}")


def write_in_child(work: Callable[[Path], object], path: Path) -> None:
    """Writes `path` by `work` in a child. Raises PrintFailed."""
    finish_child(start_child(work, path), path)
