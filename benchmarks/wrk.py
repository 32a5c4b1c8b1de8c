"""Load from wrk: light enough to share two cores with what it measures."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

SCRIPTS = Path(__file__).parent / "load"
CONNECTIONS = 32


class LoadFailed(Exception):
    """wrk could not do its work, or some requests were not answered as they should be."""


@dataclass(frozen=True)
class Load:
    """What wrk saw; `bytes` are those of whole answers."""

    requests: int
    seconds: float
    bytes: int
    p50_ms: float
    p99_ms: float
    socket_errors: int
    status_errors: int

    @property
    def per_second(self) -> float:
        """Answers a second."""
        return self.requests / self.seconds


def run_wrk(url: str, script: str, *arguments: str, seconds: float) -> Load:
    """Loads one address with `CONNECTIONS` connections kept busy for that many seconds.

    Raises LoadFailed where wrk fails, an answer is an error, or a connection breaks.
    """
    command = [
        *("wrk", "-t", "1", "-c", str(CONNECTIONS), "-d", f"{seconds:g}s", "--timeout", "10s"),
        *("-s", str(SCRIPTS / script), url, "--", *arguments),
    ]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    last = done.stdout.strip().rpartition("\n")[2]
    if done.returncode != 0 or not last.startswith("{"):
        raise LoadFailed(f"wrk: {(done.stderr or done.stdout).strip()[-400:]}")
    load = Load(**json.loads(last))
    if load.socket_errors or load.status_errors or "answered" in done.stderr:
        raise LoadFailed(f"{script} on {url}: {load} {done.stderr.strip()[-200:]}")
    return load
