"""Checks and imports tables in batches. A batch, its counts and the place reached are one
transaction, so a worker may die at any instant and each row is still taken once."""

import csv
import io
import time
import uuid
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from typing import Any, cast

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext

from common.canonical import canonical_email
from common.crypto import email_digest, encrypt
from common.csvfile import NotATable, Table
from common.languages import speak
from common.names import sort_key
from common.tables import plain_cell
from letters.models import Role, Version
from letters.services.check_member import RoleEnded, check_member
from signatories.models import Signature, Source, Status
from verification.import_rows import RowFault, RowReader
from verification.models import Action, AuditEntry, ImportMethod, ImportRun, ImportStatus
from verification.models.import_run import UNDER_WAY
from verification.services.accept_signature import DETAILS, details_digest
from verification.services.confirm_signature import AlreadySigned, confirm_signature
from verification.services.import_people import end_import
from verification.signals import signals_of

log = structlog.get_logger(__name__)

BATCH = 200
MOST_ROWS = 250_000
SILENCE = timedelta(seconds=60)  # after which a worker counts as dead
SHIFT_SECONDS = 20.0
MOST_ATTEMPTS = 5

Row = tuple[int, list[str]]


def due_imports() -> list[int]:
    """Those that nobody works on: new ones, and those of a worker that died."""
    return list(ImportRun.objects.filter(_waiting()).values_list("pk", flat=True))


def work_on_import(*, run_id: int) -> bool:
    """Works on it for one shift. Returns whether more is to be done.

    A worker at a time: another one comes in once this has not been heard of for `SILENCE`.
    """
    worker = uuid.uuid4()
    if not ImportRun.objects.filter(_waiting(), pk=run_id).update(
        worker=worker, heard_at=timezone.now()
    ):
        return False
    try:
        work = _Work(run_id, worker)
        with speak(work.run.spoken):
            try:
                more = work.shift()
            except NotATable as error:
                _give_up(run_id, worker, f"{error.code}:{error.line}")
                return False
    except Exception:
        log.exception("import_failed", run=run_id)
        _count_failure(run_id, worker)
        return False
    ImportRun.objects.filter(pk=run_id, worker=worker).update(worker=None, heard_at=None)
    return more


def _waiting() -> Q:
    return Q(status__in=UNDER_WAY) & (
        Q(heard_at__isnull=True) | Q(heard_at__lt=timezone.now() - SILENCE)
    )


def _give_up(run_id: int, worker: uuid.UUID, error: str) -> None:
    """Ends what no further try would mend; who is imported by then stays."""
    with transaction.atomic():
        run = ImportRun.objects.select_for_update().filter(pk=run_id, worker=worker).first()
        if run is not None and run.status in UNDER_WAY:
            end_import(run, ImportStatus.FAILED, error)


def _count_failure(run_id: int, worker: uuid.UUID) -> None:
    """The worker stays named, so that the next try comes after `SILENCE`."""
    with transaction.atomic():
        run = ImportRun.objects.select_for_update().filter(pk=run_id, worker=worker).first()
        if run is None:
            return
        run.attempts += 1
        if run.attempts >= MOST_ATTEMPTS:
            end_import(run, ImportStatus.FAILED, "internal")
        else:
            run.save(update_fields=["attempts"])


class _Work:
    """One worker's shift."""

    def __init__(self, run_id: int, worker: uuid.UUID) -> None:
        self.run_id, self.worker = run_id, worker
        self.run = ImportRun.objects.select_related("letter__current_version").get(pk=run_id)
        self.reader = RowReader(self.run)
        # Addresses of the rows before, with the line each stood in first.
        self.seen: dict[bytes, int] = {}

    def shift(self) -> bool:
        """Works on until the shift ends. Finding the way back to a place far down may take longer
        than that, so the time begins there and at least one batch is done."""
        table = Table(self.run.path, self.run.shape)
        with table as rows:
            if self.run.has_header:
                next(rows, None)
            for row in islice(rows, self.run.position):
                self._is_repeated(row)
            end = time.monotonic() + SHIFT_SECONDS
            while self._step(list(islice(rows, BATCH)), table):
                if time.monotonic() >= end:
                    return True
        return False

    def _step(self, batch: list[Row], table: Table) -> bool:
        """Takes the batch. Returns whether to go on: not where the rows are at an end, and not
        where the import was cancelled or given to another worker meanwhile."""
        with transaction.atomic():
            run = ImportRun.objects.select_for_update().get(pk=self.run_id)
            if run.worker != self.worker or run.status not in UNDER_WAY:
                return False
            run.letter = self.run.letter
            if run.position + len(batch) > MOST_ROWS:
                end_import(run, ImportStatus.FAILED, "too_many")
                return False
            if run.status == ImportStatus.RUNNING and not _may_import(run):
                end_import(run, ImportStatus.FAILED, "role_ended")
                return False
            if batch:
                self._take(run, batch)
            run.position += len(batch)
            run.bytes_done, run.heard_at, run.attempts = table.bytes_read, timezone.now(), 0
            if len(batch) < BATCH:
                self._finish(run)
            else:
                run.save()
        return len(batch) == BATCH

    def _finish(self, run: ImportRun) -> None:
        if run.status == ImportStatus.CHECKING:
            run.status = ImportStatus.CHECKED
            run.worker = run.heard_at = None
            run.save()
            return
        AuditEntry.objects.create(
            letter=run.letter,
            actor=run.started_by,
            action=Action.IMPORT_END,
            note=f"{run.file_name}: {run.added:,} / {run.already:,} / {run.faulty:,}",
            after={
                "import": run.pk,
                "added": run.added,
                "already": run.already,
                "faulty": run.faulty,
            },
        )
        end_import(run, ImportStatus.DONE)

    def _take(self, run: ImportRun, batch: list[Row]) -> None:
        good: list[dict[str, Any]] = []
        faults: list[tuple[int, str, list[str]]] = []
        for line, cells in batch:
            first = self._is_repeated((line, cells))
            try:
                if first:
                    raise RowFault(gettext("The same address is in line %(n)d.") % {"n": first})
                good.append(self.reader.details(cells))
            except RowFault as fault:
                faults.append((line, str(fault), cells))
        fresh = list(_fresh(run, good))
        run.faulty += len(faults)
        if run.status == ImportStatus.CHECKING:
            _write_faults(run, faults)
            added = len(fresh)
        else:
            added = _write_signatures(run, fresh)
        run.added += added
        run.already += len(good) - added

    def _is_repeated(self, row: Row) -> int:
        """The line that has this row's address already, else 0; remembers the row."""
        line, cells = row
        digest = self.reader.address_digest(cells)
        if digest is None:
            return 0
        first = self.seen.setdefault(digest[:12], line)
        return first if first != line else 0


def _may_import(run: ImportRun) -> bool:
    """Whether the member in whose name it runs still may, until the batch is written."""
    if run.started_by is None:
        return False
    try:
        check_member(letter=run.letter, user=run.started_by, needed=Role.EDITOR)
    except RoleEnded:
        return False
    return True


def _fresh(run: ImportRun, good: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Those whose address stands in no signature of the letter. Who withdrew or was rejected is
    not taken again; who has only not confirmed yet may be attested."""
    for details in good:
        details["digest"] = email_digest(canonical_email(details["email"]))
    there = Signature.objects.filter(
        letter=run.letter, email_digest__in=[details["digest"] for details in good]
    )
    if run.method == ImportMethod.ATTEST:
        there = there.exclude(status__in=(Status.UNCONFIRMED, Status.REPEATED))
    known = {bytes(digest) for digest in there.values_list("email_digest", flat=True)}
    return (details for details in good if details["digest"] not in known)


def _write_faults(run: ImportRun, faults: list[tuple[int, str, list[str]]]) -> None:
    """Appends them where the last whole batch ended: what a worker wrote before it died goes."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    if not run.position:
        run.faults_bytes = 0
        writer.writerow([gettext("Line"), gettext("What is wrong")])
    writer.writerows([n, why, *map(plain_cell, cells)] for n, why, cells in faults)
    run.faults_path.touch(mode=0o600)
    with run.faults_path.open("r+b") as file:
        file.truncate(run.faults_bytes)
        file.seek(run.faults_bytes)
        file.write(text.getvalue().encode("utf-8-sig" if not run.faults_bytes else "utf-8"))
        run.faults_bytes = file.tell()


def _write_signatures(run: ImportRun, fresh: list[dict[str, Any]]) -> int:
    """Returns how many are new: a row that somebody signed in this second is none."""
    version = cast(Version, run.letter.current_version)  # what is not published takes no import
    roll_language = version.authoritative.language
    Signature.objects.bulk_create(
        [_signature(run, details, roll_language) for details in fresh], ignore_conflicts=True
    )
    written = list(
        Signature.objects.filter(
            letter=run.letter,
            details_digest__in=[details["details_digest"] for details in fresh],
            source=Source.IMPORT,
            status=Status.UNCONFIRMED,
        ).values_list("pk", flat=True)
    )
    if run.method == ImportMethod.MAIL:
        return len(written)
    attested = [pk for pk in written if _attest(pk)]
    AuditEntry.objects.bulk_create(
        AuditEntry(
            letter=run.letter,
            signature_id=pk,
            actor=run.started_by,
            action=Action.ATTEST,
            note=run.evidence,
            after={"import": run.pk},
        )
        for pk in attested
    )
    return len(attested)


def _attest(signature_id: int) -> bool:
    """Through the same gate as whoever confirms. The person gets a mail with the manage link."""
    try:
        confirm_signature(signature_id=signature_id, attested=True)
    except AlreadySigned:
        return False
    return True


def _signature(run: ImportRun, details: dict[str, Any], roll_language: str) -> Signature:
    is_organisation = bool(details.get("organisation_name"))
    details["details_digest"] = details_digest(details)
    return Signature(
        letter=run.letter,
        version=run.letter.current_version,
        source=Source.IMPORT,
        sort_key=sort_key(
            details["organisation_name" if is_organisation else "name"], roll_language
        ),
        email_encrypted=encrypt(details["email"]),
        email_digest=details["digest"],
        details_digest=details["details_digest"],
        signals=signals_of(details),
        **{name: details[name] for name in DETAILS if name in details},
    )
