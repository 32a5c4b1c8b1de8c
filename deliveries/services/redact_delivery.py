"""Makes our copies of a delivery's files again without those whose data is erased.

What was delivered stays on record by its hashes; only what lies on our disk changes.
"""

import shutil
from collections.abc import Iterator
from datetime import timedelta

import pikepdf
import structlog
from django.db import transaction
from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from deliveries.models import (
    Delivery,
    DeliveryEntry,
    DeliveryPiece,
    DeliveryStatus,
    DossierFile,
    PieceKind,
    PieceStatus,
)
from deliveries.models.file import MANIFEST_FILE, PUBLIC_LETTER_FILE, READING, SEALS_FILE
from deliveries.print.child import PrintFailed
from deliveries.private_files import private_files
from deliveries.queue import enqueue
from deliveries.services.finish_delivery import keep_whole, write_files
from deliveries.services.render_piece import PRINTED, print_piece
from letters.services.record import record

log = structlog.get_logger(__name__)

# Then the cause is nothing that passes.
PATIENCE = timedelta(days=1)
# They name nobody.
NAMELESS = (PUBLIC_LETTER_FILE, MANIFEST_FILE, SEALS_FILE)


def due_redactions() -> QuerySet[Delivery]:
    """Deliveries with more erased entries (`erased`) than their files leave out, and since when
    (`due_since`)."""
    settled = (DeliveryStatus.READY, DeliveryStatus.SENT, DeliveryStatus.FAILED)
    erased = DeliveryEntry.objects.erased().filter(delivery=OuterRef("pk")).order_by()
    counted = erased.values("delivery").annotate(number=Count("pk")).values("number")
    later = Q(erased_at__gt=OuterRef("redacted_at")) | Q(delivery__redacted_at__isnull=True)
    first = erased.filter(later).order_by("erased_at").values("erased_at")[:1]
    return (
        Delivery.objects.filter(status__in=settled)
        .annotate(
            erased=Coalesce(Subquery(counted, output_field=IntegerField()), 0),
            # Whoever was erased while the files were made without others waits since then.
            due_since=Coalesce(Subquery(first), F("redacted_at")),
        )
        .filter(erased__gt=F("redacted_entries"))
    )


def overdue_redactions() -> QuerySet[Delivery]:
    """Those that an operator has to look at."""
    late = timezone.now() - PATIENCE
    due = due_redactions().filter(due_since__lt=late)  # type: ignore[misc]
    return due.select_related("letter").order_by("pk")


def redact_delivery(*, delivery_id: int) -> bool:
    """Takes everybody out of the files whose entry is erased by now; True where it did.

    All pieces are locked meanwhile, so whoever comes second leaves. What a dead worker had typeset
    lies under the name of its content and is not typeset again; what is erased in the meantime is
    left to the next call. What failed says why on its row and is tried again by beat, for ever: it
    was promised.
    """
    with transaction.atomic():
        pieces = list(
            DeliveryPiece.objects.filter(delivery=delivery_id)
            .select_for_update(skip_locked=True, no_key=True)
            .order_by("kind", "index")
        )
        due = due_redactions().select_related("letter__coalition", "version")
        delivery = due.filter(pk=delivery_id).first()
        if delivery is None or len(pieces) < delivery.pieces.count():
            return False
        if not delivery.is_complete and not _hold_failed(delivery):
            return False
        for piece in pieces:
            piece.delivery = delivery
        try:
            changed = _redact(delivery, pieces)
        except (PrintFailed, OSError, pikepdf.PdfError) as error:
            log.warning("redaction_failed", delivery=delivery.pk, error=str(error))
            words = str(error).replace(f"{delivery.folder}/", "")
            Delivery.objects.filter(pk=delivery.pk).update(redaction_error=words)
            return False
        erased: int = delivery.erased  # type: ignore[attr-defined]
        Delivery.objects.filter(pk=delivery.pk).update(
            redacted_entries=erased, redacted_at=timezone.now(), redaction_error=""
        )
        if changed:
            after = {"delivery": delivery.number, "entries": erased, "files": changed}
            record(delivery.letter, None, "redact", after=after)
            enqueue("render_preflight", [delivery.pk])
    return True


def _hold_failed(delivery: Delivery) -> bool:
    """Nobody joins its pieces meanwhile; False where somebody starts it again, or has.

    Who does so takes the pieces after the delivery, so to wait here would be a deadlock.
    """
    failed = Delivery.objects.filter(pk=delivery.pk, status=DeliveryStatus.FAILED)
    return failed.select_for_update(no_key=True, skip_locked=True).exists()


def _redact(delivery: Delivery, pieces: list[DeliveryPiece]) -> list[str]:
    """Returns the names of the files that changed. Raises PrintFailed, OSError, PdfError."""
    naming = list(_pieces_naming(delivery, pieces))
    changed: list[str] = []
    if delivery.is_complete:
        for piece in pieces:
            if piece in naming or not keep_whole(delivery, piece):
                print_piece(piece)
                piece.save(update_fields=PRINTED)
        changed = _replace_files(delivery, pieces)
    else:
        # It failed, so there is no file yet: what is typeset is typeset anew when it is retried.
        for piece in naming:
            piece.status, piece.key = PieceStatus.WAITING, ""
            piece.save(update_fields=["status", "key"])
    _forget_rest(delivery)
    return changed


def _pieces_naming(delivery: Delivery, pieces: list[DeliveryPiece]) -> Iterator[DeliveryPiece]:
    """Those that could name somebody erased."""
    erased = set(delivery.entries.erased().values_list("position", flat=True))
    for piece in pieces:
        if piece.kind == PieceKind.ROLL:
            if any(piece.first <= position <= piece.last for position in erased):
                yield piece
        elif piece.kind != PieceKind.PUBLIC:
            yield piece


@private_files()
def _replace_files(delivery: Delivery, pieces: list[DeliveryPiece]) -> list[str]:
    folder = delivery.folder / "redacted"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    made = {file.name: file for file in write_files(delivery, pieces, folder)}
    # Nobody seals or sends meanwhile.
    Delivery.objects.select_for_update(no_key=True).get(pk=delivery.pk)
    changed = []
    for file in delivery.files.plain().exclude(name__in=NAMELESS):
        file.delivery = delivery
        new = made.get(file.name)
        if new is None:  # a file that is not made any more
            _forget(file)
        elif new.sha256 != (file.copy_sha256 or file.sha256):
            (folder / file.name).replace(file.path)
            file.copy_sha256, file.copy_bytes = new.sha256, new.bytes
            _note(file)
        else:
            continue
        changed.append(file.name)
    for copy in delivery.files.filter(seals__name__in=changed, redacted_at__isnull=True):
        copy.delivery = delivery
        _forget(copy)
        changed.append(copy.name)
    shutil.rmtree(folder)
    return changed


def _forget(file: DossierFile) -> None:
    file.path.unlink(missing_ok=True)
    file.copy_sha256, file.copy_bytes = "", None
    _note(file)


def _note(file: DossierFile) -> None:
    """What was measured may hold names; it is measured again."""
    file.redacted_at = timezone.now()
    file.forget_readings()
    file.save(update_fields=["copy_sha256", "copy_bytes", "redacted_at", *READING])


def _forget_rest(delivery: Delivery) -> None:
    """Deletes what no row names, for it may name people: what was typeset before, and what a worker
    that died, or a full disk, left half done."""
    pieces = delivery.folder / "pieces"
    kept = {pieces}
    kept |= {delivery.folder / name for name in delivery.files.values_list("name", flat=True)}
    kept |= {pieces / f"{key}.pdf" for key in delivery.pieces.values_list("key", flat=True)}
    for path in {*delivery.folder.glob("*"), *pieces.glob("*")} - kept:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
