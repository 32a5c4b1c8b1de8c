"""Files that only our own processes read: dossiers hold names that their owners gave an office."""

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def private_files() -> Iterator[None]:
    """What this process and its children make meanwhile: folders 0700, files 0600.

    The mask is the process's own; a render worker does one thing at a time.
    """
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)
