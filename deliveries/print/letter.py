"""The letter file: what the office reads first."""

from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

import segno

from common.markdown import render_markdown
from deliveries.print.isolates import comma, isolated
from deliveries.print.page import Job, Printed, css_string, print_document

# A list of more names than this is set in two columns.
MANY = 12


def print_letter(job: Job) -> Printed:
    """The whole letter. `job["text"]` holds the wording, already in the letter's language."""
    foot = css_string(job["page_label"])
    for name, counter in (("{page}", "counter(page)"), ("{pages}", "counter(pages)")):
        foot = foot.replace(name, f'" {counter} "')
    body = "".join((head(job), text(job), signed(job), statement(job), proof(job)))
    return print_document(job, "letter", body, f"@page{{@bottom-center{{content:{foot}}}}}")


def paragraphs(*lines: str) -> str:
    return "".join(f"<p>{escape(line)}</p>" for line in lines if line)


def head(job: Job) -> str:
    return (
        f'<div class="head"><p class="house">{escape(job["author"])}</p>'
        f'<p class="number">{escape(job["delivery_line"])}</p></div>'
        f'<p class="date">{escape(job["date"])}</p>'
        f'<div class="addressee">{paragraphs(*job["addressee"])}</div>'
    )


def text(job: Job) -> str:
    return (
        f"<h1>{escape(job['title'])}</h1>"
        f'<div class="text">{render_markdown(job["body_markdown"])}</div>'
    )


def signed(job: Job) -> str:
    """Totals in words, then the featured signatories and the organisations."""
    lists = "".join(
        names(group, job["direction"], comma(job["language"])) for group in job["groups"]
    )
    return (
        f'<div class="signed"><h2>{escape(job["signed_title"])}</h2>'
        f"{paragraphs(*job['totals'])}{lists}</div>"
    )


def names(group: Mapping[str, Any], direction: str, between: str) -> str:
    entries = [
        (escape(isolated(name, direction)), [escape(isolated(each, direction)) for each in rest])
        for name, rest in group["entries"]
    ]
    items = "".join(
        f"<li><strong>{name}</strong>{between} {f'{between} '.join(rest)}</li>"
        if rest
        else f"<li>{name}</li>"
        for name, rest in entries
    )
    more = paragraphs(group["more"])
    kind = "names many" if len(group["entries"]) > MANY else "names"
    listed = f'<ul class="{kind}">{items}</ul>' if items else ""
    return f"<h2>{escape(group['title'])}</h2>{listed}{more}"


def statement(job: Job) -> str:
    if not job["statement"]:
        return ""
    return (
        f'<div class="statement" lang="{escape(job["statement_language"])}" dir="ltr">'
        f"{paragraphs(*job['statement'].splitlines())}</div>"
    )


def proof(job: Job) -> str:
    """Version and hash of the text, and where to check the delivery."""
    code = segno.make(job["address"], error="m").svg_data_uri(border=0)
    address = escape(job["address"])
    return (
        f'<div class="proof"><img src="{code}" alt="{escape(job["code_alt"])}">'
        f"<h2>{escape(job['proof_title'])}</h2>{paragraphs(*job['proof'])}"
        f'<p class="hash">{escape(job["text_sha256"])}</p>'
        f'<p class="address"><a href="{address}">{address}</a></p></div>'
    )


def write_letter(job: Job, path: Path) -> None:
    path.write_bytes(print_letter(job).pdf)
