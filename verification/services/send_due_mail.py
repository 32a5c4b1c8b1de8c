"""Drains the outbox of confirmation mails."""

from collections.abc import Iterator
from typing import Any

import structlog
from django.core.mail import EmailMultiAlternatives
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from common.mail import build_mail
from letters.models import Translation
from signatories.models import Signature, Source, Status
from verification.links import confirm_url, manage_url
from verification.services.drain_outbox import Outbox, drain_outbox, next_try, texts_of
from verification.services.limit_mail import remember_mails, within_limits
from verification.typed_code import typed_code

log = structlog.get_logger(__name__)

MOST = 2000


def send_due_mail(*, most: int = MOST) -> int:
    """Sends up to `most`, and raises, as `drain_outbox` does."""
    return drain_outbox(_Confirmations(), most=most)


class _Confirmations(Outbox[Signature]):
    """To confirm, or to hear that the address has signed."""

    def lock(self, most: int) -> list[Signature]:
        return list(
            Signature.objects.mail_due()
            .annotate(has_signed=Exists(_confirmed_of_same_address()))
            .select_related("letter__coalition", "version")
            .select_for_update(skip_locked=True, of=("self",))
            .order_by("confirmation_due_at")[:most]
        )

    def mails(self, rows: list[Signature]) -> Iterator[tuple[Signature, EmailMultiAlternatives]]:
        due = within_limits(rows)
        texts = texts_of(row.version_id for row in due)
        return ((row, _mail(row, texts)) for row in due)

    def mark_sent(self, rows: list[Signature]) -> None:
        remember_mails(rows)
        Signature.objects.filter(pk__in=[row.pk for row in rows]).update(
            confirmation_sent_at=timezone.now()
        )
        repeated = [row.pk for row in rows if row.has_signed]  # type: ignore[attr-defined]
        Signature.objects.filter(pk__in=repeated, status=Status.UNCONFIRMED).update(
            status=Status.REPEATED
        )

    def refuse(self, row: Signature, error: Exception) -> None:
        row.confirmation_attempts += 1
        row.confirmation_due_at = next_try(row.confirmation_attempts)
        row.save(update_fields=["confirmation_attempts", "confirmation_due_at"])
        log.warning(
            "confirmation_refused",
            signature=row.pk,
            attempts=row.confirmation_attempts,
            code=getattr(error, "smtp_code", None),
        )


def _confirmed_of_same_address() -> QuerySet[Signature]:
    return Signature.objects.filter(
        letter_id=OuterRef("letter_id"),
        email_digest=OuterRef("email_digest"),
        confirmed_at__isnull=False,
    )


def _mail(
    row: Signature, titles: dict[tuple[int | None, str], Translation]
) -> EmailMultiAlternatives:
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
        # An organiser attested it: its owner hears of it for the first time.
        attested = row.confirmed_at is not None and row.source == Source.IMPORT
        name = f"verification/mail/{'imported' if attested else 'already_signed'}"
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
