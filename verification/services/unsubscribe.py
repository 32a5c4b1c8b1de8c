"""A signatory gets no more updates about a letter."""

from django.db import transaction

from signatories.models import Signature
from verification.models import Action, AuditEntry


def unsubscribe(*, signature_id: int) -> None:
    """Takes the consent back, whatever the signature's status; a second time changes nothing.

    Mails that wait are left out when their turn comes. Raises Signature.DoesNotExist.
    """
    with transaction.atomic():
        signature = Signature.objects.kept().select_for_update().get(pk=signature_id)
        if not signature.consent_updates:
            return
        signature.consent_updates = False
        signature.save(update_fields=["consent_updates"])
        AuditEntry.objects.create(
            letter_id=signature.letter_id, signature=signature, action=Action.UNSUBSCRIBE
        )
