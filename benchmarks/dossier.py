"""How long dossiers take through the real workers: 10,500 names, which are also set as one naive
table, 100,000, and 100 more for an office that has those."""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from uuid import uuid4

from django.conf import settings
from django.utils import timezone

from benchmarks.memory import Watch
from benchmarks.million import load_signatures
from benchmarks.stage import Stage, running, say, value
from deliveries.models import Delivery, DeliveryStatus, PieceKind, PieceStatus, Seal, SealStatus
from deliveries.models.file import PDF
from deliveries.services.freeze_delivery import freeze_delivery
from letters.models import Letter, Office, User

NAMES = 10_500
LARGE = 100_000
ADDED = 100
ROUNDS = 3
PATIENCE_SECONDS = 600


class DossierWrong(Exception):
    """The dossier was not finished in time, or names are missing in it."""


def measure_dossier(stage: Stage, letter: Letter) -> dict[str, float]:
    """Seconds from freezing to the finished files: of 10,500 names (median of rounds, and the naive
    table's), of 100,000, and of an addendum with 100 more; and the most memory of any process.

    Raises DossierWrong.
    """
    value(
        "UPDATE signatories_signature SET show_name = true, consent_government = true "
        "WHERE letter_id = %s AND status = 'counted'",
        letter.pk,
    )
    with running(stage.program("worker-render")) as (workers,), Watch(workers.pid) as watch:
        rounds = [_deliver(letter, NAMES) for _ in range(ROUNDS)]
        say(f"    {', '.join(f'{seconds:.1f}' for seconds, _ in rounds)} s")
        delivery = rounds[-1][1]
        check_roll(delivery)
        large = measure_large(letter)
    naive = _naive(stage, delivery)
    say(f"    largest process: {watch.largest_mb:.0f} MB; one table: {naive['peak_mb']:.0f} MB")
    return {
        "dossier_10500_s": median(seconds for seconds, _ in rounds),
        "dossier_10500_naive_s": naive["seconds"],
        **large,
        "dossier_peak_rss_mb": watch.largest_mb,
        "dossier_naive_rss_mb": naive["peak_mb"],
        "dossier_names": delivery.totals["named"],
    }


def measure_large(letter: Letter) -> dict[str, float]:
    """A dossier of 100,000 names, then 100 more sign, and the office gets what changed."""
    say("Roll of 100,000 names…")
    load_signatures(letter, counted=LARGE - counted(letter), delivered=True)
    seconds, first = _deliver(letter, LARGE)
    check_roll(first)
    mark_delivered(first)
    load_signatures(letter, counted=ADDED, before=LARGE, delivered=True)
    begun = time.monotonic()
    second = new_delivery(letter)
    frozen = time.monotonic()
    expected = {"since": first.number, "added": ADDED, "withdrawn": 0, "corrected": 0}
    if second.totals["changes"] != expected:
        raise DossierWrong(f"The second delivery says {second.totals['changes']}.")
    wait_for_addendum(second)
    ready = time.monotonic()
    wait_until_ready(second)
    say(f"    {seconds:.1f} s; 100 more: frozen in {frozen - begun:.1f} s")
    say(f"    addendum {ready - frozen:.1f} s after that, all {time.monotonic() - frozen:.1f} s")
    return {
        "dossier_100000_s": seconds,
        "freeze_100100_s": frozen - begun,
        "addendum_100_after_100000_s": ready - frozen,
        "delivery_100_after_100000_s": time.monotonic() - begun,
    }


def counted(letter: Letter) -> int:
    return letter.signatures.filter(status="counted").count()


def mark_delivered(delivery: Delivery) -> None:
    """The office has it: the next delivery says what changed since."""
    Delivery.objects.filter(pk=delivery.pk).update(
        status=DeliveryStatus.SENT, sent_at=timezone.now()
    )


def _deliver(letter: Letter, names: int) -> tuple[float, Delivery]:
    # Pieces of an earlier run have the same content, so they would be taken instead of rendered.
    shutil.rmtree(Path(settings.MEDIA_ROOT) / "deliveries", ignore_errors=True)
    begun = time.monotonic()
    delivery = new_delivery(letter)
    if delivery.totals["named"] < names:
        raise DossierWrong(f"Only {delivery.totals['named']} names are on the roll.")
    wait_until_ready(delivery)
    seconds = time.monotonic() - begun
    wait_until_idle(delivery)
    return seconds, delivery


def new_delivery(letter: Letter) -> Delivery:
    """Freezes the letter's roll for one of the demo's offices, always the same."""
    return freeze_delivery(
        letter=letter,
        office=Office.objects.earliest("pk"),
        actor=User.objects.earliest("pk"),
        form_token=uuid4(),
    )


def wait_until_ready(delivery: Delivery) -> None:
    """Waits for the workers. Raises DossierWrong."""
    _wait(delivery, lambda: delivery.status == DeliveryStatus.READY)


def wait_for_addendum(delivery: Delivery) -> None:
    """Waits for all but the whole roll: what changed, and the letter. Raises DossierWrong."""
    rest = delivery.pieces.exclude(kind=PieceKind.ROLL).exclude(status=PieceStatus.DONE)
    _wait(delivery, lambda: not rest.exists())


def wait_until_idle(delivery: Delivery) -> None:
    """Waits for what workers do with a finished dossier: preflight, seal. Raises DossierWrong."""
    unread = delivery.files.for_office().filter(facts__isnull=True)
    unsealed = Seal.objects.filter(delivery=delivery, status=SealStatus.WAITING)
    _wait(delivery, lambda: not unread.exists() and not unsealed.exists())


def _wait(delivery: Delivery, is_over: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_over():
        if delivery.status == DeliveryStatus.FAILED or time.monotonic() > deadline:
            raise DossierWrong(f"The delivery is {delivery.status}: {delivery.error}")
        time.sleep(0.02)
        delivery.refresh_from_db(fields=["status", "error"])


def check_roll(delivery: Delivery) -> None:
    """Reads the roll's PDFs and looks, in order, for each name that is plain ASCII (others may be
    drawn in an order that text extraction does not give back). Raises DossierWrong."""
    volumes = delivery.files.plain().filter(name__startswith="roll", media_type=PDF).order_by("id")
    # A long name may be broken at its hyphen, which pdftotext then takes for a soft one.
    printed = "".join(_letters(_text(volume.path)) for volume in volumes)
    entries = delivery.entries.order_by("position")
    names = [name for name in entries.values_list("name", flat=True) if name.isascii()]
    after = 0
    missing = []
    for name in names:
        at = printed.find(_letters(name), after)
        if at < 0:
            missing.append(name)
        else:
            after = at
    if missing:
        raise DossierWrong(f"{len(missing)} of {len(names)} names are missing: {missing[:3]}")


def _text(path: Path) -> str:
    command = ["pdftotext", "-enc", "UTF-8", str(path), "-"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def _letters(text: str) -> str:
    return "".join(text.replace("-", "").split())


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
