"""Joins pieces into one tagged PDF with continuous page numbers and bookmarks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pikepdf
from pikepdf import Dictionary, Name, NumberTree

from deliveries.print.numbering import Feet, print_feet, stand_on
from deliveries.print.page import Job
from deliveries.print.writing import Copier, Writer, reference

_PAGES = "{http://ns.adobe.com/xap/1.0/t/pg/}NPages"


class Bookmark(NamedTuple):
    """Leads to a piece's first page, or to the page where the entry begins that is the `from_end`th
    of the piece's elements from the end (1 is the last); `inner` ones hang on the one before."""

    title: str
    piece: int
    from_end: int = 0
    inner: bool = False


def join_pieces(
    pieces: Sequence[Path], target: Path, job: Job, bookmarks: Sequence[Bookmark] = ()
) -> int:
    """Writes the pieces, in order, into `target` and returns the number of pages.

    `job` has title, language, type_pt and page_label as for a piece. The first piece gives the
    document's metadata. The same pieces give the same bytes. One piece is in memory at a time.
    """
    with Writer(target) as writer:
        feet = print_feet(writer, pieces, job)
        joined = _Joined(writer, feet)
        for number, path in enumerate(pieces):
            with pikepdf.open(path) as source:
                joined.append(source, [mark for mark in bookmarks if mark.piece == number])
        joined.finish()
    return len(feet.forms)


class _Joined:
    """What pages, structure and bookmarks of all pieces hang on."""

    def __init__(self, writer: Writer, feet: Feet) -> None:
        self.writer = writer
        self.feet = feet
        self.root = self.info = 0
        self.page_tree = writer.number()
        self.structure = writer.number()
        self.document = writer.number()
        self.outlines = writer.number()
        self.pages: list[int] = []
        self.marks: list[tuple[Bookmark, int]] = []  # each with its page
        self.parts: list[int] = []  # each piece's structure
        self.parents: list[tuple[int, int]] = []  # of what is on a page or an annotation
        self.roles = Dictionary()

    def append(self, source: pikepdf.Pdf, bookmarks: Sequence[Bookmark]) -> None:
        """The piece's pages, each with its foot, and its structure as a part of the document's:
        pages, parent tree and elements keep pointing at each other (PDF 32000-1, 14.7.4)."""
        copier = Copier(source, self.writer)
        tree = source.Root.StructTreeRoot
        base = max((key for key, _ in self.parents), default=-1) + 1
        page_tree = reference(self.page_tree)
        pages = [page.obj for page in source.pages]
        forms = self.feet.forms[len(self.pages) : len(self.pages) + len(pages)]
        stand_on(source, map(reference, forms))
        for page in pages:
            page.Parent = page_tree
            page.StructParents = int(page.StructParents) + base
            for annotation in page.get(Name.Annots, []):
                if Name.StructParent in annotation:
                    annotation.StructParent = int(annotation.StructParent) + base
        part = tree.K[0]
        part.S = Name.Part
        part.P = reference(self.document)
        self.roles.update(tree.get(Name.RoleMap, {}))
        if not self.pages:
            self._take_metadata(source, copier)
        self.pages += map(copier.copy, pages)
        self.marks += [(mark, copier.copy(_page_of(mark, part) or pages[0])) for mark in bookmarks]
        self.parts.append(copier.copy(part))
        self.parents += [
            (key + base, copier.copy(value)) for key, value in NumberTree(tree.ParentTree).items()
        ]

    def _take_metadata(self, source: pikepdf.Pdf, copier: Copier) -> None:
        with source.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
            metadata[_PAGES] = str(len(self.feet.forms))
        root = source.Root
        # Typst adds that no tag is suspect, as is understood; Poppler calls that a fault.
        root.MarkInfo = Dictionary(Marked=True)
        root.Pages = reference(self.page_tree)
        root.StructTreeRoot = reference(self.structure)
        root.Outlines = reference(self.outlines)
        self.root = copier.copy(root)
        self.info = copier.copy(source.trailer.Info)

    def finish(self) -> None:
        put, document = self.writer.put, self.document
        kids = _array(self.pages)
        put(self.page_tree, b"<</Type /Pages /Count %d /Kids %s>>" % (len(self.pages), kids))
        element = b"<</Type /StructElem /S /Document /P %d 0 R /K %s>>"
        put(document, element % (self.structure, _array(self.parts)))
        parents = b" ".join(b"%d %d 0 R" % pair for pair in self.parents)
        put(
            self.structure,
            b"<</Type /StructTreeRoot /K [%d 0 R] /RoleMap %s /ParentTreeNextKey %d "
            b"/ParentTree <</Nums [%s]>>>>"
            % (document, self.roles.unparse(), self.parents[-1][0] + 1, parents),
        )
        self._put_outlines()
        self.writer.finish(self.root, self.info)

    def _put_outlines(self) -> None:
        branches: list[tuple[_Mark, list[_Mark]]] = []
        for mark, page in self.marks:
            numbered = _Mark(self.writer.number(), mark.title, page)
            if mark.inner and branches:
                branches[-1][1].append(numbered)
            else:
                branches.append((numbered, []))
        ends = self._put_row(self.outlines, [mark for mark, _ in branches], dict(branches))
        body = b"<</Type /Outlines /Count %d%s>>" % (len(branches), ends)
        self.writer.put(self.outlines, body)

    def _put_row(
        self, parent: int, row: Sequence[_Mark], inner: Mapping[_Mark, Sequence[_Mark]]
    ) -> bytes:
        """Bookmarks beside each other; returns what their parent says of them. What is within them
        is folded."""
        for index, mark in enumerate(row):
            beside = b" /Prev %d 0 R" % row[index - 1].number if index else b""
            if index + 1 < len(row):
                beside += b" /Next %d 0 R" % row[index + 1].number
            if within := inner.get(mark):
                beside += b" /Count %d" % -len(within) + self._put_row(mark.number, within, {})
            title = pikepdf.String(mark.title).unparse()
            self.writer.put(
                mark.number,
                b"<</Title %s /Parent %d 0 R%s /Dest [%d 0 R /Fit]>>"
                % (title, parent, beside, mark.page),
            )
        return b" /First %d 0 R /Last %d 0 R" % (row[0].number, row[-1].number) if row else b""


class _Mark(NamedTuple):
    number: int
    title: str
    page: int


def _page_of(mark: Bookmark, part: pikepdf.Object) -> pikepdf.Object | None:
    if not mark.from_end:
        return None
    element = part.K[len(part.K) - mark.from_end]
    page: pikepdf.Object | None = element.get("/Pg")
    return page


def _array(numbers: Sequence[int]) -> bytes:
    return b"[%s]" % b" ".join(b"%d 0 R" % number for number in numbers)
