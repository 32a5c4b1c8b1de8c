"""Drains the outbox of mails about new texts; as with confirmations, the rows are the queue."""

import smtplib
from datetime import timedelta

import structlog
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.utils import timezone

from common.mail import build_mail
from common.postbox import Postbox
from letters.models import Translation, Version
from signatories.models import Status
from verification.links import changes_url, manage_url, new_text_url
from verification.models import VersionNotice
from verification.services.limit_mail import remember_mails
from verification.services.send_due_mail import MAX_ATTEMPTS

log = structlog.get_logger(__name__)

BATCH = 50
MOST = 500


def send_notices(*, most: int = MOST) -> int:
    """Sends up to `most` mails in batches that commit as they go; other workers skip the rows that
    one holds. A worker that dies costs at most that its batch goes twice.

    Raises OSError or smtplib.SMTPException where the server cannot be reached: rows stay due.
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
            VersionNotice.objects.filter(sent_at__isnull=True, due_at__lte=timezone.now())
            .select_related("version", "signature__version", "signature__letter__coalition")
            .select_for_update(skip_locked=True, of=("self",))
            .order_by("due_at", "id")[:BATCH]
        )
        texts = _texts(rows)
        wanted = [row for row in rows if _is_wanted(row)]
        stale = [row.pk for row in rows if not _is_wanted(row)]
        VersionNotice.objects.filter(pk__in=stale).update(due_at=None)
        sent: list[VersionNotice] = []
        for row, on_its_way in [(row, postbox.send(_mail(row, texts))) for row in wanted]:
            try:
                on_its_way.result()
            except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as error:
                _postpone(row, error)
            except (smtplib.SMTPException, OSError) as error:
                failure = failure or error
            else:
                sent.append(row)
        remember_mails([row.signature for row in sent])
        VersionNotice.objects.filter(pk__in=[row.pk for row in sent]).update(sent_at=timezone.now())
    if failure is not None:
        raise failure
    return len(sent), len(rows)


def _is_wanted(row: VersionNotice) -> bool:
    """Whoever withdrew or signed meanwhile hears nothing; a newer text has its own notices."""
    signature = row.signature
    return (
        signature.status in (Status.COUNTED, Status.ASKED)
        and signature.version_id != row.version_id
        and signature.letter.current_version_id == row.version_id
    )


def _texts(rows: list[VersionNotice]) -> dict[tuple[int, str], Translation]:
    versions: dict[int, Version] = {row.version_id: row.version for row in rows}
    found = list(Translation.objects.filter(version_id__in=versions))
    texts = {(text.version_id, text.language): text for text in found}
    return texts | {(text.version_id, ""): text for text in found if text.is_authoritative}


def _mail(row: VersionNotice, texts: dict[tuple[int, str], Translation]) -> EmailMultiAlternatives:
    signature, version = row.signature, row.version
    version.letter = signature.letter
    text = texts.get((version.pk, signature.language)) or texts[version.pk, ""]
    text.version = version
    return build_mail(
        "verification/mail/new_text",
        to=signature.email,
        language=signature.language,
        context={
            "signature": signature,
            "letter": signature.letter,
            "translation": text,
            "version": version,
            "asked": signature.status == Status.ASKED,
            "changes_url": changes_url(text, signature.version.number),
            "new_text_url": new_text_url(signature.pk),
            "manage_url": manage_url(signature.pk),
        },
    )


def _postpone(row: VersionNotice, error: Exception) -> None:
    """Tries a refused mail again after 1, 4, 16 … minutes; after the last try it is due no more."""
    row.attempts += 1
    again = row.attempts < MAX_ATTEMPTS
    wait = timedelta(minutes=4 ** (row.attempts - 1))
    row.due_at = timezone.now() + wait if again else None
    row.save(update_fields=["attempts", "due_at"])
    log.warning("notice_refused", notice=row.pk, attempts=row.attempts, error=type(error).__name__)
