"""A whole roll at once, without Celery: for benchmarks and for trying a look."""

import os
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from deliveries.print.child import PrintFailed, start_child
from deliveries.print.join import Bookmark, join_pieces
from deliveries.print.page import Job
from deliveries.print.roll import detail_for, piece_ranges, write_roll

DEFAULTS: dict[str, Any] = {
    "language": "en",
    "direction": "ltr",
    "title": "Roll of signatories",
    "author": "Coalition",
    "description": "",
    "page_size": "letter",
    "type_pt": "10",
    "running_head": "Roll of signatories",
    "running_number": "",
    "page_label": "Page {page} of {pages}",
    "keywords": [],
    "opening": {
        "title": "Roll of signatories",
        "letter": "",
        "about": [],
        "sums": [],
        "legend": [],
        "roots": [],
    },
}


def print_whole_roll(job: Job, target: Path, workers: int = 2) -> int:
    """Prints `job["entries"]` ([name, country code, [details], signs]) in pieces.

    `workers` print at a time. Other keys of a piece may be left out. Returns the number of
    pages. Raises PrintFailed.
    """
    entries = job["entries"]
    whole = {"detail": detail_for(len(entries)), **DEFAULTS, **job}
    del whole["entries"]
    with TemporaryDirectory() as folder:
        waiting: list[tuple[Path, dict[str, Any]]] = []
        for number, (first, last) in enumerate(piece_ranges(len(entries), workers)):
            section = {"title": f"{first} – {last}", "entries": entries[first - 1 : last]}
            piece = {**whole, "opening": whole["opening"] if number == 0 else None}
            waiting.append((Path(folder) / f"{number}.pdf", {**piece, "sections": [section]}))
        paths = [path for path, _ in waiting]
        running: set[int] = set()
        while waiting or running:
            while waiting and len(running) < workers:
                path, piece = waiting.pop(0)
                running.add(start_child(partial(write_roll, piece), path))
            child, status = os.wait()
            running.discard(child)
            if status:
                raise PrintFailed(f"the printing process ended with {status}")
        return join_pieces(paths, target, whole, [Bookmark(whole["title"], 0)])
