"""Mails the invitations to work in a coalition. As for confirmations, the rows are the outbox."""

import smtplib

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from common.mail import build_mail
from common.postbox import Postbox
from letters.models import MemberInvitation
from letters.models.member_invitation import VALID
from letters.services.join_coalition import join_token

BATCH = 50


def send_member_invitations() -> int:
    """Sends up to a batch. Returns how many went. Raises OSError or smtplib.SMTPException where the
    server is away."""
    sent = 0
    failure: Exception | None = None
    with transaction.atomic(), Postbox() as postbox:
        rows = (
            MemberInvitation.objects.mail_due()
            .select_related("coalition", "invited_by")
            .select_for_update(skip_locked=True, of=("self",))[:BATCH]
        )
        on_their_way = []
        for row in rows:
            path = reverse("join", kwargs={"token": join_token(row)})
            mail = build_mail(
                "letters/mail/member_invitation",
                to=row.email,
                language=row.language,
                context={
                    "invitation": row,
                    "join_url": f"{settings.SITE_URL}{path}",
                    "days": VALID.days,
                },
            )
            on_their_way.append((row, postbox.send(mail)))
        for row, going in on_their_way:
            try:
                going.result()
            except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError):
                row.refused_at = timezone.now()
            except (smtplib.SMTPException, OSError) as error:
                failure = failure or error
            else:
                row.sent_at = timezone.now()
                sent += 1
            row.save(update_fields=["sent_at", "refused_at"])
    if failure is not None:
        raise failure
    return sent
