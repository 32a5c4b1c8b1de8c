"""The largest process below another, while something goes on."""

import threading
from pathlib import Path
from typing import Self


def peak_mb(pid: int | str = "self") -> float:
    """The most memory that a process has held so far (VmHWM), in MB; 0 where it has ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    line = next((line for line in status.splitlines() if line.startswith("VmHWM:")), "VmHWM: 0")
    return int(line.split()[1]) / 1024


def below(pid: int) -> list[int]:
    """The ids of all processes below this one, at whatever depth."""
    found = []
    try:
        children = [
            int(child)
            for task in Path(f"/proc/{pid}/task").iterdir()
            for child in (task / "children").read_text().split()
        ]
    except OSError:  # it has ended
        return []
    for child in children:
        found += [child, *below(child)]
    return found


class Watch:
    """Samples the processes below `pid` while the block runs; the kernel keeps each one's peak,
    so what happens between two samples is not lost unless the process ends in it."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.largest_mb = 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _sample(self) -> None:
        while not self._stop.wait(0.03):
            for child in below(self.pid):
                self.largest_mb = max(self.largest_mb, peak_mb(child))
