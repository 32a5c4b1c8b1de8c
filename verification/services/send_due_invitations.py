"""Mails the invitations that are due. As for confirmations, the rows are the outbox."""

import smtplib
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from common.mail import build_mail
from common.postbox import Postbox
from letters.models import Letter, LetterStatus, Translation
from verification.links import invited_url
from verification.models import Invitation
from verification.services.limit_mail import A_DAY, mails_of_a_day, remember_mails

BATCH = 100


def send_due_invitations() -> int:
    """Sends up to a batch; an address that had many mails about the letter waits for a day.

    Returns how many went. Raises OSError or smtplib.SMTPException where the server is away.
    """
    failure: Exception | None = None
    with transaction.atomic(), Postbox() as postbox:
        rows = list(
            Invitation.objects.mail_due()
            .filter(letter__in=Letter.objects.for_invited())
            .filter(letter__status__in=(LetterStatus.OPEN, LetterStatus.EMBARGOED))
            .select_related("letter__coalition")
            .select_for_update(skip_locked=True, of=("self",))
            .order_by("due_at")[:BATCH]
        )
        texts = _texts(rows)
        sent: list[Invitation] = []
        on_their_way = []
        for row in rows:
            if mails_of_a_day(row) >= A_DAY:
                row.due_at = timezone.now() + timedelta(days=1)
                row.save(update_fields=["due_at"])
                continue
            context = {
                "invitation": row,
                "letter": row.letter,
                "translation": texts.get((row.letter_id, row.language)) or texts[row.letter_id, ""],
                "invited_url": invited_url(row.pk),
            }
            mail = build_mail(
                "verification/mail/invitation",
                to=row.email,
                language=row.language,
                context=context,
            )
            on_their_way.append((row, postbox.send(mail)))
        for row, going in on_their_way:
            try:
                going.result()
            except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError):
                row.refused_at = timezone.now()
                row.save(update_fields=["refused_at"])
            except (smtplib.SMTPException, OSError) as error:
                failure = failure or error
            else:
                row.sent_at = timezone.now()
                row.save(update_fields=["sent_at"])
                sent.append(row)
        remember_mails(sent)
    if failure is not None:
        raise failure
    return len(sent)


def _texts(rows: list[Invitation]) -> dict[tuple[int, str], Translation]:
    """The current texts by letter and language; "" is the authoritative one."""
    found = Translation.objects.filter(
        version_id__in={row.letter.current_version_id for row in rows}
    ).select_related("version")
    texts = {(text.version.letter_id, text.language): text for text in found}
    return texts | {(text.version.letter_id, ""): text for text in found if text.is_authoritative}
