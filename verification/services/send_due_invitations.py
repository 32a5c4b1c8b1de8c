"""Mails the invitations that are due."""

from collections.abc import Iterator
from datetime import timedelta

from django.core.mail import EmailMultiAlternatives
from django.utils import timezone

from common.mail import build_mail
from letters.models import Letter, LetterStatus
from verification.links import invited_url
from verification.models import Invitation
from verification.services.drain_outbox import Outbox, drain_outbox, texts_of
from verification.services.limit_mail import had_enough, remember_mails

MOST = 500


def send_due_invitations(*, most: int = MOST) -> int:
    """Sends up to `most`, and raises, as `drain_outbox` does."""
    return drain_outbox(_Invitations(), most=most)


class _Invitations(Outbox[Invitation]):
    """An address that had many mails waits for a day."""

    def lock(self, most: int) -> list[Invitation]:
        return list(
            Invitation.objects.mail_due()
            .filter(letter__in=Letter.objects.for_invited())
            .filter(letter__status__in=(LetterStatus.OPEN, LetterStatus.EMBARGOED))
            .select_related("letter__coalition")
            .select_for_update(skip_locked=True, of=("self",))
            .order_by("due_at")[:most]
        )

    def mails(self, rows: list[Invitation]) -> Iterator[tuple[Invitation, EmailMultiAlternatives]]:
        texts = texts_of(row.letter.current_version_id for row in rows)
        for row in rows:
            if had_enough(row):
                row.due_at = timezone.now() + timedelta(days=1)
                row.save(update_fields=["due_at"])
                continue
            version = row.letter.current_version_id
            context = {
                "invitation": row,
                "letter": row.letter,
                "translation": texts.get((version, row.language)) or texts[version, ""],
                "invited_url": invited_url(row.pk),
            }
            mail = build_mail(
                "verification/mail/invitation", to=row.email, language=row.language, context=context
            )
            yield row, mail

    def mark_sent(self, rows: list[Invitation]) -> None:
        remember_mails(rows)
        Invitation.objects.filter(pk__in=[row.pk for row in rows]).update(sent_at=timezone.now())

    def refuse(self, row: Invitation, error: Exception) -> None:
        row.refused_at = timezone.now()
        row.save(update_fields=["refused_at"])
