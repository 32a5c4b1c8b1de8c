"""Drains the outbox of confirmation mails. The rows are the queue, so nothing can be lost with
a broker or a worker; a mail may go twice when a worker dies between sending and committing."""

import smtplib
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import structlog
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from common.mail import build_mail
from common.postbox import Postbox
from letters.models import Translation
from signatories.models import Signature, Status
from verification.links import confirm_url, manage_url
from verification.services.limit_mail import remember_mails, within_limits
from verification.typed_code import typed_code

log = structlog.get_logger(__name__)

BATCH = 50
MOST = 2000
MAX_ATTEMPTS = 8


def send_due_mail(*, most: int = MOST) -> int:
    """Sends up to `most` mails over a few SMTP connections, in batches that commit as they go.

    Other workers skip the rows that one holds. Returns how many were sent. Raises OSError or
    smtplib.SMTPException where the server cannot be reached: the rows stay due.
    """
    sent = 0
    with Postbox() as postbox:
        while sent < most:
            done, found = _send_batch(postbox)
            sent += done
            if found < BATCH:
                break
    return sent


def _send_batch(postbox: Postbox) -> tuple[int, int]:
    failure: Exception | None = None
    with transaction.atomic():
        rows = list(
            Signature.objects.mail_due()
            .annotate(has_signed=Exists(_confirmed_of_same_address()))
            .select_related("letter__coalition", "version")
            .select_for_update(skip_locked=True, of=("self",))
            .order_by("confirmation_due_at")[:BATCH]
        )
        due = within_limits(rows)
        titles = _translations(due)
        sent: list[Signature] = []
        for row, on_its_way in [(row, postbox.send(_mail(row, titles))) for row in due]:
            try:
                on_its_way.result()
            except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as error:
                _postpone(row, error)
            except (smtplib.SMTPException, OSError) as error:
                failure = failure or error
            else:
                sent.append(row)
        _mark_sent(sent)
    if failure is not None:
        raise failure
    return len(sent), len(rows)


def _confirmed_of_same_address() -> QuerySet[Signature]:
    return Signature.objects.filter(
        letter_id=OuterRef("letter_id"),
        email_digest=OuterRef("email_digest"),
        confirmed_at__isnull=False,
    )


def _translations(rows: Iterable[Signature]) -> dict[tuple[int, str], Translation]:
    found = Translation.objects.filter(version_id__in={row.version_id for row in rows})
    titles = {(text.version_id, text.language): text for text in found}
    titles |= {(text.version_id, ""): text for text in found if text.is_authoritative}
    return titles


def _mail(row: Signature, titles: dict[tuple[int, str], Translation]) -> EmailMultiAlternatives:
    text = titles.get((row.version_id, row.language)) or titles[row.version_id, ""]
    signed: bool = row.has_signed  # type: ignore[attr-defined]
    context: dict[str, Any] = {
        "signature": row,
        "letter": row.letter,
        "translation": text,
    }
    if signed:
        kept = Signature.objects.get(
            letter_id=row.letter_id, email_digest=row.email_digest, confirmed_at__isnull=False
        )
        name = "verification/mail/already_signed"
        context |= {"signature": kept, "manage_url": manage_url(kept.pk)}
    else:
        name = "verification/mail/confirm"
        context |= {
            "confirm_url": confirm_url(row.pk),
            "manage_url": manage_url(row.pk),
            "typed_code": typed_code(row.letter_id, row.email_digest),
        }
    # To the spelling that has signed: another may, at a few providers, be another mailbox.
    to = context["signature"].email
    return build_mail(name, to=to, language=row.language, context=context)


def _mark_sent(rows: list[Signature]) -> None:
    remember_mails(rows)
    Signature.objects.filter(pk__in=[row.pk for row in rows]).update(
        confirmation_sent_at=timezone.now()
    )
    repeated = [row.pk for row in rows if row.has_signed]  # type: ignore[attr-defined]
    Signature.objects.filter(pk__in=repeated, status=Status.UNCONFIRMED).update(
        status=Status.REPEATED
    )


def _postpone(row: Signature, error: Exception) -> None:
    """Tries a refused mail again after 1, 4, 16 … minutes; after the last try it is due no more."""
    row.confirmation_attempts += 1
    minutes = 4 ** (row.confirmation_attempts - 1)
    row.confirmation_due_at = (
        timezone.now() + timedelta(minutes=minutes)
        if row.confirmation_attempts < MAX_ATTEMPTS
        else None
    )
    row.save(update_fields=["confirmation_attempts", "confirmation_due_at"])
    log.warning(
        "confirmation_refused",
        signature=row.pk,
        attempts=row.confirmation_attempts,
        code=getattr(error, "smtp_code", None),
    )
