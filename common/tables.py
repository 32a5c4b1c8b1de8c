"""Tables that leave as files, some lines after the other: however many rows there are, only some
are in memory."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from common.xlsx import xlsx_parts

ROWS_AT_ONCE = 1000
Row = Sequence[Any]
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")

_BOOLEANS = {None: "", True: "yes", False: "no"}


def plain_cell(value: object) -> str:
    """A cell that no spreadsheet takes for a formula: an apostrophe before =, +, -, @ (full-width
    too), tab, CR and LF.

    OWASP, “CSV Injection”.
    """
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def csv_file(header: Row, rows: Iterable[Row]) -> Iterator[bytes]:
    """UTF-8 with a byte order mark, so that spreadsheets read every script."""
    yield "\ufeff".encode() + _csv_lines([header])
    for some in _batches(rows):
        yield _csv_lines(some)


def json_file(header: Row, rows: Iterable[Row]) -> Iterator[bytes]:
    """An array with an object a line. No spreadsheet reads it, so words stay as they are."""
    before = "[\n"
    for some in _batches(rows):
        objects = (dict(zip(header, map(_for_json, row), strict=True)) for row in some)
        lines = (json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in objects)
        yield (before + ",\n".join(lines)).encode()
        before = ",\n"
    yield b"[]\n" if before == "[\n" else b"\n]\n"


def xlsx_file(header: Row, rows: Iterable[Row]) -> Iterator[bytes]:
    """A workbook in which every cell is a text or a number, none a formula or a link."""
    batches = ([list(map(_for_workbook, row)) for row in some] for some in _batches(rows))
    yield from xlsx_parts([str(name) for name in header], batches)


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    left = iter(rows)
    while some := list(islice(left, ROWS_AT_ONCE)):
        yield some


def _csv_lines(rows: Iterable[Row]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([_for_spreadsheet(value) for value in row] for row in rows)
    return text.getvalue().encode()


def _for_spreadsheet(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return _BOOLEANS[value]
    return plain_cell(_for_json(value))


def _for_workbook(value: Any) -> str | int:
    return value if type(value) is int else _for_spreadsheet(value)


def _for_json(value: Any) -> Any:
    """Times by ISO 8601 and to the second."""
    return value.isoformat(timespec="seconds") if isinstance(value, datetime) else value
