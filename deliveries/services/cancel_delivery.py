"""Stops a delivery whose files are being made. What was frozen stays, under its number."""

import shutil

from django.db import transaction
from django.utils import timezone

from deliveries.models import Delivery, DeliveryStatus, PieceStatus
from deliveries.queue import enqueue
from letters.models import User
from letters.services.record import record


def cancel_delivery(*, delivery: Delivery, actor: User) -> bool:
    """Workers start no further piece, and the files go. False where it was over already: ready,
    failed, or stopped by somebody else."""
    with transaction.atomic():
        # Whoever joins the pieces holds this lock: then the delivery is ready in a moment.
        locked = Delivery.objects.select_for_update(no_key=True, of=("self",)).get(pk=delivery.pk)
        if not locked.is_under_way:
            return False
        locked.status = DeliveryStatus.CANCELLED
        locked.cancelled_at = timezone.now()
        locked.save(update_fields=["status", "cancelled_at"])
        record(locked.letter, actor, "halt_delivery", after={"delivery": locked.number})
        enqueue("clear_delivery", [locked.pk])
    return True


def clear_delivery(*, delivery_id: int) -> bool:
    """Deletes the files of a delivery that was stopped, once nobody is at a piece any more.

    False where it was started again meanwhile.
    """
    with transaction.atomic():
        delivery = (
            Delivery.objects.select_for_update(no_key=True)
            .filter(pk=delivery_id, status=DeliveryStatus.CANCELLED)
            .first()
        )
        if delivery is None:
            return False
        # A worker holds the row of the piece that it is at.
        list(delivery.pieces.select_for_update(no_key=True).values_list("pk"))
        delivery.pieces.update(status=PieceStatus.WAITING, queued_at=None, started_at=None)
        shutil.rmtree(delivery.folder, ignore_errors=True)
    return True
