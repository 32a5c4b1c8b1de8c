"""The yardstick of the roll: all names as one HTML table, by WeasyPrint, in one process.

`python -m benchmarks.naive JOB.json OUT.pdf` prints its seconds (without imports) and peak memory.
"""

import json
import sys
import time
from html import escape
from pathlib import Path

from weasyprint import HTML

from benchmarks.memory import peak_mb

STYLE = "@page{size:A4;margin:22mm}body{font-size:10pt}td{padding:1mm;vertical-align:top}"


def main(job: Path, out: Path) -> None:
    rows = json.loads(job.read_text())
    begun = time.monotonic()
    cells = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    page = f"<html lang=en><style>{STYLE}</style><h1>Roll of signatories</h1><table>{cells}</table>"
    HTML(string=page).write_pdf(out)
    print(json.dumps({"seconds": time.monotonic() - begun, "peak_mb": peak_mb()}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
