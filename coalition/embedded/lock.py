"""One start at a time for each VAR."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from coalition.embedded.errors import EmbeddedError


@contextmanager
def only_start(var: Path) -> Iterator[None]:
    """Hold `var` for this process, making the directory where it is missing.

    The kernel drops the lock when the process ends, however it ends, so whoever holds it knows
    that any server still running on this directory has lost its supervisor. Raises EmbeddedError
    when the directory cannot be written or another start holds it.
    """
    try:
        # Others may pass through (PostgreSQL's own user has to, when root starts it) and see
        # nothing.
        var.mkdir(parents=True, exist_ok=True, mode=0o711)
        file = (var / "lock").open("a+")
    except OSError as error:
        raise EmbeddedError(
            f"{var} cannot be written ({error.strerror}). "
            "Give yourself the folder, or choose another: VAR=…"
        ) from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.seek(0)
            holder = file.read().strip() or "another process"
            raise EmbeddedError(
                f"{var} is in use by {holder}. Stop that first, or choose another folder: VAR=…"
            ) from error
        file.truncate(0)
        file.write(f"process {os.getpid()}\n")
        file.flush()
        yield
