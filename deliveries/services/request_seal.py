"""Asks for a delivery's sealed copies: with its finished files, or once more after a fault."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from deliveries.models import Delivery, Seal, SealStatus
from deliveries.queue import enqueue
from deliveries.seal.certificate import is_configured
from letters.models import User
from letters.services.record import record

# How long a sealing may take before a worker that died is thought of.
PATIENCE = timedelta(seconds=120)


def request_seal(*, delivery: Delivery) -> None:
    """Call it in the transaction that finishes the files. Nothing where no seal is configured."""
    if is_configured():
        Seal.objects.create(delivery=delivery, due_at=timezone.now() + PATIENCE)
        enqueue("render_seal", [delivery.pk])


def seal_again(*, delivery: Delivery, actor: User) -> bool:
    """After a fault was mended, or for a delivery older than the seal. False where it is sealed,
    being sealed, or its files are not there."""
    with transaction.atomic():
        locked = Delivery.objects.select_for_update(no_key=True).get(pk=delivery.pk)
        if not is_configured() or not locked.is_complete:
            return False
        # A worker takes the delivery after the seal, so to wait for it here would be a deadlock.
        failed = Seal.objects.filter(delivery=locked, status=SealStatus.FAILED)
        seal = failed.select_for_update(skip_locked=True).first()
        if seal is None and Seal.objects.filter(delivery=locked).exists():
            return False
        record(locked.letter, actor, "seal_again", after={"delivery": locked.number})
        if seal is None:
            request_seal(delivery=locked)
            return True
        seal.status, seal.fault, seal.attempts = SealStatus.WAITING, "", 0
        seal.due_at = timezone.now() + PATIENCE
        seal.save(update_fields=["status", "fault", "attempts", "due_at"])
        enqueue("render_seal", [locked.pk])
    return True
