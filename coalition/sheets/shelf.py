"""Drawn sheets on the disk, under the hash of what is on them."""

import fcntl
import hashlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings

SUFFIX = {"card": "png", "poster": "pdf"}
PATIENCE_SECONDS = 5.0
DRAWING_SECONDS = 30


class Busy(Exception):
    """Another sheet is being drawn, and this one is not there yet."""


def sheet(
    kind: str,
    job: Mapping[str, Any],
    *,
    changing: Mapping[str, Any] | None = None,
    minutes: int = 0,
) -> bytes:
    """The sheet `kind` of what `job` says, drawn once.

    What is in `changing` (a count) makes no new sheet: the sheet is drawn again with it when it is
    older than `minutes`. However many ask, one is drawn at a time on a machine; the others get the
    old one or wait a little. Raises Busy.
    """
    digest = hashlib.blake2b(json.dumps(job, sort_keys=True).encode(), digest_size=16).hexdigest()
    folder = Path(settings.MEDIA_ROOT) / "sheets"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{kind}-{digest}.{SUFFIX[kind]}"
    if not _is_fresh(path, minutes):
        with _turn(folder / "lock", wait=not path.exists()) as mine:
            if mine and not _is_fresh(path, minutes):
                _draw(kind, {**job, **(changing or {})}, path)
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise Busy from None


def _is_fresh(path: Path, minutes: int) -> bool:
    try:
        age = time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return False
    return not minutes or age < minutes * 60


@contextmanager
def _turn(path: Path, *, wait: bool) -> Iterator[bool]:
    """Whether this process and thread may draw; another's turn is waited for at most a moment."""
    end = time.monotonic() + (PATIENCE_SECONDS if wait else 0)
    with path.open("w") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= end:
                    yield False
                    return
                time.sleep(0.05)
            else:
                yield True
                return


def _draw(kind: str, job: Mapping[str, Any], path: Path) -> None:
    partial = path.with_suffix(f".part.{SUFFIX[kind]}")
    subprocess.run(
        [sys.executable, "-m", "coalition.sheets", kind, str(partial)],
        input=json.dumps(job).encode(),
        cwd=settings.BASE_DIR,
        check=True,
        timeout=DRAWING_SECONDS,
    )
    partial.rename(path)
