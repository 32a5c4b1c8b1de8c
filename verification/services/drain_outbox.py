"""Sends the mails that rows wait for. The rows are the queue, so nothing can be lost with a broker
or a worker. When a worker dies between sending and committing, a mail may go twice, unless the
outbox is one of `at_most_once`."""

import smtplib
from abc import ABC, abstractmethod
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

import structlog
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from common.postbox import Postbox
from letters.models import Translation

log = structlog.get_logger(__name__)

BATCH = 50
MAX_ATTEMPTS = 8
Row = TypeVar("Row", bound=Model)


class Outbox(ABC, Generic[Row]):
    """A kind of mail: which rows are due, what they say, and what becomes of them."""

    # Rather no mail than two: `lock` writes down what it takes, and that is committed before the
    # first mail leaves.
    at_most_once = False

    @abstractmethod
    def lock(self, most: int) -> list[Row]:
        """Up to so many rows that are due, locked; those that another worker holds are left."""

    @abstractmethod
    def mails(self, rows: list[Row]) -> Iterable[tuple[Row, EmailMultiAlternatives]]:
        """The mails of those rows that go now. The others are made due later, or no more."""

    @abstractmethod
    def mark_sent(self, rows: list[Row]) -> None:
        """Notes that these mails went."""

    @abstractmethod
    def refuse(self, row: Row, error: Exception) -> None:
        """Decides what becomes of a row whose mail the server did not take."""

    def keep(self, row: Row, error: Exception) -> None:
        """Called where the server was away: the row stays due, unless `lock` wrote it down."""


def drain_outbox(outbox: Outbox[Row], *, most: int) -> int:
    """Sends up to `most` mails over a few SMTP connections, in batches that commit as they go.

    Returns how many were sent. Raises OSError or smtplib.SMTPException where the server cannot be
    reached: the rows stay due.
    """
    sent = 0
    with Postbox() as postbox:
        while sent < most:
            done, found = _send_batch(outbox, postbox)
            sent += done
            if found < BATCH:
                break
    return sent


def _send_batch(outbox: Outbox[Row], postbox: Postbox) -> tuple[int, int]:
    if outbox.at_most_once:
        with transaction.atomic():
            rows = outbox.lock(BATCH)
    with transaction.atomic():
        if not outbox.at_most_once:
            rows = outbox.lock(BATCH)
        sent, failure = _send(outbox, postbox, rows)
        outbox.mark_sent(sent)
    if failure is not None:
        raise failure
    return len(sent), len(rows)


def _send(
    outbox: Outbox[Row], postbox: Postbox, rows: list[Row]
) -> tuple[list[Row], Exception | None]:
    """The rows whose mail went, and what happened where the server was away."""
    failure: Exception | None = None
    sent: list[Row] = []
    for row, on_its_way in [(row, postbox.send(mail)) for row, mail in outbox.mails(rows)]:
        try:
            on_its_way.result()
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as error:
            outbox.refuse(row, error)
        except (smtplib.SMTPException, OSError) as error:
            outbox.keep(row, error)
            failure = failure or error
        except Exception as error:  # such as: no mail can be made of it
            # Raised, it would take the others of the batch back, which have gone: one row would
            # keep everybody's mail from going, and send theirs again and again.
            log.error("mail_unsendable", row=row.pk, error=type(error).__name__)
            outbox.refuse(row, error)
        else:
            sent.append(row)
    return sent, failure


def next_try(attempts: int) -> datetime | None:
    """When a refused mail is tried again: after 1, 4, 16 … minutes; None after the last try."""
    if attempts >= MAX_ATTEMPTS:
        return None
    return timezone.now() + timedelta(minutes=4 ** (attempts - 1))


def texts_of(version_ids: Iterable[int | None]) -> dict[tuple[int | None, str], Translation]:
    """Texts by version and language; “” is the authoritative one."""
    found = Translation.objects.filter(version_id__in=set(version_ids)).select_related("version")
    texts: dict[tuple[int | None, str], Translation] = {}
    for text in found:
        texts[text.version_id, text.language] = text
        if text.is_authoritative:
            texts[text.version_id, ""] = text
    return texts
