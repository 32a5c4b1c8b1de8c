"""Signs a finished PDF as a whole, by the installation's certificate (PAdES), beside the plain one.

Plain data in, files out, without Django and the database, as the press wants it. pyHanko is loaded
in child processes only.
"""

from pathlib import Path
from typing import Any


def write_seals(report: Path, **work: Any) -> None:
    """As `sign.write_seals`, for a process that has not loaded pyHanko to name it."""
    from deliveries.seal import sign

    sign.write_seals(report, **work)
