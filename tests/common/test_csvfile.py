from __future__ import annotations

from pathlib import Path

import pytest

from common.csvfile import NotATable, Shape, Table, shape_of

TEXT = "name;email\r\nZoë Ünal;zoe@mail.example\r\n"


def file_of(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "people.csv"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("written_as", "found"),
    [
        ("utf-8", "utf-8-sig"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("cp1252", "cp1252"),
    ],
)
def test_encoding_is_found(tmp_path: Path, written_as: str, found: str) -> None:
    path = file_of(tmp_path, TEXT.encode(written_as))
    assert shape_of(path) == Shape(found, ";")
    with Table(path, shape_of(path)) as rows:
        assert list(rows) == [(1, ["name", "email"]), (2, ["Zoë Ünal", "zoe@mail.example"])]


def test_a_byte_that_is_no_utf8_far_down_counts(tmp_path: Path) -> None:
    path = file_of(tmp_path, b"name,email\n" * 200_000 + "Zoë".encode("cp1252"))
    assert shape_of(path).encoding == "cp1252"


@pytest.mark.parametrize(
    ("line", "delimiter"),
    [("a,b;c,d", ","), ("a\tb", "\t"), ('"a;b;c",d', ","), ("a|b", "|"), ("alone", ",")],
)
def test_delimiter_is_found(tmp_path: Path, line: str, delimiter: str) -> None:
    assert shape_of(file_of(tmp_path, line.encode())).delimiter == delimiter


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b" \r\n", "empty"),
        (b"PK\x03\x04rest", "workbook"),
        (b"%PDF-1.7", "binary"),
        (b"\x00\x01\x02\x03" * 50, "binary"),
    ],
)
def test_what_is_no_table_is_said(tmp_path: Path, content: bytes, code: str) -> None:
    with pytest.raises(NotATable) as error:
        shape_of(file_of(tmp_path, content))
    assert error.value.code == code


def test_blank_rows_are_left_out_and_lines_counted(tmp_path: Path) -> None:
    path = file_of(tmp_path, b'a,b\n\n , \n"two\nlines",c\nd,e\n')
    with Table(path, Shape("utf-8-sig", ",")) as rows:
        assert list(rows) == [(1, ["a", "b"]), (5, ["two\nlines", "c"]), (6, ["d", "e"])]


def test_quotation_mark_that_nobody_closed_is_a_row_without_cells(tmp_path: Path) -> None:
    path = file_of(tmp_path, b'a,b\nc,"' + b"x" * 200_000 + b"\nd,e\n")
    with Table(path, Shape("utf-8-sig", ",")) as rows:
        found = list(rows)
    assert found[0] == (1, ["a", "b"])
    assert found[1][1] == []


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [
        (b"a,b\n" + b"x" * 300_000, "long", 2),
        (b'a,b\n"' + b'c\n","' * 90_000, "long", 52_431),
        (b"a,b\nc,d\n" + b",".join([b"x"] * 201), "wide", 3),
        (b"a,b\n" + b",\n" * 10_001 + b"c,d\n", "blank", 10_002),
    ],
    ids=["line", "row of many lines", "cells", "empty rows"],
)
def test_row_that_is_none_is_named_by_its_line(
    tmp_path: Path, content: bytes, code: str, line: int
) -> None:
    path = file_of(tmp_path, content)
    with Table(path, shape_of(path)) as rows, pytest.raises(NotATable) as error:
        list(rows)
    assert (error.value.code, error.value.line) == (code, line)


def test_file_read_as_what_it_is_not_is_said(tmp_path: Path) -> None:
    path = file_of(tmp_path, b"name,email\n")
    with Table(path, Shape("utf-16", ",")) as rows, pytest.raises(NotATable) as error:
        list(rows)
    assert (error.value.code, error.value.line) == ("encoding", 1)
