"""Typesets one piece of a dossier, once, whoever asks how often."""

import enum
import hashlib
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pikepdf
import structlog
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from deliveries.models import Delivery, DeliveryPiece, DeliveryStatus, PieceKind, PieceStatus
from deliveries.print.child import PrintFailed
from deliveries.print.letter import write_letter
from deliveries.print.page import Job, job_key
from deliveries.print.press import write_in_child
from deliveries.print.roll import write_roll
from deliveries.private_files import private_files
from deliveries.services.compose_jobs import FITS, letter_job, public_letter_job
from deliveries.services.compose_roll import addendum_job, roll_job

log = structlog.get_logger(__name__)

MAX_ATTEMPTS = 5
# What `print_piece` notes of a piece.
PRINTED = ("key", "sha256", "bytes", "pages", "last")


class Outcome(enum.Enum):
    DONE = "done"
    AGAIN = "again"
    FAILED = "failed"
    NOT_OURS = "not ours"


def render_piece(*, piece_id: int) -> Outcome:
    """Renders the piece unless it is done or somebody is at it.

    The row is locked meanwhile: where the worker dies, the database lets go of the lock and the
    next call starts over. An attempt is counted before it begins, so that a piece which kills its
    workers fails in the end.
    """
    if not _begin(piece_id):
        return Outcome.NOT_OURS
    with transaction.atomic():
        piece = _lock(piece_id)
        if piece is None:
            return Outcome.NOT_OURS
        try:
            print_piece(piece)
        except (PrintFailed, OSError) as error:
            log.warning("piece_failed", piece=piece.pk, attempt=piece.attempts, error=str(error))
            return _failed(piece, str(error))
        piece.status = PieceStatus.DONE
        piece.error = ""
        piece.finished_at = timezone.now()
        piece.save(update_fields=["status", "error", "finished_at", *PRINTED])
    return Outcome.DONE


def _lock(piece_id: int) -> DeliveryPiece | None:
    return (
        DeliveryPiece.objects.unfinished()
        .select_related("delivery__letter__coalition", "delivery__version")
        .select_for_update(skip_locked=True, no_key=True, of=("self",))
        .filter(pk=piece_id, delivery__status=DeliveryStatus.RENDERING)
        .first()
    )


def _begin(piece_id: int) -> bool:
    with transaction.atomic():
        piece = _lock(piece_id)
        if piece is None:
            return False
        if piece.attempts >= MAX_ATTEMPTS:
            _failed(piece, piece.error or "the worker died each time")
            return False
        DeliveryPiece.objects.filter(pk=piece_id).update(
            status=PieceStatus.RUNNING, attempts=F("attempts") + 1, started_at=timezone.now()
        )
    return True


@private_files()
def print_piece(piece: DeliveryPiece) -> None:
    """Typesets the piece as its delivery is now, unless that is on the disk already, and notes what
    it is. Raises PrintFailed, OSError."""
    if piece.kind == PieceKind.LETTER:
        _print_letter(piece)
        return
    if piece.kind == PieceKind.PUBLIC:
        job, write = public_letter_job(piece.delivery), write_letter
    elif piece.kind == PieceKind.ADDENDUM:
        job, write = addendum_job(piece.delivery), write_roll
    else:
        job, write = roll_job(piece), write_roll
    _typeset(piece, job, write)


def _print_letter(piece: DeliveryPiece) -> None:
    """Shortens its lists, then sets it tighter, until it fits the office's pages; `last` keeps
    which of FITS it is. The text and the least type size stay."""
    most = piece.delivery.rules["max_pages"]
    for fit in range(len(FITS)):
        piece.last = fit
        _typeset(piece, letter_job(piece.delivery, fit=fit), write_letter)
        if most is None or piece.pages <= most:
            return


def _typeset(piece: DeliveryPiece, job: Job, write: Callable[[Job, Path], None]) -> None:
    piece.key = job_key(job)
    if not piece.path.exists():
        write_in_child(partial(write, job), piece.path)
    content = piece.path.read_bytes()
    piece.sha256 = hashlib.sha256(content).hexdigest()
    piece.bytes = len(content)
    try:
        with pikepdf.open(piece.path) as pdf:
            piece.pages = len(pdf.pages)
    except pikepdf.PdfError as error:
        piece.path.unlink()  # a power cut may leave the name and lose the bytes
        raise PrintFailed(f"what was typeset is no PDF: {error}") from None


def _failed(piece: DeliveryPiece, reason: str) -> Outcome:
    last = piece.attempts >= MAX_ATTEMPTS
    piece.status = PieceStatus.FAILED if last else PieceStatus.WAITING
    piece.error = reason
    piece.save(update_fields=["status", "error"])
    if last:
        Delivery.objects.filter(pk=piece.delivery_id, status=DeliveryStatus.RENDERING).update(
            status=DeliveryStatus.FAILED, error=reason
        )
    return Outcome.FAILED if last else Outcome.AGAIN
