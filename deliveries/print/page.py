"""A page by WeasyPrint: the sheet, the running head, the foot, and how bytes come out."""

import gc
import hashlib
import json
import os
from collections.abc import Mapping
from html import escape
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

from deliveries.print import RENDERER
from deliveries.print.actual_text import install as install_actual_text
from deliveries.print.fonts import families
from deliveries.print.lean_fonts import install as install_lean_fonts

Job = Mapping[str, Any]

SHEETS = {"letter": "Letter", "a4": "A4"}
HERE = Path(__file__).parent


class Printed(NamedTuple):
    pdf: bytes
    pages: int


class FetchRefused(Exception):
    """Something on the page asked for an address; a dossier never loads anything."""


def job_key(job: Job) -> str:
    """SHA-256 (hex) of the job and of what renders it; names the piece's file."""
    versions = f"{RENDERER}\n{version('weasyprint')}\n{version('typst')}"
    inputs = json.dumps(job, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(f"{versions}\n{inputs}".encode()).hexdigest()


def css_string(text: str) -> str:
    """A CSS string literal."""
    return '"' + "".join(f"\\{ord(c):x} " if c in '"\\\n\r\f<' else c for c in text) + '"'


def style_of(job: Job, sheet: str) -> str:
    """The style sheet `<sheet>.css` under the page's own measures.

    `type_pt` is the smallest size on the page, running head and foot included.
    """
    minimum = f"{job['type_pt']}pt"
    head, number = ("right", "left") if job["direction"] == "rtl" else ("left", "right")
    fonts = ", ".join(f'"{family}"' for family in families(job["language"]))
    return f"""
@page {{
  size: {SHEETS[job["page_size"]]};
  @top-{head} {{ width: 80%; content: {css_string(job["running_head"])}; }}
  @top-{number} {{ width: 20%; content: {css_string(job["running_number"])}; }}
}}
html {{ font-size: {minimum}; font-family: {fonts}, serif; }}
{(HERE / "page.css").read_text()}
{(HERE / f"{sheet}.css").read_text()}
{(HERE / "tight.css").read_text() if job.get("tight") else ""}
"""


def print_document(job: Job, sheet: str, body: str, style: str = "") -> Printed:
    """Typesets `body` (HTML) as tagged PDF/UA-1; the same job gives the same bytes.

    Turns the garbage collector off, for the process is meant to end with the page.
    Raises FetchRefused where the body names anything to load.
    """
    import weasyprint
    from weasyprint.urls import FatalURLFetchingError, URLFetcher

    install_actual_text()
    install_lean_fonts()
    gc.disable()
    # Else fontTools writes the hour into the fonts it cuts down.
    os.environ["SOURCE_DATE_EPOCH"] = "1"
    html = f"""<!doctype html>
<html lang="{escape(job["language"])}" dir="{escape(job["direction"])}"><head>
<meta charset="utf-8"><title>{escape(job["title"])}</title>
<meta name="author" content="{escape(job["author"])}">
<meta name="keywords" content="{escape(", ".join(job.get("keywords", ())))}">
<meta name="description" content="{escape(job["description"])}">
<style>{style_of(job, sheet)}{style}</style></head><body>{body}</body></html>"""
    fetcher = URLFetcher(allowed_protocols=["data"], fail_on_errors=True)
    try:
        document = weasyprint.HTML(string=html, url_fetcher=fetcher).render()
    except FatalURLFetchingError as error:
        raise FetchRefused(str(error)) from None
    pdf = document.write_pdf(
        pdf_variant="pdf/ua-1",
        pdf_identifier=job_key(job)[:32].encode(),
    )
    return Printed(pdf, len(document.pages))
