"""Drains the outbox of mails about new texts."""

from collections.abc import Iterator

import structlog
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone

from common.mail import build_mail
from letters.models import Translation
from signatories.models import Status
from verification.links import changes_url, manage_url, new_text_url
from verification.models import VersionNotice
from verification.services.drain_outbox import Outbox, drain_outbox, next_try, texts_of
from verification.services.limit_mail import remember_mails

log = structlog.get_logger(__name__)

MOST = 500


def send_notices(*, most: int = MOST) -> int:
    """Sends up to `most`, and raises, as `drain_outbox` does."""
    return drain_outbox(_Notices(), most=most)


class _Notices(Outbox[VersionNotice]):
    def lock(self, most: int) -> list[VersionNotice]:
        return list(
            VersionNotice.objects.due()
            .select_related("version", "signature__version", "signature__letter__coalition")
            .select_for_update(skip_locked=True, of=("self",))
            .order_by("due_at", "id")[:most]
        )

    def mails(
        self, rows: list[VersionNotice]
    ) -> Iterator[tuple[VersionNotice, EmailMultiAlternatives]]:
        texts = texts_of(row.version_id for row in rows)
        stale = [row.pk for row in rows if not _is_wanted(row)]
        VersionNotice.objects.filter(pk__in=stale).update(due_at=None)
        return ((row, _mail(row, texts)) for row in rows if _is_wanted(row))

    def mark_sent(self, rows: list[VersionNotice]) -> None:
        remember_mails([row.signature for row in rows])
        VersionNotice.objects.filter(pk__in=[row.pk for row in rows]).update(sent_at=timezone.now())

    def refuse(self, row: VersionNotice, error: Exception) -> None:
        row.attempts += 1
        row.due_at = next_try(row.attempts)
        row.save(update_fields=["attempts", "due_at"])
        log.warning(
            "notice_refused", notice=row.pk, attempts=row.attempts, error=type(error).__name__
        )


def _is_wanted(row: VersionNotice) -> bool:
    """Whoever withdrew or signed meanwhile hears nothing; a newer text has its own notices."""
    signature = row.signature
    return (
        signature.status in (Status.COUNTED, Status.ASKED)
        and signature.version_id != row.version_id
        and signature.letter.current_version_id == row.version_id
    )


def _mail(
    row: VersionNotice, texts: dict[tuple[int | None, str], Translation]
) -> EmailMultiAlternatives:
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
