"""Joins pieces into one tagged PDF with continuous page numbers and bookmarks."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pikepdf
from pikepdf import Name, NumberTree, OutlineItem

from deliveries.print.numbering import number_pages
from deliveries.print.page import Job


class Bookmark(NamedTuple):
    title: str
    piece: int


def join_pieces(
    pieces: Sequence[Path], target: Path, job: Job, bookmarks: Sequence[Bookmark] = ()
) -> int:
    """Writes the pieces, in order, into `target` and returns the number of pages.

    `job` has title, language, type_pt and page_label as for a piece. The first piece gives the
    document's metadata. The same pieces give the same bytes.
    """
    starts = []
    sources = [pikepdf.open(path) for path in pieces]
    pdf = sources[0]
    try:
        for index, source in enumerate(sources):
            starts.append(len(pdf.pages) if index else 0)
            if index:
                append_tagged(pdf, source)
        number_pages(pdf, job)
        with pdf.open_outline() as outline:
            outline.root[:] = [OutlineItem(mark.title, starts[mark.piece]) for mark in bookmarks]
        pdf.save(
            target,
            deterministic_id=True,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
        )
        return len(pdf.pages)
    finally:
        for source in sources:
            source.close()


def append_tagged(pdf: pikepdf.Pdf, source: pikepdf.Pdf) -> None:
    """Appends pages with their structure: pages, parent tree and elements keep pointing at each
    other (PDF 32000 14.7.4), which `pages.extend` alone loses."""
    root = pdf.Root.StructTreeRoot
    document = root.K[0]
    parents = NumberTree(root.ParentTree)
    base = max(parents.keys(), default=-1) + 1
    first = len(pdf.pages)
    pdf.pages.extend(source.pages)
    for page in pdf.pages[first:]:
        page.obj.StructParents = int(page.obj.StructParents) + base
        for annotation in page.obj.get(Name.Annots, []):
            if Name.StructParent in annotation:
                annotation.StructParent = int(annotation.StructParent) + base
    copied = pdf.copy_foreign(source.Root.StructTreeRoot)
    elements = copied.K[0].K
    for element in elements:
        element.P = document
    document.K = pikepdf.Array([*document.K, *elements])
    for key, value in NumberTree(copied.ParentTree).items():
        parents[key + base] = value
