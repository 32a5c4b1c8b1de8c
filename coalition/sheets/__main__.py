"""`python -m coalition.sheets card OUT < job.json`: draws one sheet.

A process of its own: a web process that has loaded Typst keeps its fonts and its threads.
"""

import json
import sys
from pathlib import Path
from typing import Any

import typst

from deliveries.print.fonts import families
from deliveries.print.typesetting import without_missing

HERE = Path(__file__).parent


def draw(kind: str, job: dict[str, Any], path: Path) -> None:
    language, _, region = job["language"].partition("-")
    text = json.dumps(
        {
            **job,
            "language": language,
            "region": region.upper() or None,
            "fonts": families(job["language"]),
        },
        ensure_ascii=False,
    )
    try:
        _compile(kind, text, path)
    except typst.TypstError as error:
        if "could not be displayed" not in error.message:
            raise
        _compile(kind, without_missing(text), path)


def _compile(kind: str, job: str, path: Path) -> None:
    options: dict[str, Any] = (
        {"format": "png", "ppi": 72} if kind == "card" else {"pdf_standards": ["ua-1"]}
    )
    typst.compile(
        HERE / f"{kind}.typ",
        output=path,
        font_paths=typst.Fonts(include_embedded_fonts=False),
        sys_inputs={"job": job},
        **options,
    )


if __name__ == "__main__":
    draw(sys.argv[1], json.load(sys.stdin), Path(sys.argv[2]))
