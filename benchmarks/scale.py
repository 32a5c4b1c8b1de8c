"""A letter with a million signatures: the public roll, the moderators' pages, and one decision
about 50,000 of them; fails where a page or the decision takes too long. Takes about six minutes.

python -m coalition.embedded exec -- python -m benchmarks.scale
"""

import os
import sys
import time

from benchmarks import queue, roll
from benchmarks.million import load_million
from benchmarks.stage import say, set_stage
from benchmarks.table import print_table

MOST_MS = 200.0
MOST_SECONDS = 30.0


def main() -> int:
    """Returns 0 where everything is quick enough, else 1."""
    begun = time.monotonic()
    set_stage("coalition_million")
    from letters.models import Letter
    from signatories.services.refresh_tallies import refresh_tallies

    letter = Letter.objects.get(slug=roll.LETTER)
    load_million(letter)
    refresh_tallies()
    client = queue.member_of(letter)
    quick = print_pages("public roll", roll.pages(letter))
    quick &= print_pages("moderators' page", queue.pages(letter, client))
    seconds = queue.bulk(letter, client)
    print_table(
        (f"bulk decision on {queue.BULK:,}", "s", ""),
        [(name, f"{s:.1f}", "" if s <= MOST_SECONDS else "MISSED") for name, s in seconds.items()],
    )
    print(f"load of the machine: {os.getloadavg()[0]:.1f}; {time.monotonic() - begun:.0f} s in all")
    return 0 if quick and max(seconds.values()) <= MOST_SECONDS else 1


def print_pages(title: str, pages: roll.Pages) -> bool:
    """Whether all of them are quick enough."""
    rows = []
    for name, page in pages.items():
        ms = roll.measure(page)
        figures = (f"{ms.p95:,.0f}", f"{ms.median:,.0f}", f"{ms.own:,.0f}")
        rows.append((name, *figures, "" if ms.p95 <= MOST_MS else "MISSED"))
        say("  ".join(rows[-1]))
    print_table((title, "p95 ms", "median ms", "of it Python", ""), rows)
    return not any(row[-1] for row in rows)


if __name__ == "__main__":
    sys.exit(main())
