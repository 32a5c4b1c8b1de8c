"""“Page x of y” on pages that were typeset before anybody knew y."""

import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pikepdf

from deliveries.print.page import Job
from deliveries.print.typesetting import typeset
from deliveries.print.writing import Copier, Writer


class Feet(NamedTuple):
    """For each page of a joined document, the number of its foot in the writer."""

    forms: list[int]


def print_feet(writer: Writer, pieces: Sequence[Path], job: Job) -> Feet:
    """Writes `job["page_label"]` (“Page {page} of {pages}”) for each page of all pieces."""
    sizes = []
    for path in pieces:
        with pikepdf.open(path) as source:
            sizes += [[float(edge) for edge in page.mediabox[2:]] for page in source.pages]
    labels = [
        job["page_label"].format(page=page, pages=len(sizes)) for page in range(1, len(sizes) + 1)
    ]
    with pikepdf.open(io.BytesIO(typeset("foot", job, labels=labels, sizes=sizes))) as feet:
        copier = Copier(feet, writer)
        return Feet([copier.copy(page.as_form_xobject()) for page in feet.pages])


def stand_on(source: pikepdf.Pdf, feet: Iterable[pikepdf.Object]) -> None:
    """Draws a foot on each page, as an artifact (PDF 32000-1, 14.8.2.2), which a screen reader
    does not read as text."""
    # The page's own content leaves the origin elsewhere: keep that to itself.
    before, after = source.make_stream(b"q"), source.make_stream(b"Q q /Foot Do Q")
    for page, foot in zip(source.pages, feet, strict=True):
        drawn: Any = page.Resources.get("/XObject", {})
        page.Resources.XObject = pikepdf.Dictionary({**drawn, "/Foot": foot})
        page.contents_add(before, prepend=True)
        page.contents_add(after, prepend=False)
