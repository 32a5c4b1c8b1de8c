"""Sends a delivery to its office, or records how it was handed over."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from deliveries.models import (
    Delivery,
    DeliveryStatus,
    Dispatch,
    DispatchStatus,
    DossierFile,
    Method,
)
from deliveries.models.file import PUBLIC_LETTER_FILE
from deliveries.queue import enqueue
from letters.models import User

# Of the whole mail, as servers count it: a convention among them. An office's own rule goes before
# it (OFFICES: “generic: by email”).
DEFAULT_TOTAL_BYTES = 10_000_000
PDF = "application/pdf"


class CannotSend(Exception):
    """Why the delivery cannot go by mail."""


class NotReady(CannotSend):
    """Its files are not there."""


class NoAddress(CannotSend):
    """The office has no mail address."""


class AlreadySent(CannotSend):
    """It was sent, or is on its way."""


class TooLarge(CannotSend):
    """The attachments are over the office's limit; `found` and `limit` in bytes."""

    def __init__(self, found: int, limit: int) -> None:
        super().__init__(f"{found} bytes of {limit}")
        self.found = found
        self.limit = limit


class TooManyFiles(CannotSend):
    """The office takes at most `limit` files."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"more than {limit} files")
        self.limit = limit


def attachments(delivery: Delivery) -> list[DossierFile]:
    """The files that go with the mail: the PDFs with the names."""
    files = delivery.files.filter(media_type=PDF).exclude(name=PUBLIC_LETTER_FILE)
    return list(files.order_by("id"))


def mailed_bytes(size: int) -> int:
    """How large a file is in a mail: lines of 76 characters of base64 (RFC 2045) for 57 bytes."""
    return -(-size // 57) * 78


def check_sendable(delivery: Delivery) -> None:
    """Raises the first CannotSend that stands in the way."""
    if not delivery.is_complete:
        raise NotReady
    if (
        delivery.status == DeliveryStatus.SENT
        or delivery.dispatches.exclude(status=DispatchStatus.FAILED).exists()
    ):
        raise AlreadySent
    rules = delivery.rules
    if not rules["email"]:
        raise NoAddress
    files = attachments(delivery)
    if rules["max_files"] and len(files) > rules["max_files"]:
        raise TooManyFiles(rules["max_files"])
    if rules["max_file_bytes"]:
        largest = max(file.bytes for file in files)
        if largest > rules["max_file_bytes"]:
            raise TooLarge(largest, rules["max_file_bytes"])
    total = sum(mailed_bytes(file.bytes) for file in files)
    limit = rules["max_total_bytes"] or DEFAULT_TOTAL_BYTES
    if total > limit:
        raise TooLarge(total, limit)


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
