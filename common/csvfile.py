"""Reads tables that come from anywhere: finds out encoding and delimiter, and gives row after row.
A file is never in memory as a whole."""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ENCODINGS = {
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16 (LE)",
    "utf-16-be": "UTF-16 (BE)",
    "cp1252": "Windows-1252",
    "cp1250": "Windows-1250",
    "cp1251": "Windows-1251",
    "cp1256": "Windows-1256",
    "gb18030": "GB 18030",
    "shift_jis": "Shift JIS",
}
DELIMITERS = (",", ";", "\t", "|")
_HEAD_BYTES = 64 * 1024
_CHUNK_BYTES = 1024 * 1024
# What no table that people made comes near; past it a file would fill memory or time.
MOST_CHARACTERS = 256 * 1024  # of a row
MOST_CELLS = 200
MOST_BLANK = 10_000  # rows in succession
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f]")
_OTHER_FILES = (
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0",
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"\x1f\x8b",
)


class NotATable(ValueError):
    """The file is none; `code` says why: empty, workbook or binary; or what stands in this line:
    long, wide, blank or encoding."""

    def __init__(self, code: str, line: int = 0) -> None:
        super().__init__(code, line)
        self.code, self.line = code, line


@dataclass(frozen=True, slots=True)
class Shape:
    """How a table is written."""

    encoding: str
    delimiter: str


def shape_of(path: Path) -> Shape:
    """Guesses it: a byte order mark decides, then UTF-8 where the whole file is that, then
    UTF-16 by its zero bytes, else Windows-1252. Raises NotATable."""
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if not head.strip():
        raise NotATable("empty")
    if head.startswith(_OTHER_FILES):
        raise NotATable("workbook" if head.startswith(_OTHER_FILES[:2]) else "binary")
    encoding = _encoding_of(head, path)
    text = head.decode(encoding, "replace")
    if _CONTROL.search(text):
        raise NotATable("binary")
    return Shape(encoding, _delimiter_of(text.partition("\n")[0]))


def _encoding_of(head: bytes, path: Path) -> str:
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\0" in head:
        even, odd = head[::2].count(0), head[1::2].count(0)
        if max(even, odd) < len(head) / 8 or min(even, odd) * 4 > max(even, odd):
            raise NotATable("binary")
        return "utf-16-le" if odd > even else "utf-16-be"
    return "utf-8-sig" if _is_utf8(path) else "cp1252"


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        try:
            while chunk := file.read(_CHUNK_BYTES):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _delimiter_of(line: str) -> str:
    """The one that makes most cells of the line; what stands in quotation marks is none."""
    outside = "".join(line.split('"')[::2])
    return max(DELIMITERS, key=outside.count)


class Table:
    """The rows of a file, as lists of cells without spaces around them; a context manager.

    Blank rows are left out. `bytes_read` says how far it is. Reading raises NotATable where a row
    is no row, such as one of a million cells.
    """

    def __init__(self, path: Path, shape: Shape) -> None:
        self.path, self.shape = path, shape

    def __enter__(self) -> Iterator[tuple[int, list[str]]]:
        self._binary = self.path.open("rb")
        self._text = io.TextIOWrapper(
            self._binary, encoding=self.shape.encoding, errors="replace", newline=""
        )
        self._characters = 0
        return self._rows()

    def __exit__(self, *_: object) -> None:
        self._text.close()

    @property
    def bytes_read(self) -> int:
        return self._binary.tell()

    def _rows(self) -> Iterator[tuple[int, list[str]]]:
        """Each row with the number of the line it ends in. One that is too long to be true (a
        quotation mark that nobody closed) is a row without cells."""
        reader = csv.reader(self._lines(), delimiter=self.shape.delimiter)
        blank = 0
        while True:
            self._characters = 0
            try:
                cells = [cell.strip() for cell in next(reader)]
            except StopIteration:
                return
            except csv.Error:
                yield reader.line_num, []
                continue
            if len(cells) > MOST_CELLS:
                raise NotATable("wide", reader.line_num)
            if any(cells):
                blank = 0
                yield reader.line_num, cells
                continue
            blank += 1
            if blank > MOST_BLANK:
                raise NotATable("blank", reader.line_num)

    def _lines(self) -> Iterator[str]:
        """The lines, as long as those of one row have a bounded length together."""
        line = 0
        while True:
            try:
                text = self._text.readline(MOST_CHARACTERS - self._characters + 1)
            except UnicodeError:  # such as UTF-16 without its mark
                raise NotATable("encoding", line + 1) from None
            if not text:
                return
            line += 1
            self._characters += len(text)
            if self._characters > MOST_CHARACTERS:
                raise NotATable("long", line)
            yield text
