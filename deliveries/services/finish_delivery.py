"""Makes the dossier's files once all pieces are there."""

import hashlib
import shutil
from functools import partial
from pathlib import Path

import pikepdf
import structlog
from django.db import transaction
from django.utils import timezone

from deliveries.models import (
    Delivery,
    DeliveryPiece,
    DeliveryStatus,
    DossierFile,
    PieceKind,
    PieceStatus,
)
from deliveries.models.file import (
    ADDENDUM_FILE,
    LETTER_FILE,
    MANIFEST_FILE,
    PDF,
    PUBLIC_LETTER_FILE,
)
from deliveries.print.child import PrintFailed
from deliveries.print.join import Bookmark, join_pieces
from deliveries.print.press import write_in_child
from deliveries.private_files import private_files
from deliveries.services.compose_roll import addendum_frame, roll_frame
from deliveries.services.request_seal import request_seal
from deliveries.services.roll_bookmarks import roll_bookmarks
from deliveries.services.start_rendering import queue_pieces
from deliveries.services.volumes import volumes_of
from deliveries.services.write_tables import CSV_FILE, write_csv, write_manifest

log = structlog.get_logger(__name__)

# In the order of their files in mails and tables.
KINDS = list(PieceKind)
LETTERS = {PieceKind.LETTER: LETTER_FILE, PieceKind.PUBLIC: PUBLIC_LETTER_FILE}


def finish_delivery(*, delivery_id: int) -> bool:
    """Joins the pieces, writes the files and marks the delivery ready; True where it did.

    Whoever comes second finds the row locked or the work done. A piece whose file is gone or
    altered is asked for again.
    """
    with transaction.atomic():
        delivery = (
            Delivery.objects.select_for_update(skip_locked=True, no_key=True, of=("self",))
            .select_related("letter__coalition", "version")
            .filter(pk=delivery_id, status=DeliveryStatus.RENDERING)
            .first()
        )
        if delivery is None or delivery.pieces.exclude(status=PieceStatus.DONE).exists():
            return False
        pieces = sorted(
            delivery.pieces.all(),
            key=lambda piece: (KINDS.index(PieceKind(piece.kind)), piece.index),
        )
        if damaged := [piece.pk for piece in pieces if not keep_whole(delivery, piece)]:
            DeliveryPiece.objects.filter(pk__in=damaged).update(status=PieceStatus.WAITING)
            queue_pieces(damaged)
            return False
        try:
            files = _write_dossier(delivery, pieces)
        except (PrintFailed, OSError, pikepdf.PdfError) as error:
            log.warning("dossier_failed", delivery=delivery.pk, error=str(error))
            delivery.status = DeliveryStatus.FAILED
            delivery.error = str(error)
            delivery.save(update_fields=["status", "error"])
            return False
        DossierFile.objects.bulk_create(files)
        delivery.status = DeliveryStatus.READY
        delivery.ready_at = timezone.now()
        delivery.error = ""
        delivery.save(update_fields=["status", "ready_at", "error"])
        request_seal(delivery=delivery)
    return True


def keep_whole(delivery: Delivery, piece: DeliveryPiece) -> bool:
    """Whether the piece's file is as it was typeset; if not it is deleted, for a file that is there
    is not typeset again."""
    piece.delivery = delivery
    try:
        if hashlib.sha256(piece.path.read_bytes()).hexdigest() == piece.sha256:
            return True
    except FileNotFoundError:
        return False
    piece.path.unlink()
    return False


@private_files()
def _write_dossier(delivery: Delivery, pieces: list[DeliveryPiece]) -> list[DossierFile]:
    files = write_files(delivery, pieces, delivery.folder)
    write_manifest(delivery, files, delivery.folder / MANIFEST_FILE)
    files.append(_describe(delivery, delivery.folder / MANIFEST_FILE, "application/json"))
    return files


@private_files()
def write_files(delivery: Delivery, pieces: list[DeliveryPiece], folder: Path) -> list[DossierFile]:
    """The dossier's files in `folder`, all but the manifest. Raises PrintFailed, OSError,
    PdfError."""
    files = []
    for piece in pieces:
        if name := LETTERS.get(PieceKind(piece.kind)):
            shutil.copyfile(piece.path, folder / name)
            files.append(_describe(delivery, folder / name, PDF))
        elif piece.kind == PieceKind.ADDENDUM:
            bookmarks = [Bookmark(addendum_frame(delivery)["title"], 0)]
            join = partial(
                join_pieces, [piece.path], job=addendum_frame(delivery), bookmarks=bookmarks
            )
            write_in_child(join, folder / ADDENDUM_FILE)
            files.append(_describe(delivery, folder / ADDENDUM_FILE, PDF))
    roll = [piece for piece in pieces if piece.kind == PieceKind.ROLL]
    if roll:
        for volume in volumes_of(delivery, roll):
            paths = [piece.path for piece in volume.pieces]
            marks = roll_bookmarks(delivery, volume)
            join = partial(join_pieces, paths, job=roll_frame(delivery, volume), bookmarks=marks)
            write_in_child(join, folder / volume.file_name)
            files.append(_describe(delivery, folder / volume.file_name, PDF))
        write_csv(delivery, folder / CSV_FILE)
        files.append(_describe(delivery, folder / CSV_FILE, "text/csv; charset=utf-8"))
    return files


def _describe(delivery: Delivery, path: Path, media_type: str) -> DossierFile:
    content = path.read_bytes()
    pages = None
    if media_type == PDF:
        with pikepdf.open(path) as pdf:
            pages = len(pdf.pages)
    return DossierFile(
        delivery=delivery,
        name=path.name,
        media_type=media_type,
        sha256=hashlib.sha256(content).hexdigest(),
        bytes=len(content),
        pages=pages,
    )
