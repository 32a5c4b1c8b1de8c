"""“Page x of y” on pages that were typeset before anybody knew y."""

import io

import pikepdf

from deliveries.print.page import Job
from deliveries.print.typesetting import typeset


def number_pages(pdf: pikepdf.Pdf, job: Job) -> None:
    """Draws `job["page_label"]` (“Page {page} of {pages}”) at the foot of each page, as an artifact
    (PDF 32000-1, 14.8.2.2), which a screen reader does not read as text."""
    total = len(pdf.pages)
    labels = [job["page_label"].format(page=page, pages=total) for page in range(1, total + 1)]
    sizes = [[float(edge) for edge in page.mediabox[2:]] for page in pdf.pages]
    feet = typeset("foot", job, labels=labels, sizes=sizes)
    with pikepdf.open(io.BytesIO(feet)) as source:
        for page, foot in zip(pdf.pages, source.pages, strict=True):
            form = pdf.copy_foreign(foot.as_form_xobject())
            name = page.add_resource(form, pikepdf.Name.XObject, pikepdf.Name.Foot)
            # The page's own content leaves the origin elsewhere: keep that to itself.
            page.contents_add(b"q", prepend=True)
            page.contents_add(b"Q q %s Do Q" % str(name).encode(), prepend=False)
