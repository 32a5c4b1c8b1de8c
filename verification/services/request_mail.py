"""Asks for a new confirmation mail."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from signatories.models import Signature, Status

PAUSE = timedelta(minutes=10)


def request_mail(*, signature_id: int) -> bool:
    """Makes the signature's mail due again, at most every ten minutes; says whether it is."""
    now = timezone.now()
    return bool(
        Signature.objects.filter(pk=signature_id)
        .exclude(status=Status.REJECTED)
        .filter(Q(confirmation_sent_at__isnull=True) | Q(confirmation_sent_at__lt=now - PAUSE))
        .update(confirmation_sent_at=None, confirmation_due_at=now, confirmation_attempts=0)
    )
