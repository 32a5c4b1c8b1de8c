"""Mails came back: their mailboxes are gone, and no further update goes there."""

import re

from django.db.models import Max
from django.utils import timezone

from common.canonical import AddressError, canonical_email, clean_email
from common.crypto import email_digest, keyed_digest
from signatories.models import Signature
from verification.models import UpdateMail
from verification.services.unsubscribe import unsubscribe

_MARK = re.compile(r"update-(\d{1,18})-([0-9a-f]{16})", re.IGNORECASE)


def bounce_mark(mail_id: int) -> str:
    """What an update's mail is known by when it comes back; only we can make it. Small letters and
    digits, since it stands before an “@”, where servers may change the case."""
    return f"update-{mail_id}-{keyed_digest('bounce', str(mail_id)).hex()[:16]}"


def note_bounce(*, text: str) -> bool:
    """Notes the bounce of the mail whose mark stands in this text; whether there was one."""
    for found in _MARK.finditer(text):
        if found[0].lower() == bounce_mark(int(found[1])):
            return bool(_note([int(found[1])]))
    return False


def note_bounce_of(*, address: str) -> int:
    """Notes that this address is gone: on the last update of each of its signatures. How many."""
    signatures = _signatures_of(address)
    last = (
        UpdateMail.objects.filter(signature__in=signatures)
        .values("signature_id")
        .annotate(last=Max("id"))
    )
    return _note([row["last"] for row in last])


def note_complaint_of(*, address: str) -> int:
    """Whoever reported an update as unwanted gets no more, of any letter. How many signatures."""
    wanted = [row for row in _signatures_of(address) if row.consent_updates]
    for row in wanted:
        unsubscribe(signature_id=row.pk)
    return len(wanted)


def _signatures_of(address: str) -> list[Signature]:
    """Of this very address: an alias that bounces says nothing about the mailbox it might be of."""
    try:
        cleaned = clean_email(address)
    except AddressError:
        return []
    known = Signature.objects.confirmed_of_address(email_digest(canonical_email(cleaned)))
    return [row for row in known if row.email.casefold() == cleaned.casefold()]


def _note(mail_ids: list[int]) -> int:
    return UpdateMail.objects.filter(pk__in=mail_ids, bounced_at__isnull=True).update(
        bounced_at=timezone.now()
    )
