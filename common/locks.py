"""Advisory locks of Postgres, named after what they guard."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


def _key(name: str) -> int:
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), signed=True)


@contextmanager
def only_one(name: str) -> Iterator[bool]:
    """A transaction in which at most one process of the installation holds `name`.

    Gives False at once where another holds it: two beats then do the work once.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_key(name)])
        yield cursor.fetchone()[0]


def wait_for(name: str) -> None:
    """Waits until this transaction holds `name`; it is let go when the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_key(name)])
