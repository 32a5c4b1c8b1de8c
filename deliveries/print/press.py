"""A small process that prints: it knows nothing of Django, and forks a child for each file.

A fork of a worker begins with the worker's 140 MB; a fork of this begins with 80, with libraries
loaded and fonts found. It lives as long as the process that started it.
"""

import atexit
import gc
import os
import pickle  # nosec: both ends of the pipe are ours
import signal
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from deliveries.print import child
from deliveries.print.child import PrintFailed

ROOT = Path(__file__).parents[2]


def write_in_child(work: Callable[[Path], object], path: Path) -> None:
    """Writes `path` by `work` (a function of a module without Django, or a `partial` of one), in a
    process that ends with it. Raises PrintFailed."""
    press = _press(os.getpid())
    try:
        pickle.dump((work, path), press.stdin)
        press.stdin.flush()
        error = pickle.load(press.stdout)  # noqa: S301  # nosec
    except (BrokenPipeError, EOFError, pickle.UnpicklingError):
        _press.cache_clear()
        press.kill()
        raise PrintFailed(f"the printing process ended with {press.wait()}") from None
    if error:
        raise PrintFailed(error)


@cache
def _press(pid: int) -> Any:
    """This process's press; what is forked from this process gets its own."""
    command = [sys.executable, "-m", "deliveries.print.press"]
    press = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # nosec
    atexit.register(_close, press, pid)
    return press


def _close(press: Any, pid: int) -> None:
    if pid == os.getpid():
        press.communicate()


def serve() -> None:
    """Prints until nobody asks any more. Files are for our own user only."""
    os.umask(0o077)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who asks decides when it is over
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    _prepare()
    while True:
        try:
            work, path = pickle.load(sys.stdin.buffer)  # noqa: S301  # nosec
        except EOFError:
            return
        pickle.dump(_print(work, path), answers)
        answers.flush()


def _prepare() -> None:
    """What every child would do again; none of it starts a thread."""
    import weasyprint  # noqa: F401

    from deliveries.print.lines import rule
    from deliveries.print.typesetting import find_fonts

    find_fonts()
    for weight in ("regular", "bold"):
        rule(weight)
    gc.freeze()  # else the first collection in a child copies all of it


def _print(work: Callable[[Path], object], path: Path) -> str | None:
    try:
        child.write_in_child(work, path)
    except (PrintFailed, OSError) as error:
        return str(error) or type(error).__name__
    return None


if __name__ == "__main__":
    serve()
