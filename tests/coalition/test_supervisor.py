"""What keeps the programs running."""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from coalition.embedded.processes import Program
from coalition.embedded.services import Running
from coalition.running import supervisor
from coalition.running.supervisor import Supervisor


class Enough(Exception):
    """The test has seen what it waited for."""


def until(condition: Callable[[], bool], seconds: float = 30) -> Callable[[], None]:
    """A tick that ends the run once the condition holds, and fails when it never does."""
    deadline = time.monotonic() + seconds

    def tick() -> None:
        if condition():
            raise Enough
        assert time.monotonic() < deadline

    return tick


def program(name: str, script: str) -> Program:
    """A program of one line of Python."""
    return Program(name=name, argv=(sys.executable, "-c", script))


def test_a_program_that_ends_is_started_again_and_the_others_stay(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    starts = tmp_path / "starts"
    script = f"print('here'); open({str(starts)!r}, 'a').write('x'); raise SystemExit(3)"
    programs = [program("short", script), program("long", "import time; time.sleep(60)")]
    watcher = Supervisor(programs, Running((), {}), tmp_path)
    with pytest.raises(Enough):
        watcher.run(until(lambda: starts.exists() and starts.read_text() == "xx"), 0.05)
    said = capsys.readouterr().out
    assert "short | here" in said
    assert "short | ended with code 3; again in 1 s" in said
    assert "long  | ended" not in said


def test_the_pause_grows_to_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "LONGEST_PAUSE", 2.0)
    watcher = Supervisor([program("short", "pass")], Running((), {}), tmp_path)
    pauses: set[float] = set()

    def seen() -> bool:
        pauses.update(each.pause for each in watcher.watched)
        return len(watcher.watched) == 1 and watcher.watched[0].pause == 2.0

    with pytest.raises(Enough):
        watcher.run(until(seen), 0.01)
    assert pauses == {1.0, 2.0}


def test_nothing_is_left_when_it_stops(tmp_path: Path) -> None:
    children = tmp_path / "children"
    script = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"open({str(children)!r}, 'w').write(str(child.pid))\n"
        "time.sleep(60)"
    )
    watcher = Supervisor([program("parent", script)], Running((), {}), tmp_path)
    with pytest.raises(Enough):
        watcher.run(until(lambda: children.exists() and children.read_text() != ""), 0.05)
    assert watcher.watched[0].process.poll() is not None
    deadline = time.monotonic() + 10
    while is_alive(int(children.read_text())):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def is_alive(pid: int) -> bool:
    """Whether the process runs; one that ended and that nobody has asked about does not."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False
