"""Plans the pieces of a frozen delivery and asks for them to be typeset; or asks once more."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from deliveries.models import Delivery, DeliveryPiece, DeliveryStatus, PieceKind, PieceStatus
from deliveries.queue import enqueue
from deliveries.services.plan_pieces import roll_pieces
from letters.models import User
from letters.services.record import record


def start_rendering(*, delivery: Delivery) -> None:
    """Makes the pieces' rows and queues them, in the transaction that froze the delivery."""
    DeliveryPiece.objects.bulk_create(
        [
            DeliveryPiece(delivery=delivery, kind=PieceKind.LETTER, index=0),
            DeliveryPiece(delivery=delivery, kind=PieceKind.PUBLIC, index=0),
            *(
                [DeliveryPiece(delivery=delivery, kind=PieceKind.ADDENDUM, index=0)]
                if delivery.has_addendum
                else []
            ),
            *roll_pieces(delivery),
        ]
    )
    delivery.status = DeliveryStatus.RENDERING
    delivery.save(update_fields=["status"])
    queue_pieces(delivery.pieces.values_list("pk", flat=True))


def retry_rendering(*, delivery: Delivery, actor: User) -> bool:
    """After a failure or a stop: what is done stays done, the rest is asked for anew. False where
    somebody else pressed first."""
    with transaction.atomic():
        changed = Delivery.objects.filter(
            pk=delivery.pk, status__in=(DeliveryStatus.FAILED, DeliveryStatus.CANCELLED)
        ).update(status=DeliveryStatus.RENDERING, error="")
        if not changed:
            return False
        record(delivery.letter, actor, "retry_delivery", after={"delivery": delivery.number})
        undone = delivery.pieces.exclude(status=PieceStatus.DONE)
        undone.update(status=PieceStatus.WAITING, attempts=0, error="")
        queue_pieces(undone.values_list("pk", flat=True))
        enqueue("render_dossier", [delivery.pk])
    return True


def queue_pieces(ids: Iterable[int]) -> None:
    """The whole roll comes last, for letter and addendum can be read before; of the roll, the end
    comes first, for scripts that take longest are sorted there."""
    wanted = DeliveryPiece.objects.filter(pk__in=list(ids))
    wanted.update(queued_at=timezone.now())
    in_order = sorted(wanted, key=lambda piece: (piece.kind == PieceKind.ROLL, -piece.index))
    enqueue("render_piece", [piece.pk for piece in in_order])
