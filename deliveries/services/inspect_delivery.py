"""Preflight: measures the finished files once, and judges them by the office's rules."""

import json
from functools import partial

import structlog
from django.db import transaction
from django.utils import timezone

from common.languages import speak
from deliveries.models import Delivery, DeliveryStatus, DossierFile, PieceKind
from deliveries.models.file import ADDENDUM_FILE, LETTER_FILE
from deliveries.preflight.findings import Dossier, Finding
from deliveries.preflight.measure import Line, write_facts
from deliveries.preflight.rules import judge
from deliveries.print.child import PrintFailed
from deliveries.print.press import write_in_child
from deliveries.print.roll import Entry
from deliveries.private_files import private_files
from deliveries.services.compose_jobs import letter_job
from deliveries.services.compose_roll import addendum_job, roll_frame, roll_line
from deliveries.services.volumes import roll_volumes

log = structlog.get_logger(__name__)


def inspect_delivery(*, delivery_id: int) -> bool:
    """Measures each file for the office that is not measured yet; True where all are.

    Reads the files back in a child process. Whoever comes second finds the row locked.
    """
    with transaction.atomic():
        delivery = (
            Delivery.objects.select_for_update(skip_locked=True, no_key=True, of=("self",))
            .select_related("letter__coalition", "version")
            .filter(pk=delivery_id, status__in=(DeliveryStatus.READY, DeliveryStatus.SENT))
            .first()
        )
        if delivery is None:
            return False
        for file in delivery.files.for_office().filter(facts__isnull=True):
            try:
                _measure(delivery, file)
            except (PrintFailed, OSError) as error:
                log.warning("file_not_measured", file=file.pk, error=str(error))
                return False
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
    file.save(update_fields=["facts"])


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
    """The findings as of now, what stands in the way first; None until the files are measured."""
    files = list(delivery.files.for_office())
    if not files or any(file.facts is None for file in files):
        return None
    return judge(Dossier(delivery, files, timezone.now()))
