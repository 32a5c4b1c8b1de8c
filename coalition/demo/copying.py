"""Writes many rows with PostgreSQL's COPY, several times faster than INSERT."""

import io
from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import connection
from django.db.models import Model

_BATCH = 5_000  # rows held in memory at a time
_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


def copy_rows(model: type[Model], rows: Iterable[Mapping[str, Any]]) -> None:
    """Copies rows, given by column, into the model's table.

    All rows have the same columns; one that is left out gets the field's default, or the
    database's. The table's constraints hold, Django's validators do not run.
    """
    waiting = iter(rows)
    while batch := list(islice(waiting, _BATCH)):
        _copy(model, batch)


def _copy(model: type[Model], rows: list[Mapping[str, Any]]) -> None:
    fields = [
        field
        for field in model._meta.concrete_fields
        if not field.primary_key and not field.generated
    ]
    given = set(rows[0])
    defaults = {
        field.attname: field.get_default()
        for field in fields
        if field.attname not in given and not field.has_db_default()
    }
    written = [field for field in fields if field.attname in given or field.attname in defaults]
    text = io.StringIO()
    for row in rows:
        whole = {**defaults, **row}
        text.write("\t".join(_encoded(whole[field.attname]) for field in written) + "\n")
    text.seek(0)
    names = ", ".join(f'"{field.column}"' for field in written)
    with connection.cursor() as cursor:
        cursor.cursor.copy_expert(f'COPY "{model._meta.db_table}" ({names}) FROM STDIN', text)


def _encoded(value: object) -> str:
    """A value in COPY's text format (PostgreSQL manual, COPY, “Text Format”)."""
    match value:
        case None:
            return r"\N"
        case bool():
            return "t" if value else "f"
        case str():
            return value.translate(_ESCAPES)
        case bytes():
            return r"\\x" + value.hex()
        case datetime():
            return value.isoformat()
        case list():
            return "{" + ",".join(map(str, value)) + "}"
        case _:
            return str(value)
