"""Keeps programs running: one that ends is started again, a little later each time.

honcho ends everything when one process ends; a site should outlive a worker's death.
"""

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from coalition.embedded.errors import EmbeddedError
from coalition.embedded.processes import Program
from coalition.embedded.services import Running

LONGEST_PAUSE = 30.0
STEADY_SECONDS = 60.0


@dataclass
class Watched:
    """One program, its process, and when to try again after it ended."""

    program: Program
    process: subprocess.Popen[bytes]
    started_at: float
    pause: float = 1.0
    again_at: float | None = None


class Supervisor:
    """Runs programs beside services that are running already, and watches both."""

    def __init__(self, programs: list[Program], running: Running, var: Path) -> None:
        self.var = var
        self.running = running
        self.width = max(len(program.name) for program in programs)
        self.programs = programs
        self.watched: list[Watched] = []

    def run(self, every_tick: Callable[[], None], tick_seconds: float = 0.2) -> None:
        """Start the programs and keep everything running; returns only by an exception such as
        Stopped.

        `every_tick` is called between looks. The programs are stopped on the way out.
        """
        try:
            for program in self.programs:
                self.watched.append(Watched(program, self._start(program), time.monotonic()))
            while True:
                self._look_after_services()
                for each in self.watched:
                    self._look_after(each)
                every_tick()
                time.sleep(tick_seconds)
        finally:
            self.stop()

    def stop(self) -> None:
        """Tell all programs to end at once, then wait for each."""
        for each in self.watched:
            each.program.ask_to_stop(each.process)
        for each in reversed(self.watched):
            each.program.stop(each.process)

    def say(self, name: str, text: str) -> None:
        """Print one line under a program's name."""
        sys.stdout.write(f"{name:<{self.width}} | {text.rstrip()}\n")
        sys.stdout.flush()

    def _start(self, program: Program) -> subprocess.Popen[bytes]:
        process = program.start()
        threading.Thread(target=self._forward, args=(program.name, process), daemon=True).start()
        return process

    def _forward(self, name: str, process: subprocess.Popen[bytes]) -> None:
        if process.stdout:
            with process.stdout as lines:
                for line in lines:
                    self.say(name, line.decode("utf-8", "replace"))

    def _look_after(self, each: Watched) -> None:
        now = time.monotonic()
        if each.again_at is None:
            code = each.process.poll()
            if code is None:
                return
            # What the dead process had started goes too: it would hold the port or take tasks
            # twice.
            each.program.stop(each.process)
            each.pause = 1.0 if now - each.started_at > STEADY_SECONDS else each.pause
            each.again_at = now + each.pause
            self.say(each.program.name, f"ended with code {code}; again in {each.pause:.0f} s")
            each.pause = min(each.pause * 2, LONGEST_PAUSE)
        elif now >= each.again_at:
            each.process, each.started_at, each.again_at = self._start(each.program), now, None

    def _look_after_services(self) -> None:
        for service in self.running.services:
            if service.process.poll() is None:
                continue
            name = service.program.name
            self.say(name, f"ended with code {service.process.returncode}; starting it again")
            service.program.stop(service.process)
            service.process = service.program.start()
            try:
                service.wait_ready(service.process, self.var)
            except EmbeddedError as error:
                self.say(name, str(error))
