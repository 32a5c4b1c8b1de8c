"""A signatory takes the signature back."""

from django.db import transaction
from django.utils import timezone

from signatories.models import Signature, Status


class CannotWithdraw(Exception):
    """The signature does not stand: it is unconfirmed or a moderator rejected it."""


def withdraw_signature(*, signature_id: int) -> Signature:
    """Withdraws a signature that is counted, held or asked; once withdrawn it stays so.

    Raises Signature.DoesNotExist, CannotWithdraw.
    """
    with transaction.atomic():
        signature = Signature.objects.select_for_update().get(pk=signature_id)
        if signature.status == Status.WITHDRAWN:
            return signature
        if not signature.may_be_withdrawn:
            raise CannotWithdraw
        signature.withdrawn_from = signature.status
        signature.status = Status.WITHDRAWN
        signature.withdrawn_at = timezone.now()
        signature.featured_rank = None
        signature.save(update_fields=["withdrawn_from", "status", "withdrawn_at", "featured_rank"])
    return signature
