"""`python -m deliveries.print OUT.pdf < job.json`: prints a whole roll and says what it took.

The job is {"entries": [[name, country code, [role, affiliation, country], signs]]} and any key of
a piece.
"""

import json
import resource
import sys
import time
from pathlib import Path

from deliveries.print.whole import print_whole_roll


def main() -> None:
    job = json.load(sys.stdin)
    start = time.monotonic()
    pages = print_whole_roll(job, Path(sys.argv[1]), workers=int(job.pop("workers", 2)))
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    own = resource.getrusage(resource.RUSAGE_SELF)
    figures = {
        "pages": pages,
        "seconds": round(time.monotonic() - start, 2),
        "cpu_s": round(children.ru_utime + children.ru_stime + own.ru_utime + own.ru_stime, 2),
        "peak_rss_mb": round(max(children.ru_maxrss, own.ru_maxrss) / 1024),
    }
    json.dump(figures, sys.stdout)
    print()


if __name__ == "__main__":
    main()
