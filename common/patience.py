"""How long a question to the database may take."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction
from psycopg2.errors import QueryCanceled


class TookTooLong(Exception):
    """The database was still at it when the time was over."""


@contextmanager
def at_most(milliseconds: int) -> Iterator[None]:
    """Statements inside may take so long each. Raises TookTooLong."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = %s", (milliseconds,))
            yield
            # For whoever has a transaction around this one; else it ends here anyway.
            cursor.execute("SET LOCAL statement_timeout = DEFAULT")
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise TookTooLong from None
        raise
