"""Writes a workbook (XLSX, ECMA-376) as a stream. The libraries keep it on the disk until its last
row and take ten times as long (docs/dependencies.md)."""

import re
from collections.abc import Iterable, Iterator, Sequence
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from common.outbox import Outbox

MOST_ROWS = 1_048_576  # of one sheet, its head included: Excel opens no more
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_HEAD = (
    f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    "</sheetView></sheetViews><sheetData>"
)
Cells = Sequence[str | int]


def xlsx_parts(
    header: Cells, batches: Iterable[Sequence[Cells]], *, most_rows: int = MOST_ROWS
) -> Iterator[bytes]:
    """The file's bytes, as the batches of rows (none empty) come; where a sheet is full, another
    one with the same header goes on."""
    outbox, sheets = Outbox(), 0
    left = iter(batches)
    rest = next(left, ())
    with ZipFile(outbox, "w", ZIP_DEFLATED, compresslevel=1) as archive:
        while rest or not sheets:
            sheets += 1
            room = most_rows - 1
            with archive.open(f"xl/worksheets/sheet{sheets}.xml", "w", force_zip64=True) as sheet:
                sheet.write((_HEAD + _row(header)).encode())
                while room and rest:
                    some, rest = rest[:room], rest[room:] or next(left, ())
                    room -= len(some)
                    sheet.write("".join(map(_row, some)).encode())
                    yield outbox.take()
                sheet.write(b"</sheetData></worksheet>")
        for name, text in _frame(range(1, sheets + 1)).items():
            archive.writestr(name, _XML + text)
    yield outbox.take()


def _row(cells: Cells) -> str:
    return f"<row>{''.join(map(_cell, cells))}</row>"


def _cell(value: str | int) -> str:
    if isinstance(value, int):
        return f"<c><v>{value}</v></c>"
    text = escape(_NOT_XML.sub("\ufffd", value))
    return f'<c t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _frame(sheets: Iterable[int]) -> dict[str, str]:
    """The parts that say what the archive is, by name."""
    listed = "".join(f'<sheet name="{n}" sheetId="{n}" r:id="rId{n}"/>' for n in sheets)
    related = "".join(
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in sheets
    )
    typed = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        for n in sheets
    )
    return {
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
        f"<sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f"{related}</Relationships>",
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f"{typed}</Types>",
    }
