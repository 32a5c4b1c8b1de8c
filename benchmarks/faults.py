"""`make faults`: drills with real processes. “A signature that was answered ‘check your inbox’ is
never lost, whatever dies next.” Prints a table, writes `faults.json`, fails where one is lost."""

import json
import os
import shutil
import sys
import time
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.stage import say, set_stage, wait_until_healthy
from benchmarks.table import print_table

if TYPE_CHECKING:
    from benchmarks.drills.outcome import Outcome

LETTER = "statement-on-training"


def main() -> int:
    """Returns 0 where nothing was lost, else 1."""
    begun = time.monotonic()
    stage = set_stage("coalition_faults")
    shutil.rmtree(stage.var / "mailbox", ignore_errors=True)
    (stage.var / "mailbox").mkdir(mode=0o700)
    from benchmarks.drills.drills import DRILLS, Scene
    from benchmarks.drills.servers import Servers
    from benchmarks.drills.site import Site
    from letters.models import Letter

    letter = Letter.objects.select_related("current_version").get(slug=LETTER)
    servers = Servers(stage.var)
    outcomes: list[Outcome] = []
    try:
        with Site(stage).up() as site:
            wait_until_healthy(stage)
            for drill in DRILLS:
                say(f"{drill.__doc__}…")
                started = time.monotonic()
                outcome = drill(Scene(stage, site, servers, letter))
                outcome.seconds = round(time.monotonic() - started, 1)
                outcomes.append(outcome)
                if ended := site.start_what_ended():
                    outcome.notes.append(f"started again: {', '.join(ended)}")
                wait_until_healthy(stage)
    finally:
        servers.stop()
    _report(outcomes, time.monotonic() - begun)
    return 0 if all(outcome.passed for outcome in outcomes) else 1


def _report(outcomes: "list[Outcome]", seconds: float) -> None:
    path = Path(os.environ.get("FAULTS_JSON") or Path(os.environ["VAR"]) / "faults.json")
    path.parent.mkdir(parents=True, exist_ok=True)
    report = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(seconds),
        "lost": sum(outcome.lost for outcome in outcomes),
        "passed": all(outcome.passed for outcome in outcomes),
        "drills": [asdict(outcome) for outcome in outcomes],
    }
    path.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n")
    head = ("drill", "answered 303", "other answers", "rows", "mailed", "lost", "s", "")
    rows = [
        (
            *(outcome.drill, str(outcome.answered)),
            ", ".join(f"{count} × {answer}" for answer, count in outcome.others.items()),
            *(str(outcome.rows), str(outcome.mailed), str(outcome.lost), f"{outcome.seconds:g}"),
            "; ".join(outcome.problems or outcome.notes),
        )
        for outcome in outcomes
    ]
    print_table(head, rows)
    print(f"{seconds:.0f} s; {path}")
    for outcome in outcomes:
        if not outcome.passed:
            print(f"FAILED: {outcome.drill}: lost {outcome.lost}. {'; '.join(outcome.problems)}")


if __name__ == "__main__":
    sys.exit(main())
