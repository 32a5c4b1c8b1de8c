"""Kills the embedded servers and starts them again, as a supervisor would."""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from subprocess import Popen

from coalition.embedded import postgres, redis_server
from coalition.embedded.processes import Program, leftover_servers
from coalition.embedded.services import mailbox_program, wait_for_port


class Servers:
    """Postgres, Redis and the catcher, which another process started and does not watch."""

    def __init__(self, var: Path) -> None:
        self.var = var
        self.mailbox_port = int(os.environ["MAILBOX_PORT"])
        self._ours: dict[str, tuple[Program, Popen[bytes]]] = {}

    def kill_redis(self) -> None:
        """No chance to write anything."""
        _kill(leftover_servers(self.var / "redis", "redis-server"))

    def start_redis(self) -> None:
        """Starts it over the same data and waits until it answers."""
        self._start(redis_server.prepare(self.var), redis_server.wait_ready)

    def restart_postgres(self, between: Callable[[], None]) -> None:
        """A fast shutdown, which ends open connections, and a start; `between` runs while it is
        down."""
        program = postgres.prepare(self.var)  # ends the server that runs
        between()
        self._start(program, postgres.wait_ready)

    def kill_mailbox(self) -> None:
        """The mail server is gone, with whatever it was being sent."""
        _kill([pid for pid in _pids() if _is_mailbox(pid, self.mailbox_port)])

    def start_mailbox(self) -> None:
        """Starts it at the same port and waits until it listens."""
        program = mailbox_program(self.var, self.mailbox_port)
        self._start(program, wait_for_port(self.mailbox_port))

    def stop(self) -> None:
        """Ends what was started here."""
        for program, process in self._ours.values():
            program.stop(process)

    def _start(self, program: Program, wait: Callable[[Popen[bytes], Path], None]) -> None:
        process = program.start()
        self._ours[program.name] = program, process
        wait(process, self.var)


def _pids() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").glob("[0-9]*")]


def _is_mailbox(pid: int, port: int) -> bool:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        environment = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return False
    return b"coalition.mailbox" in words and f"MAILBOX_PORT={port}".encode() in environment


def _kill(pids: list[int]) -> None:
    if not pids:
        raise RuntimeError("The process to be killed is not there.")
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
