"""The site's programs during drills: killed on purpose, started again as `make run` does."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from subprocess import Popen

from benchmarks.memory import below
from benchmarks.stage import Stage
from coalition.embedded.processes import Program

NAMES = ("worker-mail", "worker-render", "beat", "web")


class Site:
    """Web, workers and beat."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self._running: dict[str, tuple[Program, Popen[bytes]]] = {}

    @contextmanager
    def up(self) -> Iterator["Site"]:
        """Runs them all until the block ends."""
        try:
            for name in NAMES:
                self.start(name)
            yield self
        finally:
            for name in reversed(list(self._running)):
                self.stop(name)

    def start(self, name: str) -> None:
        """Starts a program that does not run."""
        program = self.stage.program(name)
        self._running[name] = program, program.start()

    def stop(self, name: str) -> None:
        """Asks a program to end and waits."""
        program, process = self._running.pop(name)
        program.stop(process)

    def kill(self, name: str) -> None:
        """kill -9 of a program and its children, at once."""
        _, process = self._running.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def kill_one_child(self, name: str) -> None:
        """kill -9 of one of the processes that do the work."""
        _, process = self._running[name]
        os.kill(below(process.pid)[-1], signal.SIGKILL)

    def start_what_ended(self) -> list[str]:
        """Starts what died by itself and names it."""
        ended = [name for name, (_, process) in self._running.items() if process.poll() is not None]
        for name in ended:
            self.start(name)
        return ended
