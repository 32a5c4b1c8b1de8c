"""Mails one dispatch over SMTP, never twice."""

import hashlib
import smtplib
from datetime import timedelta
from email.utils import make_msgid, parseaddr
from typing import cast
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.smtp import EmailBackend
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from common.languages import speak
from deliveries.models import Dispatch, DispatchStatus, DossierFile
from deliveries.models.file import file_name
from deliveries.services.send_delivery import mark_delivered
from deliveries.services.wording import named_sentence, totals_in_words

MAX_ATTEMPTS = 6
# How long a mail may be between “sending” and its row lock; then nobody is at it.
GRACE = timedelta(seconds=60)


class NotAccepted(Exception):
    """The server has not taken the message; `lasting` where trying again is no use."""

    def __init__(self, reply: str, *, lasting: bool) -> None:
        super().__init__(reply)
        self.lasting = lasting


class Unanswered(Exception):
    """The message was handed over and no answer came: it may have gone."""


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
        try:
            dispatch.server_reply = hand_over(build_message(dispatch))
            dispatch.status = DispatchStatus.SENT
        except NotAccepted as error:
            dispatch.server_reply = str(error)
            again = not error.lasting and dispatch.attempts < MAX_ATTEMPTS
            dispatch.status = DispatchStatus.QUEUED if again else DispatchStatus.FAILED
            wait = timedelta(minutes=min(4 ** (dispatch.attempts - 1), 60))
            dispatch.due_at = timezone.now() + wait
        except Unanswered as error:
            dispatch.server_reply = str(error)
            dispatch.status = DispatchStatus.UNCERTAIN
        dispatch.finished_at = timezone.now()
        dispatch.save(update_fields=["status", "server_reply", "due_at", "finished_at"])
        if dispatch.status == DispatchStatus.SENT:
            mark_delivered(dispatch.delivery)
    return DispatchStatus(dispatch.status)


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


def build_message(dispatch: Dispatch) -> EmailMessage:
    """The mail to the office, in the letter's language, with the PDFs attached."""
    delivery = dispatch.delivery
    with speak(delivery.language):
        body = "\n\n".join(
            [
                gettext("Please find attached an open letter to %(office)s.")
                % {"office": delivery.rules["name"]},
                *totals_in_words(delivery),
                *named_sentence(delivery),
                *([delivery.required_statement] if delivery.required_statement else []),
                gettext("Number, date and the SHA-256 of each file: %(address)s")
                % {"address": f"{settings.SITE_URL}{delivery.get_absolute_url()}"},
                delivery.letter.coalition.name,
            ]
        )
    message = EmailMessage(
        subject=" ".join(delivery.subject.split()),
        body=body,
        to=[dispatch.recipient],
        headers={"Message-ID": dispatch.message_id},
    )
    for file in delivery.files.for_office():
        message.attach(file_name(delivery, file.name), unchanged(file), file.media_type)
    return message


def unchanged(file: DossierFile) -> bytes:
    """The file's content, if it is what was hashed. Raises NotAccepted."""
    if file.redacted_at:
        raise NotAccepted(f"{file.name}: somebody named in it had their data erased", lasting=True)
    try:
        content = file.path.read_bytes()
    except FileNotFoundError:
        raise NotAccepted(f"{file.name} is gone from the disk", lasting=True) from None
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise NotAccepted(f"{file.name} was changed on the disk", lasting=True)
    return content


def hand_over(message: EmailMessage) -> str:
    """Gives the message to the mail server and returns its answer.

    Raises NotAccepted, Unanswered.
    """
    backend = get_connection()
    if not isinstance(backend, EmailBackend):
        backend.send_messages([message])
        return ""
    try:
        return _converse(backend, message)
    finally:
        backend.close()


def _converse(backend: EmailBackend, message: EmailMessage) -> str:
    """The SMTP conversation: up to the content anything may be tried again, after it nothing."""
    try:
        backend.open()
        server = cast(smtplib.SMTP, backend.connection)
        server.ehlo_or_helo_if_needed()
        _expect(server.mail(parseaddr(message.from_email)[1]))
        for recipient in message.recipients():
            _expect(server.rcpt(recipient))
        content = message.message().as_bytes(linesep="\r\n")  # type: ignore[call-arg]
    except smtplib.SMTPResponseException as error:
        raise _refusal(error.smtp_code, error.smtp_error) from None
    except OSError as error:
        raise NotAccepted(str(error), lasting=False) from None
    try:
        code, reply = server.data(content)
    except smtplib.SMTPDataError as error:
        raise _refusal(error.smtp_code, error.smtp_error) from None
    except OSError as error:
        raise Unanswered(str(error)) from None
    _expect((code, reply))
    return f"{code} {_text(reply)}"


def _expect(answer: tuple[int, bytes]) -> None:
    code, reply = answer
    if code >= 400:
        raise _refusal(code, reply)


def _refusal(code: int, reply: bytes | str) -> NotAccepted:
    return NotAccepted(f"{code} {_text(reply)}", lasting=code >= 500)


def _text(reply: bytes | str) -> str:
    return reply.decode(errors="replace") if isinstance(reply, bytes) else reply
