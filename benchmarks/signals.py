"""What each signal costs, in microseconds; writes them into docs/signals.md.

Run it by `python -m coalition.embedded exec -- python -m benchmarks.signals`. The database needs
its tables (`manage.py migrate`); what is written there for the measurement is rolled back.
"""

import os
import platform
import re
import time
from collections.abc import Callable
from pathlib import Path

import django

PAGE = Path(__file__).parents[1] / "docs" / "signals.md"
ROWS = 10_000
ENTRY = {
    "email": "ada.lindqvist@mail.example",
    "name": "Ada Lindqvist",
    "organisation_name": "The Paper Guild of Lyon",
    "role_title": "Chair of the board",
    "affiliation": "University of Somewhere",
    "city": "Lyon",
    "comment": "I sign because paper matters to everyone who writes, prints and reads. " * 3,
}


def main() -> None:
    """Measures every signal and writes the table."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coalition.settings")
    django.setup()
    costs = measure_sent() | measure_confirmed()
    write_costs(costs)
    for code, cost in costs.items():
        print(f"{code:<12} {cost:8.1f} µs")


def measure_sent() -> dict[str, float]:
    """Those that run in memory."""
    from verification.signals import SIGNALS

    # Both read what the throttle has answered anyway.
    read = mean_cost(lambda: {"network": 21}.get("network", 0) > 20, 100_000)
    costs = {"unchecked": read, "burst": read}
    for code, signal in SIGNALS.items():
        if signal.fires:
            costs[code] = mean_cost(lambda fires=signal.fires: fires(ENTRY), 5_000)  # type: ignore[misc]
    return costs


def measure_confirmed() -> dict[str, float]:
    """Those that ask the database, over a letter with many signatures."""
    from django.db import transaction

    from verification.services.examine_signature import CHECKS

    with transaction.atomic():
        signature = _fill()
        costs = {
            code: mean_cost(lambda check=check: check(signature), 500)  # type: ignore[misc]
            for codes, check in CHECKS.items()
            for code in codes
        }
        transaction.set_rollback(True)
    return costs


def _fill() -> "object":
    """A letter with many signatures; the last of them."""
    from django.db import connection

    from common.likeness import likeness
    from tests.builders import a_coalition, a_letter, a_signature

    letter = a_letter("bench-signals", coalition=a_coalition("bench-signals"))
    signature = a_signature(letter, "Ada Lindqvist")
    signature.likeness = likeness("Ada Lindqvist")
    signature.save(update_fields=["likeness"])
    with connection.cursor() as cursor:
        columns = [
            str(f.column) for f in type(signature)._meta.concrete_fields if not f.primary_key
        ]
        changed = {
            "email_digest": "sha256(n::text::bytea)",
            "details_digest": "sha256(n::text::bytea)",
            # One in a thousand has a name that sounds the same.
            "likeness": "CASE WHEN n %% 1000 = 0 THEN likeness "
            "ELSE substr(sha256(n::text::bytea), 1, 12) END",
        }
        values = ", ".join(changed.get(column, column) for column in columns)
        cursor.execute(  # nosec B608  column names of our own model
            f"INSERT INTO signatories_signature ({', '.join(columns)}) SELECT {values} "
            "FROM signatories_signature, generate_series(1, %s) n WHERE id = %s",
            [ROWS, signature.pk],
        )
        cursor.execute("ANALYZE signatories_signature")
    return signature


def mean_cost(check: Callable[[], object], times: int) -> float:
    """The best mean of three runs, in microseconds."""
    check()
    runs = []
    for _ in range(3):
        start = time.perf_counter()
        for _ in range(times):
            check()
        runs.append((time.perf_counter() - start) / times * 1e6)
    return min(runs)


def write_costs(costs: dict[str, float]) -> None:
    """Puts each cost into its row of the table, and the machine below it."""
    text = PAGE.read_text(encoding="utf-8")
    for code, cost in costs.items():
        shown = f"{cost:.0f}" if cost >= 10 else f"{cost:.1f}"
        text = re.sub(
            rf"^(\| `{code}` \|[^|]*\|[^|]*\|)[^|]*\|", rf"\1 {shown} |", text, flags=re.MULTILINE
        )
    machine = (
        f"Measured: {os.cpu_count()} processors ({platform.machine()}), Python "
        f"{platform.python_version()}, PostgreSQL and Redis on the same machine."
    )
    PAGE.write_text(re.sub(r"^Measured: .*$", machine, text, flags=re.MULTILINE), encoding="utf-8")


if __name__ == "__main__":
    main()
