"""Preflight: measures the finished files once, and judges them by the office's rules."""

import json
from collections.abc import Sequence
from datetime import timedelta
from functools import partial

import structlog
from django.db import transaction
from django.utils import timezone

from common.languages import speak
from deliveries.models import Delivery, DeliveryStatus, DossierFile, PieceKind
from deliveries.models.file import ADDENDUM_FILE, LETTER_FILE, READING
from deliveries.preflight.findings import Dossier, Finding
from deliveries.preflight.measure import write_facts
from deliveries.preflight.names import Line
from deliveries.preflight.rules import judge
from deliveries.print.child import PrintFailed
from deliveries.print.press import write_in_child
from deliveries.print.roll import Entry
from deliveries.private_files import private_files
from deliveries.queue import enqueue
from deliveries.services.compose_jobs import letter_job
from deliveries.services.compose_roll import addendum_job, roll_frame, roll_line
from deliveries.services.volumes import roll_volumes
from letters.models import User
from letters.services.record import record

log = structlog.get_logger(__name__)

# Before the second reading; each later one waits four times as long.
FIRST_PAUSE = timedelta(seconds=30)
ENDED = "the worker that read it ended"


def inspect_delivery(*, delivery_id: int) -> bool:
    """Measures each file for the office that is not measured yet; True where all are.

    Reads the files back in a child process. Whoever comes second finds the row locked. What cannot
    be read says why on its row and is read again after pauses that grow; in the end `read_again`
    is a person's to press.
    """
    begun = _begin(delivery_id)
    with transaction.atomic():
        delivery = _lock(delivery_id)
        if delivery is None:
            return False
        for file in delivery.files.unmeasured().filter(pk__in=begun):
            try:
                _measure(delivery, file)
            except (PrintFailed, OSError) as error:
                log.warning("file_not_measured", file=file.pk, error=str(error))
                # The page shows it, and not where on the disk the file lies.
                file.reading_error = str(error).replace(f"{delivery.folder}/", "")
                file.save(update_fields=["reading_error"])
        return not delivery.files.unmeasured().exists()


def _lock(delivery_id: int) -> Delivery | None:
    return (
        Delivery.objects.select_for_update(skip_locked=True, no_key=True, of=("self",))
        .select_related("letter__coalition", "version")
        .filter(pk=delivery_id, status__in=(DeliveryStatus.READY, DeliveryStatus.SENT))
        .first()
    )


def _begin(delivery_id: int) -> Sequence[int]:
    """Counts a reading of each file that is due, before it begins: what kills its workers is given
    up in the end. Returns the files' ids."""
    with transaction.atomic():
        delivery = _lock(delivery_id)
        due = list(delivery.files.to_measure()) if delivery else []
        for file in due:
            if file.readings and not file.reading_error:
                file.reading_error = ENDED
            file.read_again_at = timezone.now() + FIRST_PAUSE * 4**file.readings
            file.readings += 1
            file.save(update_fields=["readings", "reading_error", "read_again_at"])
    return [file.pk for file in due]


def read_again(*, delivery: Delivery, actor: User) -> bool:
    """Has the files read back that could not be read so far; False where there is none."""
    with transaction.atomic():
        locked = Delivery.objects.select_for_update(no_key=True, of=("self",)).get(pk=delivery.pk)
        unread = list(locked.files.unmeasured().exclude(reading_error=""))
        if not unread:
            return False
        for file in unread:
            file.forget_readings()
            file.save(update_fields=READING)
        names = [file.name for file in unread]
        after = {"delivery": locked.number, "files": names}
        record(locked.letter, actor, "read_again", after=after, note=str(locked))
        enqueue("render_preflight", [locked.pk])
    return True


@private_files()
def _measure(delivery: Delivery, file: DossierFile) -> None:
    work = partial(
        write_facts,
        file.path,
        lines=lines_of(delivery, file),
        statement=delivery.required_statement,
        submitter=delivery.letter.coalition.name,
    )
    found = delivery.folder / f"{file.name}.facts"
    write_in_child(work, found)
    file.facts = json.loads(found.read_text(encoding="utf-8"))
    found.unlink()
    file.reading_error = ""
    file.save(update_fields=["facts", "reading_error"])


def lines_of(delivery: Delivery, file: DossierFile) -> list[Line]:
    """Who is to stand in a file, in order."""
    with speak(delivery.language):
        return _lines_of(delivery, file)


def _lines_of(delivery: Delivery, file: DossierFile) -> list[Line]:
    if file.name == LETTER_FILE:
        fit = delivery.pieces.get(kind=PieceKind.LETTER).last
        groups = letter_job(delivery, fit=fit)["groups"]
        return [(name, ", ".join(rest)) for group in groups for name, rest in group["entries"]]
    for volume in roll_volumes(delivery):
        if file.name == volume.file_name:
            entries = delivery.entries.filter(position__range=volume.positions).order_by("position")
            detail = roll_frame(delivery)["detail"]
            return [_line(entry, detail) for entry in map(roll_line, entries.iterator(2000))]
    if file.name == ADDENDUM_FILE:
        job = addendum_job(delivery)
        sections = job["sections"]
        return [_line(entry, job["detail"]) for part in sections for entry in part["entries"]]
    return []


def _line(entry: Entry, detail: str) -> Line:
    name, _, details, _ = entry
    return name, ", ".join(details) if detail == "full" else ""


def preflight(delivery: Delivery) -> list[Finding] | None:
    """The findings as of now, what stands in the way first; None until each file is measured or
    could not be read."""
    files = list(delivery.files.for_office())
    if not files or any(file.facts is None and not file.is_unread for file in files):
        return None
    return judge(Dossier(delivery, files, timezone.now()))
