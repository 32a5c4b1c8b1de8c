"""Mails one dispatch over SMTP, never twice."""

import hashlib
from datetime import timedelta
from email.utils import make_msgid
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from deliveries.models import Dispatch, DispatchStatus
from deliveries.queue import enqueue
from deliveries.services.office_mail import as_bytes, build_message, plan_mail
from deliveries.services.send_delivery import mark_delivered
from deliveries.smtp import NotAccepted, TooLarge, Unanswered, hand_over

MAX_ATTEMPTS = 6
ANSWERED = (
    *("status", "server_reply", "due_at", "finished_at"),
    *("message_sha256", "message_bytes", "size_limit", "size_refusal"),
)
# How long a mail may be between “sending” and its row lock; then nobody is at it.
GRACE = timedelta(seconds=60)


def due_dispatches() -> QuerySet[Dispatch]:
    return Dispatch.objects.filter(status=DispatchStatus.QUEUED, due_at__lte=timezone.now())


def mark_uncertain() -> int:
    """Mails whose worker died between handing over and the answer. Returns how many."""
    with transaction.atomic():
        dead = list(
            Dispatch.objects.filter(
                status=DispatchStatus.SENDING, started_at__lt=timezone.now() - GRACE
            )
            .select_for_update(skip_locked=True)
            .values_list("pk", flat=True)
        )
        reply = "The worker ended while sending; the server's answer is not known."
        return Dispatch.objects.filter(pk__in=dead).update(
            status=DispatchStatus.UNCERTAIN, server_reply=reply
        )


def mail_dispatch(*, dispatch_id: int) -> DispatchStatus | None:
    """Sends the mail if it is due and nobody else does; returns what became of it.

    `sending` is committed before the first byte leaves, and the row stays locked until the
    answer is written. A temporary refusal waits in the outbox: 1, 4, 16 … minutes, at most an hour.
    A mail whose size is refused is queued again with a link instead of what is too large.
    """
    if not _claim(dispatch_id):
        return None
    with transaction.atomic():
        dispatch = (
            Dispatch.objects.select_related("delivery__letter__coalition")
            .select_for_update(of=("self",))
            .get(pk=dispatch_id)
        )
        if dispatch.status != DispatchStatus.SENDING:
            return None
        _attempt(dispatch)
        dispatch.finished_at = timezone.now()
        dispatch.save(update_fields=ANSWERED)
        if dispatch.status == DispatchStatus.SENT:
            mark_delivered(dispatch.delivery)
    return DispatchStatus(dispatch.status)


def _attempt(dispatch: Dispatch) -> None:
    """Hands the mail over and notes on the row what became of it."""
    delivery = dispatch.delivery
    if delivery.letter.withdrawn_at is not None:
        dispatch.status = DispatchStatus.STOPPED
        dispatch.server_reply = "The letter was withdrawn before the mail left."
        return
    if delivery.entries.erased().exists():
        dispatch.status = DispatchStatus.STOPPED
        dispatch.server_reply = "Somebody named in it had their data erased before the mail left."
        return
    if delivery.entries.no_longer_named(delivery.letter_id).exists():
        dispatch.status = DispatchStatus.STOPPED
        dispatch.server_reply = "Somebody named in it withdrew before the mail left."
        return
    try:
        message = build_message(dispatch)
        content = as_bytes(message)
        dispatch.message_sha256 = hashlib.sha256(content).hexdigest()
        dispatch.message_bytes = len(content)
        dispatch.server_reply = hand_over(message, content)
        dispatch.status = DispatchStatus.SENT
    except TooLarge as error:
        _make_smaller(dispatch, error)
    except NotAccepted as error:
        dispatch.server_reply = str(error)
        again = not error.lasting and dispatch.attempts < MAX_ATTEMPTS
        dispatch.status = DispatchStatus.QUEUED if again else DispatchStatus.FAILED
        wait = timedelta(minutes=min(4 ** (dispatch.attempts - 1), 60))
        dispatch.due_at = timezone.now() + wait
    except Unanswered as error:
        dispatch.server_reply = str(error)
        dispatch.status = DispatchStatus.UNCERTAIN


def _make_smaller(dispatch: Dispatch, error: TooLarge) -> None:
    """The server has taken nothing, so the mail may go again at once: within the size that it
    names, or else with no file attached."""
    dispatch.size_refusal = dispatch.server_reply = str(error)
    plan = plan_mail(dispatch.delivery, dispatch.size_limit, sealed=dispatch.sends_sealed)
    if not plan.attached:
        dispatch.status = DispatchStatus.FAILED
        return
    dispatch.size_limit = error.limit if dispatch.size_limit is None else 0
    dispatch.status = DispatchStatus.QUEUED
    dispatch.due_at = timezone.now()
    enqueue("send_dispatch", [dispatch.pk])


def _claim(dispatch_id: int) -> bool:
    with transaction.atomic():
        dispatch = due_dispatches().select_for_update(skip_locked=True).filter(pk=dispatch_id)
        if (claimed := dispatch.first()) is None:
            return False
        claimed.status = DispatchStatus.SENDING
        claimed.attempts += 1
        claimed.started_at = timezone.now()
        # The same number for every attempt, so that a mailbox can tell a copy.
        claimed.message_id = claimed.message_id or make_msgid(
            f"delivery-{claimed.delivery_id}", urlsplit(settings.SITE_URL).hostname
        )
        claimed.save(update_fields=["status", "attempts", "started_at", "message_id"])
    return True
