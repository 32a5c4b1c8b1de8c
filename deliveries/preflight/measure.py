"""What is true of a finished PDF, read back from its bytes.

Text and type sizes are what Poppler reads, another program than those that typeset; structure is
pikepdf's. Run it in a child process: a roll of 100,000 names is a long text.
"""

import json
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pikepdf

from deliveries.preflight.names import Line, look_for_names, plain

UNPRINTABLE = "\ufffd"
# The largest that pdftohtml takes; it rounds sizes to whole numbers.
_ZOOM = 3
_SIZE = re.compile(r'<fontspec [^>]*size="(-?\d+)"')
# Of a program that reads a file; 40,000 names take some seconds. Three of them take less than their
# child may (print/child.py): what is ended by a signal leaves its programs behind.
MOST_SECONDS = 90
_UA = "http://www.aiim.org/pdfua/ns/id/"

Facts = dict[str, Any]


def measure_pdf(path: Path, lines: Sequence[Line], statement: str, submitter: str) -> Facts:
    """Facts about a PDF, as JSON can hold them.

    encrypted, tagged, ua (PDF/UA part or 0), language, title, pages, page_sizes ([[width, height]]
    in pt), smallest_pt, fonts_outside (names of fonts that are not embedded), characters of text,
    unprintable (characters that no font had), absent (names of `lines`, which have to stand in the
    text in this order, at most 50), absent_count, reordered (names that are there, but not letter
    for letter, at most 50), reordered_count, says_statement and says_submitter (whether they stand
    in the text). Raises pikepdf.PdfError where it is no PDF or is locked by a password.
    """
    structure = _structure(path)
    text = _poppler("pdftotext", "-raw", "-enc", "UTF-8", str(path), "-")
    seen = _poppler("pdftotext", "-enc", "UTF-8", str(path), "-")
    absent, reordered = look_for_names(lines, text, seen)
    words = plain(text)
    return {
        **structure,
        "smallest_pt": smallest_type(path),
        "characters": len(text),
        "unprintable": text.count(UNPRINTABLE),
        "absent": absent[:50],
        "absent_count": len(absent),
        "reordered": reordered[:50],
        "reordered_count": len(reordered),
        "says_statement": bool(statement) and plain(statement) in words,
        "says_submitter": plain(submitter) in words,
    }


def write_facts(source: Path, target: Path, **expected: Any) -> None:
    """`measure_pdf` as a file, for a child process to leave behind."""
    target.write_text(json.dumps(measure_pdf(source, **expected)), encoding="utf-8")


def smallest_type(path: Path) -> float:
    """The smallest size of any text, in pt, to a sixth of a point; 0 where there is no text."""
    listing = _poppler("pdftohtml", "-xml", "-i", "-stdout", "-zoom", str(_ZOOM), str(path))
    return min(map(int, _SIZE.findall(listing)), default=0) / _ZOOM


def _poppler(*command: str) -> str:
    done = subprocess.run(  # nosec
        command, check=True, capture_output=True, encoding="utf-8", timeout=MOST_SECONDS
    )
    return done.stdout


def _structure(path: Path) -> Facts:
    with pikepdf.open(path) as pdf:
        root = pdf.Root
        boxes = {tuple(round(float(edge), 1) for edge in page.mediabox[2:]) for page in pdf.pages}
        with pdf.open_metadata() as metadata:
            ua = int(metadata.get(f"{{{_UA}}}part", 0))
        return {
            "encrypted": pdf.is_encrypted,
            "tagged": "/StructTreeRoot" in root
            and "/MarkInfo" in root
            and bool(root.MarkInfo.get("/Marked", False)),
            "ua": ua,
            "language": str(root.get("/Lang", "")),
            "title": str(pdf.docinfo.get("/Title", "")),
            "pages": len(pdf.pages),
            "page_sizes": sorted(map(list, boxes)),
            "fonts_outside": sorted(fonts_outside(pdf)),
        }


def fonts_outside(pdf: pikepdf.Pdf) -> set[str]:
    """The names of fonts whose shapes are not in the file."""
    outside = set()
    for thing in pdf.objects:
        if not isinstance(thing, pikepdf.Dictionary) or thing.get("/Type") != "/Font":
            continue
        if thing.get("/Subtype") == "/Type0":  # its descendant is a font of its own
            continue
        described: Any = thing.get("/FontDescriptor", {})
        if thing.get("/Subtype") != "/Type3" and not any(
            key in described for key in ("/FontFile", "/FontFile2", "/FontFile3")
        ):
            outside.add(str(thing.get("/BaseFont", "?")))
    return outside
