from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime

import openpyxl
import pytest

from common.tables import csv_file, json_file, plain_cell, xlsx_file
from common.xlsx import xlsx_parts

HEADER = ("name", "number", "agreed", "at")
AT = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)
ROWS = [("=1+1", 7, True, AT), ("Zoë, «أحمد»\x0b & <b>", 1, False, None)]


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@cmd", "\tx", "\rx", "\nx", "＝1", "＠x"])
def test_a_spreadsheet_sees_no_formula(cell: str) -> None:
    assert plain_cell(cell) == f"'{cell}"


def test_csv_has_a_byte_order_mark_and_no_formula() -> None:
    text = b"".join(csv_file(HEADER, ROWS)).decode()
    assert text.splitlines()[:2] == [
        "\ufeffname,number,agreed,at",
        "'=1+1,7,yes,2026-01-02T03:04:05+00:00",
    ]


@pytest.mark.parametrize("number", [0, 2, 2500])
def test_json_is_one_array(number: int) -> None:
    rows = [(f"Name {n}", n, True, AT) for n in range(number)]
    found = json.loads(b"".join(json_file(HEADER, rows)))
    assert found == [
        {"name": f"Name {n}", "number": n, "agreed": True, "at": "2026-01-02T03:04:05+00:00"}
        for n in range(number)
    ]


def test_workbook_opens_with_texts_and_numbers_only() -> None:
    book = openpyxl.load_workbook(io.BytesIO(b"".join(xlsx_file(HEADER, ROWS))))
    found = list(book.worksheets[0].iter_rows())
    assert [[cell.value for cell in row] for row in found] == [
        list(HEADER),
        ["'=1+1", 7, "yes", "2026-01-02T03:04:05+00:00"],
        ["Zoë, «أحمد»\ufffd & <b>", 1, "no", ""],
    ]
    assert {cell.data_type for row in found for cell in row if cell.value} <= {
        "s",
        "n",
        "inlineStr",
    }


@pytest.mark.parametrize(
    ("rows", "sizes"), [(0, [0]), (2, [2]), (3, [3]), (4, [3, 1]), (6, [3, 3])]
)
def test_full_sheet_goes_on_in_another(rows: int, sizes: list[int]) -> None:
    batches = [[(n,)] for n in range(rows)]
    book = openpyxl.load_workbook(io.BytesIO(b"".join(xlsx_parts(("n",), batches, most_rows=4))))
    values = [[cell for (cell,) in sheet.iter_rows(values_only=True)] for sheet in book.worksheets]
    assert [sheet[0] for sheet in values] == ["n"] * len(sizes)
    assert [len(sheet) - 1 for sheet in values] == sizes
    assert [n for sheet in values for n in sheet[1:]] == list(range(rows))


@pytest.mark.parametrize("write", [csv_file, json_file, xlsx_file])
def test_rows_are_read_as_the_file_is(write: object) -> None:
    read = 0

    def rows() -> Iterator[tuple[int]]:
        nonlocal read
        for read in range(10_000):
            yield (read,)

    parts = write(("n",), rows())  # type: ignore[operator]
    while not read:
        next(parts)
    assert read < 2000
