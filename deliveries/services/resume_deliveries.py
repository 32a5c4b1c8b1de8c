"""Picks up what a lost message or a dead worker left behind. Beat calls it."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from deliveries.models import (
    Delivery,
    DeliveryPiece,
    DeliveryStatus,
    DossierFile,
    PieceStatus,
    Seal,
    SealStatus,
)
from deliveries.queue import enqueue
from deliveries.services.mail_dispatch import due_dispatches, mark_uncertain
from deliveries.services.start_rendering import queue_pieces

# A piece that waits in a long queue is asked for again no more often than this.
PATIENCE = timedelta(seconds=30)


def resume_deliveries() -> int:
    """Asks again for pieces nobody is at, dossiers to be joined, measured or sealed, files of
    stopped deliveries, and due mail.

    Returns how many pieces it asked for.
    """
    with transaction.atomic():
        left = list(
            DeliveryPiece.objects.filter(delivery__status=DeliveryStatus.RENDERING)
            .filter(
                Q(status=PieceStatus.RUNNING)
                | Q(status=PieceStatus.WAITING, queued_at__isnull=True)
                | Q(status=PieceStatus.WAITING, queued_at__lt=timezone.now() - PATIENCE)
            )
            .select_for_update(skip_locked=True, no_key=True, of=("self",))
            .values_list("pk", flat=True)
        )
        queue_pieces(left)
    complete = Delivery.objects.filter(status=DeliveryStatus.RENDERING).exclude(
        pieces__status__in=(PieceStatus.WAITING, PieceStatus.RUNNING, PieceStatus.FAILED)
    )
    enqueue("render_dossier", complete.values_list("pk", flat=True))
    unmeasured = DossierFile.objects.to_measure().filter(
        delivery__status__in=(DeliveryStatus.READY, DeliveryStatus.SENT),
        created_at__lt=timezone.now() - PATIENCE,
    )
    stopped = Delivery.objects.filter(
        status=DeliveryStatus.CANCELLED, cancelled_at__lt=timezone.now() - PATIENCE
    )
    enqueue("clear_delivery", [each.pk for each in stopped if each.folder.exists()])
    enqueue("render_preflight", set(unmeasured.values_list("delivery_id", flat=True)))
    unsealed = Seal.objects.filter(status=SealStatus.WAITING, due_at__lt=timezone.now())
    enqueue("render_seal", unsealed.values_list("delivery_id", flat=True))
    mark_uncertain()
    enqueue("send_dispatch", due_dispatches().values_list("pk", flat=True))
    return len(left)
