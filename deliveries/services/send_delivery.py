"""Sends a delivery to its office, or records how it was handed over."""

from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from deliveries.models import (
    Delivery,
    DeliveryStatus,
    Dispatch,
    DispatchStatus,
    Method,
)
from deliveries.models.dispatch import OVER
from deliveries.preflight.findings import Finding, Outcome
from deliveries.queue import enqueue
from deliveries.services.inspect_delivery import preflight
from deliveries.services.office_mail import plan_mail
from letters.models import Letter, User
from letters.services.record import record


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


class NoAddress(CannotSend):
    """The office has no mail address; people have to hand the delivery over."""


class Withdrawn(CannotSend):
    """The organisers have withdrawn the letter."""


class Overtaken(CannotSend):
    """The office got, or is getting, another delivery (`number`) of which this one does not know:
    it would not say what changed since."""

    def __init__(self, number: int) -> None:
        super().__init__(str(number))
        self.number = number


def check_sendable(delivery: Delivery) -> None:
    """Raises the first CannotSend that stands in the way."""
    if not delivery.is_complete:
        raise NotReady
    if (
        delivery.status == DeliveryStatus.SENT
        or delivery.dispatches.exclude(status__in=OVER).exists()
    ):
        raise AlreadySent
    if delivery.entries.erased().exists():
        raise Erased
    if delivery.letter.withdrawn_at is not None:
        raise Withdrawn
    if not delivery.rules["email"]:
        raise NoAddress
    if other := _overtaken_by(delivery):
        raise Overtaken(other.number)
    findings = preflight(delivery)
    if findings is None:
        raise NotMeasured
    if unmet := [finding for finding in findings if finding.outcome == Outcome.FAILED]:
        raise Unmet(unmet)


def _overtaken_by(delivery: Delivery) -> Delivery | None:
    """Another delivery to the office that is sent or on its way, and that this one does not
    continue."""
    others = Delivery.objects.filter(letter=delivery.letter_id, office=delivery.office_id)
    reached = others.exclude(pk=delivery.pk).filter(
        Exists(Dispatch.objects.filter(delivery=OuterRef("pk")).exclude(status__in=OVER))
    )
    known = delivery.since.number if delivery.since else 0
    return reached.filter(number__gt=known).order_by("number").first()


def _lock(delivery: Delivery) -> Delivery:
    """The delivery's own row, after the letter's: who sends two deliveries at once waits here."""
    Letter.objects.select_for_update(no_key=True).get(pk=delivery.letter_id)
    return (
        Delivery.objects.select_for_update(no_key=True, of=("self",))
        .select_related("letter", "since")
        .get(pk=delivery.pk)
    )


def send_delivery(*, delivery: Delivery, actor: User) -> Dispatch:
    """Puts the mail to the office into the outbox. Raises CannotSend; two presses send one mail."""
    try:
        with transaction.atomic():
            locked = _lock(delivery)
            check_sendable(locked)
            dispatch = Dispatch.objects.create(
                delivery=locked,
                created_by=actor,
                recipient=locked.rules["email"],
                sends_sealed=plan_mail(locked, sealed=True).is_sealed,
                due_at=timezone.now(),
            )
            enqueue("send_dispatch", [dispatch.pk])
            _note(locked, actor, "send_delivery", dispatch.recipient)
    except IntegrityError:
        raise AlreadySent from None
    return dispatch


def record_by_hand(
    *, delivery: Delivery, actor: User, docket: str, reference: str, handed_on: date
) -> Dispatch:
    """Records that people handed the delivery over, on which day and where it can be found again:
    by its docket, its tracking number (`reference`), or both.

    Raises NotReady, AlreadySent.
    """
    with transaction.atomic():
        locked = _lock(delivery)
        if not locked.is_complete:
            raise NotReady
        if locked.dispatches.exclude(status__in=OVER).exists():
            raise AlreadySent
        now = timezone.now()
        dispatch = Dispatch.objects.create(
            delivery=locked,
            created_by=actor,
            method=Method.HAND,
            docket=docket,
            reference=reference,
            handed_on=handed_on,
            status=DispatchStatus.SENT,
            due_at=now,
            finished_at=now,
        )
        mark_delivered(locked)
        _note(locked, actor, "hand_over", f"{handed_on} {docket} {reference}")
    return dispatch


def stop_dispatch(*, dispatch: Dispatch, actor: User) -> bool:
    """Takes a mail back out of the outbox; False where it is leaving, or has left."""
    with transaction.atomic():
        waiting = Dispatch.objects.select_for_update(of=("self",), skip_locked=True).filter(
            pk=dispatch.pk, status=DispatchStatus.QUEUED
        )
        locked = waiting.select_related("delivery__letter").first()
        if locked is None:
            return False
        locked.status, locked.finished_at = DispatchStatus.STOPPED, timezone.now()
        locked.save(update_fields=["status", "finished_at"])
        _note(locked.delivery, actor, "stop_delivery", locked.recipient)
    return True


def resolve_dispatch(*, dispatch: Dispatch, went: bool, actor: User) -> bool:
    """A person's word on an uncertain mail: it went, or it did not (then it may be sent again).

    False where it is no longer uncertain.
    """
    with transaction.atomic():
        locked = (
            Dispatch.objects.select_for_update(of=("self",))
            .select_related("delivery__letter")
            .get(pk=dispatch.pk)
        )
        if locked.status != DispatchStatus.UNCERTAIN:
            return False
        locked.status = DispatchStatus.SENT if went else DispatchStatus.FAILED
        locked.finished_at = timezone.now()
        locked.save(update_fields=["status", "finished_at"])
        if went:
            mark_delivered(locked.delivery)
        _note(locked.delivery, actor, "say_sent", "yes" if went else "no")
    return True


def publish_delivery(*, delivery: Delivery, actor: User) -> bool:
    """Makes the public page public before the delivery is sent; False where it is not ready for
    that, or was public before."""
    ready = Delivery.objects.filter(status=DeliveryStatus.READY, published_at__isnull=True)
    with transaction.atomic():
        if not ready.filter(pk=delivery.pk).update(published_at=timezone.now()):
            return False
        _note(delivery, actor, "show_delivery")
    return True


def _note(delivery: Delivery, actor: User, action: str, what: str = "") -> None:
    note = f"{delivery}: {what}" if what else str(delivery)
    record(delivery.letter, actor, action, after={"delivery": delivery.number}, note=note[:500])


def mark_delivered(delivery: Delivery) -> None:
    delivery.status = DeliveryStatus.SENT
    delivery.sent_at = timezone.now()
    delivery.save(update_fields=["status", "sent_at"])
