"""Typesets with Typst: what has thousands of lines and no markup of its own.

Thirteen times faster than WeasyPrint at that, tagged, in columns and in every script
(docs/architecture.md). Each call has to be in a child of its own, as Typst's threads do not
survive a fork.
"""

import json
import re
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

from deliveries.print.fonts import families
from deliveries.print.page import Job
from deliveries.print.spoken import say_marks_once

HERE = Path(__file__).parent
UNPRINTABLE = "\ufffd"
_SELECTOR = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")


def typeset(source: str, job: Job, **more: Any) -> bytes:
    """The tagged PDF/UA-1 of `<source>.typ`, which sees `job` and `more` as `sys.inputs.job`.

    The same job gives the same bytes. A character that no installed font has is shown as U+FFFD.
    Raises typst.TypstError.
    """
    pdf, text = _compile_with_all(source, job, more)
    return say_marks_once(pdf, text, float(job["type_pt"]))


def compile_pdf(source: str, job: Job, **more: Any) -> bytes:
    """A draft, to see what stands on which page: some marks say their syllable twice."""
    return _compile_with_all(source, job, more)[0]


def _compile_with_all(source: str, job: Job, more: dict[str, Any]) -> tuple[bytes, str]:
    """The PDF and the text of its inputs."""
    import typst

    language, _, region = job["language"].partition("-")
    text = json.dumps(
        {
            **job,
            "type_pt": float(job["type_pt"]),
            "fonts": families(job["language"]),
            "language": language,
            "region": region.upper() or None,
            **more,
        },
        ensure_ascii=False,
    )
    try:
        return _compile(source, text), text
    except typst.TypstError as error:
        if "could not be displayed" not in error.message:
            raise
        return _compile(source, without_missing(text)), text


@cache
def find_fonts() -> Any:
    """This machine's fonts. The search takes as long as typesetting 500 names and starts no
    thread, so a worker does it once and its forks have them."""
    import typst

    return typst.Fonts(include_embedded_fonts=False)


def _compile(source: str, job: str) -> bytes:
    import typst

    pdf: bytes = typst.compile(
        HERE / f"{source}.typ",
        font_paths=find_fonts(),
        sys_inputs={"job": job},
        pdf_standards=["ua-1"],
    )
    return pdf


def without_missing(text: str) -> str:
    """`text` with U+FFFD for each character that is in no font of this machine. Variation selectors
    need to be in none: they choose a shape of the character before."""
    wanted = {char for char in text if ord(char) > 0x7F and not _SELECTOR.match(char)}
    return text.translate({ord(char): UNPRINTABLE for char in wanted - covered(wanted)})


def covered(wanted: set[str]) -> set[str]:
    """Those of `wanted` that a scalable font has."""
    listing = subprocess.run(
        ["fc-list", ":scalable=true", "--format=%{charset}\n"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    ranges = set(listing.split())
    found: set[str] = set()
    for each in ranges:
        first, _, last = each.partition("-")
        low, high = int(first, 16), int(last or first, 16)
        found |= {char for char in wanted - found if low <= ord(char) <= high}
    return found
