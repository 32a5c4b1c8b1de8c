"""`make bench`: measures, prints a table, writes `bench.json`; fails where a target is missed."""

import json
import os
import platform
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.stage import Stage, say, set_stage
from benchmarks.table import print_figures
from benchmarks.targets import TARGETS

LETTER = "statement-on-training"


def main() -> int:
    """Returns 0 where all targets are met, else 1."""
    begun = time.monotonic()
    stage = set_stage("coalition_bench")
    figures = with_ratios(measure(stage))
    missed = [target for target in TARGETS if not target.met(figures)]
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


def measure(stage: Stage) -> dict[str, float]:
    """All figures, one kind after the other."""
    from benchmarks import dossier, mail, transfer, web  # they import models
    from letters.models import Letter

    letter = Letter.objects.select_related("current_version").get(slug=LETTER)
    figures: dict[str, float] = {}
    with web.contest(stage, letter) as contest:
        figures["page_bytes"] = transfer.bytes_of_page(stage.url + letter.get_absolute_url())
        say("Letter page, beside the bare function…")
        figures |= web.measure_pages(contest)
        say("Signing, beside the bare function…")
        figures |= web.measure_signing(contest)
    say("Confirmation mails…")
    figures |= mail.measure_mail(stage, letter.pk)
    say("Roll of 10,500 names…")
    figures |= dossier.measure_dossier(stage, letter)
    return figures


def with_ratios(figures: dict[str, float]) -> dict[str, float]:
    """The figures with what they are beside their yardsticks."""
    return {
        **figures,
        "sign_ratio": figures["sign_per_s"] / figures["bare_sign_per_s"],
        "page_ratio": figures["page_per_s"] / figures["bare_page_per_s"],
        "dossier_speedup": figures["dossier_10500_naive_s"] / figures["dossier_10500_s"],
    }


if __name__ == "__main__":
    sys.exit(main())
