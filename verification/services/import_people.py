"""An organiser's part of an import: the file, what its columns are, start and cancel.

The work between is done by `work_on_import`, in the background.
"""

import os
import uuid
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from django.db import transaction
from django.utils import timezone

from common.csvfile import Shape, Table, shape_of
from letters.models import Letter, Role, Translation, User
from letters.services.check_member import check_member
from verification.import_rows import guess_columns, looks_like_header
from verification.models import Action, AuditEntry, ImportRun, ImportStatus
from verification.models.import_run import UNDER_WAY, imports_folder


class Uploaded(Protocol):
    """A file on its way in, chunk by chunk."""

    name: str | None

    def chunks(self) -> Iterable[bytes]: ...


class LetterTakesNone(Exception):
    """The letter takes no signatures at the moment."""


class NotNow(Exception):
    """The import does not stand where this can be done; somebody was quicker."""


def upload_import(*, letter: Letter, file: Uploaded, actor: User) -> ImportRun:
    """Keeps the file, for our own user only, with a guess at what it says.

    Raises common.csvfile.NotATable, RoleEnded; nothing is kept then.
    """
    key = uuid.uuid4().hex
    run = ImportRun(letter=letter, created_by=actor, key=key, file_name=(file.name or "")[-120:])
    imports_folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    run.bytes = _keep(file, run.path)
    try:
        shape = shape_of(run.path)
        run.encoding, run.delimiter = shape.encoding, shape.delimiter
        header = next(iter(first_rows(run.path, shape, 1)), [])
        run.has_header = looks_like_header(header)
        run.columns = guess_columns(header, letter) if run.has_header else {}
        text = Translation.objects.get(version=letter.current_version, is_authoritative=True)
        run.language = text.language
        with transaction.atomic():
            check_member(letter=letter, user=actor, needed=Role.EDITOR)
            run.save()
    except BaseException:
        run.path.unlink(missing_ok=True)
        raise
    return run


def _keep(file: Uploaded, path: Path) -> int:
    """Returns how many bytes it has."""
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as kept:
        kept.writelines(file.chunks())
        return kept.tell()


def first_rows(path: Path, shape: Shape, number: int) -> list[list[str]]:
    """The first rows of the file, to show what is in it."""
    with Table(path, shape) as rows:
        return [cells for (_line, cells), _ in zip(rows, range(number), strict=False)]


def check_import(
    *,
    run: ImportRun,
    shape: Shape,
    columns: Mapping[str, int],
    has_header: bool,
    language: str,
    consents: Sequence[str],
    method: str,
    evidence: str,
    spoken: str,
    actor: User,
) -> None:
    """Has every row looked at, and nothing written; what is wrong is said in the language `spoken`.
    Raises NotNow once it is being imported, RoleEnded."""
    with transaction.atomic():
        locked = _locked(run, ImportStatus.UPLOADED, ImportStatus.CHECKED)
        check_member(letter=locked.letter, user=actor, needed=Role.EDITOR)
        locked.encoding, locked.delimiter = shape.encoding, shape.delimiter
        locked.columns, locked.has_header = dict(columns), has_header
        locked.language, locked.consents = language, list(consents)
        locked.method, locked.evidence, locked.spoken = method, evidence, spoken
        _begin(locked, ImportStatus.CHECKING)


def start_import(*, run: ImportRun, seen: str, actor: User) -> None:
    """Lets it be imported as it was checked, in the actor's name. `seen` is the fingerprint of the
    check that was shown. Raises NotNow, RoleEnded, LetterTakesNone."""
    with transaction.atomic():
        locked = _locked(run, ImportStatus.CHECKED)
        check_member(letter=locked.letter, user=actor, needed=Role.EDITOR)
        if locked.fingerprint != seen:
            raise NotNow
        if not locked.letter.accepts_invited():
            raise LetterTakesNone
        locked.started_by = actor
        AuditEntry.objects.create(
            letter=locked.letter,
            actor=actor,
            action=Action.IMPORT,
            note=f"{locked.file_name}: {locked.evidence or locked.method}"[:500],
            after={
                "import": locked.pk,
                "method": locked.method,
                "consents": locked.consents,
                "to_add": locked.added,
                "already": locked.already,
                "faulty": locked.faulty,
            },
        )
        _begin(locked, ImportStatus.RUNNING)


def cancel_import(*, run: ImportRun, actor: User) -> None:
    """Ends it after the batch under way; who is imported by then stays. Raises NotNow,
    RoleEnded."""
    with transaction.atomic():
        locked = _locked(run, ImportStatus.UPLOADED, ImportStatus.CHECKED, *UNDER_WAY)
        check_member(letter=locked.letter, user=actor, needed=Role.EDITOR)
        AuditEntry.objects.create(
            letter=locked.letter,
            actor=actor,
            action=Action.IMPORT_CANCEL,
            note=locked.file_name,
            after={"import": locked.pk, "status": locked.status, "position": locked.position},
        )
        end_import(locked, ImportStatus.CANCELLED)


def end_import(run: ImportRun, status: ImportStatus, error: str = "") -> None:
    """Writes that it is over; its file is deleted with that. The caller holds the row's lock."""
    run.status, run.error, run.finished_at = status, error, timezone.now()
    run.worker = run.heard_at = None
    run.save()
    transaction.on_commit(lambda: run.path.unlink(missing_ok=True))


def _begin(run: ImportRun, status: ImportStatus) -> None:
    run.status, run.error = status, ""
    run.position = run.bytes_done = run.added = run.already = run.faulty = run.attempts = 0
    run.worker = run.heard_at = None
    run.save()


def _locked(run: ImportRun, *statuses: ImportStatus) -> ImportRun:
    locked = ImportRun.objects.select_for_update().select_related("letter").get(pk=run.pk)
    if locked.status not in statuses:
        raise NotNow
    return locked
