"""How long the roll of 10,500 names takes through the real workers, and as one naive table."""

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from uuid import uuid4

from django.conf import settings

from benchmarks.memory import Watch
from benchmarks.stage import Stage, running, say, value
from deliveries.models import Delivery, DeliveryStatus
from deliveries.models.file import ROLL_FILE
from deliveries.services.freeze_delivery import freeze_delivery
from letters.models import Letter, Office, User

NAMES = 10_500
ROUNDS = 3
PATIENCE_SECONDS = 120


class DossierWrong(Exception):
    """The dossier was not finished in time, or names are missing in it."""


def measure_dossier(stage: Stage, letter: Letter) -> dict[str, float]:
    """Seconds from freezing to the joined PDF (median of rounds), the naive table's, and memory.

    Raises DossierWrong.
    """
    value(
        "UPDATE signatories_signature SET show_name = true, consent_government = true "
        "WHERE letter_id = %s AND status = 'counted'",
        letter.pk,
    )
    # Pieces of an earlier run have the same content, so they would be taken instead of rendered.
    shutil.rmtree(Path(settings.MEDIA_ROOT) / "deliveries", ignore_errors=True)
    with running(stage.program("worker-render")) as (workers,), Watch(workers.pid) as watch:
        rounds = [_deliver(letter) for _ in range(ROUNDS)]
    delivery = Delivery.objects.filter(letter=letter).latest("pk")
    check_roll(delivery)
    seconds = median(rounds)
    say(f"    {', '.join(f'{each:.1f}' for each in rounds)} s, {watch.largest_mb:.0f} MB")
    naive = _naive(stage, delivery)
    say(f"    one table: {naive['seconds']:.1f} s, {naive['peak_mb']:.0f} MB")
    return {
        "dossier_10500_s": seconds,
        "dossier_10500_naive_s": naive["seconds"],
        "dossier_peak_rss_mb": watch.largest_mb,
        "dossier_naive_rss_mb": naive["peak_mb"],
        "dossier_names": delivery.totals["named"],
    }


def _deliver(letter: Letter) -> float:
    begun = time.monotonic()
    delivery = new_delivery(letter)
    if delivery.totals["named"] < NAMES:
        raise DossierWrong(f"Only {delivery.totals['named']} names are on the roll.")
    wait_until_ready(delivery)
    return time.monotonic() - begun


def new_delivery(letter: Letter) -> Delivery:
    """Freezes the letter's roll for one of the demo's offices."""
    return freeze_delivery(
        letter=letter,
        office=Office.objects.earliest("pk"),
        actor=User.objects.earliest("pk"),
        form_token=uuid4(),
    )


def wait_until_ready(delivery: Delivery) -> None:
    """Waits for the workers. Raises DossierWrong."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while delivery.status != DeliveryStatus.READY:
        if delivery.status == DeliveryStatus.FAILED or time.monotonic() > deadline:
            raise DossierWrong(f"The delivery is {delivery.status}: {delivery.error}")
        time.sleep(0.02)
        delivery.refresh_from_db(fields=["status", "error"])


def check_roll(delivery: Delivery) -> None:
    """Reads the roll's PDF and looks for each name that is plain ASCII (others may be drawn in
    an order that text extraction does not give back). Raises DossierWrong."""
    text = subprocess.run(
        ["pdftotext", "-enc", "UTF-8", str(delivery.folder / ROLL_FILE), "-"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    # A long name may be broken at its hyphen, which pdftotext then takes for a soft one.
    printed = "".join(text.replace("-", "").split())
    names = [name for name in delivery.entries.values_list("name", flat=True) if name.isascii()]
    missing = [name for name in names if "".join(name.replace("-", "").split()) not in printed]
    if missing:
        raise DossierWrong(f"{len(missing)} of {len(names)} names are missing: {missing[:3]}")


def _naive(stage: Stage, delivery: Delivery) -> dict[str, float]:
    rows = list(
        delivery.entries.order_by("position").values_list(
            "name", "role_title", "affiliation", "city", "country"
        )
    )
    job = stage.var / "naive.json"
    job.write_text(json.dumps(rows))
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.naive", str(job), str(stage.var / "naive.pdf")],
        check=True,
        capture_output=True,
        text=True,
    )
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures
