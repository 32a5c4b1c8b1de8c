"""“Page x of y” on pages that were typeset before anybody knew y.

The digits come from a one-page PDF in the roll's own font; each number is a few bytes of page
content, marked as an artifact so that a screen reader does not read it as text.
"""

import io
import re
from html import escape
from typing import NamedTuple

import pikepdf

from deliveries.print.page import Job, print_document

_MAPPING = re.compile(rb"<([0-9a-fA-F]{4})>\s*<([0-9a-fA-F]+)>")
FOOT_MM = 13.0
POINTS_PER_MM = 72 / 25.4
SAMPLE = "0123456789 /"


class Face(NamedTuple):
    """A font of a PDF: glyph (hex) and advance (1/1000 em) by character."""

    font: pikepdf.Object
    glyphs: dict[str, str]
    widths: dict[str, float]

    def can_write(self, text: str) -> bool:
        return all(char in self.glyphs for char in text)

    def width(self, text: str, size: float) -> float:
        return sum(self.widths[char] for char in text) * size / 1000


def number_pages(pdf: pikepdf.Pdf, job: Job) -> None:
    """Writes `job["page_label"]` (“Page {page} of {pages}”) at the foot of each page."""
    label = job["page_label"]
    sheet = print_document(
        {**job, "language": "en", "direction": "ltr", "running_head": "", "running_number": ""},
        "roll",
        f"<div>{SAMPLE}</div><div>{escape(label.format(page='', pages=''))}</div>",
    )
    with pikepdf.open(io.BytesIO(sheet.pdf)) as source:
        face = read_face(pdf, source)
    total = len(pdf.pages)
    # A label in another script would need shaping; the two numbers say the same.
    if not face.can_write(label.format(page=0, pages=0)):
        label = "{page} / {pages}"
    size = float(job["type_pt"])
    for number, page in enumerate(pdf.pages, 1):
        text = label.format(page=number, pages=total)
        width = float(page.mediabox[2])
        x = (width - face.width(text, size)) / 2
        code = "".join(face.glyphs[char] for char in text)
        name = page.add_resource(face.font, pikepdf.Name.Font, pikepdf.Name("/PageNumber"))
        # The page's own content leaves the origin in the upper left corner: keep that to itself.
        page.contents_add(b"q", prepend=True)
        content = (
            f"Q /Artifact <</Type /Pagination>> BDC q BT 0.23 g {name} {size:g} Tf "
            f"{x:.2f} {FOOT_MM * POINTS_PER_MM:.2f} Td <{code}> Tj ET Q EMC"
        )
        page.contents_add(content.encode(), prepend=False)


def read_face(target: pikepdf.Pdf, source: pikepdf.Pdf) -> Face:
    """The font of the sample's digits, copied into `target`."""
    fonts = source.pages[0].Resources.Font
    for _, font in sorted(fonts.items()):
        glyphs = {
            bytes.fromhex(text.decode()).decode("utf-16-be"): glyph.decode()
            for glyph, text in _MAPPING.findall(font.ToUnicode.read_bytes())
        }
        if set(SAMPLE) <= glyphs.keys():
            widths = read_widths(font.DescendantFonts[0].W)
            return Face(
                target.copy_foreign(font),
                glyphs,
                {char: widths.get(int(glyph, 16), 0) for char, glyph in glyphs.items()},
            )
    raise LookupError("no font of the sample has all digits")


def read_widths(array: pikepdf.Object) -> dict[int, float]:
    """Advance by glyph number, from a CID font's /W array of runs: first [width …].

    PDF 32000-1, 9.7.4.3.
    """
    widths: dict[int, float] = {}
    items = list(array)
    for first, run in zip(items[::2], items[1::2], strict=True):
        widths.update({int(first) + offset: float(width) for offset, width in enumerate(run)})
    return widths
