"""Sends a delivery to its office, or records how it was handed over."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from deliveries.models import (
    Delivery,
    DeliveryStatus,
    Dispatch,
    DispatchStatus,
    Method,
)
from deliveries.preflight.findings import Finding, Outcome
from deliveries.queue import enqueue
from deliveries.services.inspect_delivery import preflight
from letters.models import User


class CannotSend(Exception):
    """Why the delivery cannot go by mail."""


class NotReady(CannotSend):
    """Its files are not there."""


class NotMeasured(CannotSend):
    """Its files are being held against the office's rules."""


class Unmet(CannotSend):
    """Rules of the office that the dossier does not meet; `findings`, with what would."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__("; ".join(finding.rule for finding in findings))
        self.findings = findings


class Erased(CannotSend):
    """Somebody named in it has had their data erased since."""


class AlreadySent(CannotSend):
    """It was sent, or is on its way."""


def check_sendable(delivery: Delivery) -> None:
    """Raises the first CannotSend that stands in the way."""
    if not delivery.is_complete:
        raise NotReady
    if (
        delivery.status == DeliveryStatus.SENT
        or delivery.dispatches.exclude(status=DispatchStatus.FAILED).exists()
    ):
        raise AlreadySent
    if delivery.entries.erased().exists():
        raise Erased
    findings = preflight(delivery)
    if findings is None:
        raise NotMeasured
    if unmet := [finding for finding in findings if finding.outcome == Outcome.FAILED]:
        raise Unmet(unmet)


def send_delivery(*, delivery: Delivery, actor: User) -> Dispatch:
    """Puts the mail to the office into the outbox. Raises CannotSend; two presses send one mail."""
    try:
        with transaction.atomic():
            locked = Delivery.objects.select_for_update(no_key=True).get(pk=delivery.pk)
            check_sendable(locked)
            dispatch = Dispatch.objects.create(
                delivery=locked,
                created_by=actor,
                recipient=locked.rules["email"],
                due_at=timezone.now(),
            )
            enqueue("send_dispatch", [dispatch.pk])
    except IntegrityError:
        raise AlreadySent from None
    return dispatch


def record_by_hand(*, delivery: Delivery, actor: User, reference: str) -> Dispatch:
    """Records that people handed the delivery over: `reference` is a tracking or docket number.

    Raises NotReady, AlreadySent.
    """
    with transaction.atomic():
        locked = Delivery.objects.select_for_update(no_key=True).get(pk=delivery.pk)
        if not locked.is_complete:
            raise NotReady
        if locked.dispatches.exclude(status=DispatchStatus.FAILED).exists():
            raise AlreadySent
        now = timezone.now()
        dispatch = Dispatch.objects.create(
            delivery=locked,
            created_by=actor,
            method=Method.HAND,
            reference=reference,
            status=DispatchStatus.SENT,
            due_at=now,
            finished_at=now,
        )
        mark_delivered(locked)
    return dispatch


def resolve_dispatch(*, dispatch: Dispatch, went: bool) -> bool:
    """A person's word on an uncertain mail: it went, or it did not (then it may be sent again).

    False where it is no longer uncertain.
    """
    with transaction.atomic():
        locked = (
            Dispatch.objects.select_for_update(of=("self",))
            .select_related("delivery")
            .get(pk=dispatch.pk)
        )
        if locked.status != DispatchStatus.UNCERTAIN:
            return False
        locked.status = DispatchStatus.SENT if went else DispatchStatus.FAILED
        locked.finished_at = timezone.now()
        locked.save(update_fields=["status", "finished_at"])
        if went:
            mark_delivered(locked.delivery)
    return True


def publish_delivery(*, delivery: Delivery) -> bool:
    """Makes the public page public before the delivery is sent; False where it is not ready for
    that, or was public before."""
    ready = Delivery.objects.filter(status=DeliveryStatus.READY, published_at__isnull=True)
    return bool(ready.filter(pk=delivery.pk).update(published_at=timezone.now()))


def mark_delivered(delivery: Delivery) -> None:
    delivery.status = DeliveryStatus.SENT
    delivery.sent_at = timezone.now()
    delivery.save(update_fields=["status", "sent_at"])
