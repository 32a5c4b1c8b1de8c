"""A signatory who withdrew signs again."""

from django.db import transaction

from signatories.models import Signature, Status
from verification.services.confirm_signature import status_after_review
from verification.services.examine_signature import examine_signature


class LetterTakesNone(Exception):
    """The letter is paused or closed: it takes no signature, a returning one neither."""


def restore_signature(*, signature_id: int) -> Signature:
    """The signature passes the gate again: what was held, or would be held now, is held, unless a
    moderator had let it count.

    Raises Signature.DoesNotExist, LetterTakesNone.
    """
    with transaction.atomic():
        signature = (
            Signature.objects.kept()
            .select_related("letter")
            .select_for_update(of=("self",))
            .get(pk=signature_id)
        )
        if signature.status != Status.WITHDRAWN:
            return signature
        if not signature.letter.accepts_invited():
            raise LetterTakesNone
        examine_signature(signature)  # names are protected and senders blocked meanwhile
        was_held = signature.withdrawn_from == Status.HELD
        approved = signature.decided_at is not None and not was_held
        if was_held:
            signature.status = Status.HELD
        elif approved:
            signature.status = Status.COUNTED
        else:
            signature.status = status_after_review(signature)
        signature.withdrawn_from = ""
        signature.withdrawn_at = None
        signature.save(
            update_fields=["withdrawn_from", "status", "withdrawn_at", "likeness", "signals"]
        )
    return signature
