"""`make bench`: measures, prints a table, writes `bench.json`; fails where a target is missed.

`make bench ARGS=dossier` measures dossiers only, `ARGS=site` all else.
"""

import json
import os
import platform
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.stage import Stage, say, set_stage
from benchmarks.table import print_figures
from benchmarks.targets import TARGETS

if TYPE_CHECKING:
    from letters.models import Letter

LETTER = "statement-on-training"
KINDS = ("site", "dossier")


def main() -> int:
    """Returns 0 where all targets are met, else 1."""
    begun = time.monotonic()
    kinds = sys.argv[1:] or KINDS
    if unknown := set(kinds) - set(KINDS):
        sys.exit(f"There is no benchmark called {', '.join(unknown)}: {', '.join(KINDS)}.")
    stage = set_stage("coalition_bench")
    figures = with_ratios(measure(stage, kinds))
    wanted = [target for target in TARGETS if target.kind in kinds]
    missed = [target for target in wanted if not target.met(figures)]
    report = {
        **{name: round(figure, 4) for name, figure in figures.items()},
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(time.monotonic() - begun),
        "cores": len(os.sched_getaffinity(0)),
        "python": platform.python_version(),
        "missed": [target.figure for target in missed],
    }
    path = Path(os.environ.get("BENCH_JSON") or stage.var / "bench.json")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(report, indent=2) + "\n")
    print_figures(figures)
    print(f"{report['seconds']} s; {path}")
    for target in missed:
        print(f"MISSED: {target.figure} is {figures.get(target.figure):,.4g}, wanted {target}")
    return 1 if missed else 0


def measure(stage: Stage, kinds: Sequence[str]) -> dict[str, float]:
    """The figures of those kinds, one kind after the other."""
    from letters.models import Letter

    letter = Letter.objects.select_related("current_version").get(slug=LETTER)
    figures: dict[str, float] = {}
    if "site" in kinds:
        figures |= measure_site(stage, letter)
    if "dossier" in kinds:
        from benchmarks.dossier import measure_dossier  # it imports models

        say("Roll of 10,500 names…")
        figures |= measure_dossier(stage, letter)
    return figures


def measure_site(stage: Stage, letter: "Letter") -> dict[str, float]:
    """Pages, signing and mail."""
    from benchmarks import mail, transfer, web  # they import models

    figures: dict[str, float] = {}
    with web.contest(stage, letter) as contest:
        figures["page_bytes"] = transfer.bytes_of_page(stage.url + letter.get_absolute_url())
        say("Letter page, beside the bare function…")
        figures |= web.measure_pages(contest)
        say("Signing, beside the bare function…")
        figures |= web.measure_signing(contest)
    say("Confirmation mails…")
    return figures | mail.measure_mail(stage, letter.pk)


def with_ratios(figures: dict[str, float]) -> dict[str, float]:
    """The figures with what they are beside their yardsticks."""
    beside = {
        "sign_ratio": ("sign_per_s", "bare_sign_per_s"),
        "page_ratio": ("page_per_s", "bare_page_per_s"),
        "dossier_speedup": ("dossier_10500_naive_s", "dossier_10500_s"),
    }
    ratios = {
        name: figures[one] / figures[other]
        for name, (one, other) in beside.items()
        if one in figures
    }
    return {**figures, **ratios}


if __name__ == "__main__":
    sys.exit(main())
