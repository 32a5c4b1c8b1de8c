"""Child processes that end with us, and proof about those that did not."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from pwd import struct_passwd
from typing import IO

from coalition.embedded.errors import EmbeddedError

LARGEST_LOG = 10_000_000
MARK = "COALITION_SUPERVISED"


@dataclass(frozen=True)
class Program:
    """What to run, and how to ask it to end."""

    name: str
    argv: tuple[str, ...]
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 30
    environment: Mapping[str, str] = field(default_factory=dict)
    account: struct_passwd | None = None
    log: Path | None = None
    directory: Path | None = None

    def start(self) -> subprocess.Popen[bytes]:
        """Start the program; its output goes to its log, or to a pipe where it has none.

        Call this from the main thread only: the kernel counts the death of the *thread* that
        started a child as the parent's death (PR_SET_PDEATHSIG in prctl(2)), and would end the
        child with it.
        """
        out: int | IO[bytes] = subprocess.PIPE
        if self.log:
            out = open_log(self.log)
        user, group, groups = identity(self.account)
        try:
            return subprocess.Popen(
                [*leash(self.stop_signal), *self.argv],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env={**os.environ, **self.environment},
                cwd=self.directory,
                user=user,
                group=group,
                extra_groups=groups,
                # A Ctrl-C in the terminal reaches the whole foreground group. The children leave
                # it, so that the supervisor alone hears it and ends them in order.
                start_new_session=True,
            )
        finally:
            if not isinstance(out, int):
                out.close()

    def stop(self, process: subprocess.Popen[bytes]) -> None:
        """Ask the process to end, wait, and kill what is left of it and of its children."""
        self.ask_to_stop(process)
        try:
            process.wait(self.stop_seconds)
        except subprocess.TimeoutExpired:
            pass
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass
        process.wait()

    def ask_to_stop(self, process: subprocess.Popen[bytes]) -> None:
        """Send the stop signal, if the process still runs."""
        if process.poll() is None:
            process.send_signal(self.stop_signal)


def identity(account: struct_passwd | None) -> tuple[int | None, int | None, list[int] | None]:
    """Return user, group and further groups of a child: the account's, or ours for None."""
    return (account.pw_uid, account.pw_gid, []) if account else (None, None, None)


def leash(sig: signal.Signals) -> list[str]:
    """Return the command prefix that has the kernel send `sig` when the supervisor dies, even of
    kill -9.

    setpriv is part of util-linux; where it is missing, the next start ends what was left
    (`end_leftovers`).
    """
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", sig.name.removeprefix("SIG"), "--"] if setpriv else []


def open_log(path: Path) -> IO[bytes]:
    """Open a log for appending; one that has grown large starts anew."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    too_large = path.exists() and path.stat().st_size > LARGEST_LOG
    return path.open("wb" if too_large else "ab")


def last_lines(log: Path | None, count: int = 8) -> str:
    """Return the end of a log, indented, for an error message."""
    if log is None or not log.exists():
        return ""
    lines = log.read_text(errors="replace").splitlines()[-count:]
    return "\n".join(f"    {line}" for line in lines)


def supervised_by(var: Path) -> dict[str, str]:
    """Return the mark that our Python programs carry in their environment, for `leftover_programs`.

    PostgreSQL and Redis write their titles over theirs, so `leftover_servers` looks elsewhere.
    """
    return {MARK: str(var)}


def leftover_programs(var: Path) -> list[int]:
    """Return the ids of the processes that carry the mark of a start on `var`."""
    mark = os.fsencode(f"{MARK}={var}")
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            environment = (entry / "environ").read_bytes().split(b"\0")
        except OSError:  # ended meanwhile, or somebody else's
            continue
        if mark in environment and int(entry.name) != os.getpid():
            found.append(int(entry.name))
    return sorted(found)


def leftover_servers(directory: Path, executable: str) -> list[int]:
    """Return the ids of the processes of that executable that work in that directory.

    Both servers make their data directory their working directory, and who asks holds the lock on
    VAR: a match is a server of ours that outlived its supervisor, whatever its pid file says.
    """
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            same_place = (entry / "cwd").readlink() == directory
            name = (entry / "exe").readlink().name.removesuffix(" (deleted)")
        except OSError:  # ended meanwhile, or somebody else's
            continue
        if same_place and name == executable:
            found.append(int(entry.name))
    return sorted(found)


def end_leftovers(
    find: Callable[[], list[int]], sig: signal.Signals = signal.SIGTERM, seconds: float = 30
) -> None:
    """End what outlived its supervisor: politely, then not. Call it under the lock on VAR.

    Raises EmbeddedError when something stays.
    """
    for attempt in (sig, signal.SIGKILL):
        for pid in find():
            try:
                os.kill(pid, attempt)
            except ProcessLookupError:
                pass
        deadline = time.monotonic() + seconds
        while find():
            if time.monotonic() > deadline:
                break
            time.sleep(0.05)
        else:
            return
    pids = " ".join(map(str, find()))
    raise EmbeddedError(f"Processes of an earlier start do not end: kill -9 {pids}")
