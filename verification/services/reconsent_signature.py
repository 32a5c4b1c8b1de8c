"""A signatory signs the new text of a letter that was signed before."""

from django.db import transaction

from letters.models import Letter
from signatories.models import Signature, Status
from verification.models import Action, AuditEntry
from verification.services.decide_signatures import state_of


class OtherText(Exception):
    """The letter has another text by now than the one that was shown."""


def reconsent_signature(*, signature_id: int, version_number: int, language: str) -> Signature:
    """The signature counts again, on the current text. Only one that is asked changes; a second
    press finds it done. `language` is the one that the text was shown in.

    Raises Signature.DoesNotExist, OtherText.
    """
    with transaction.atomic():
        signature = Signature.objects.select_for_update().get(pk=signature_id)
        if signature.status != Status.ASKED:
            return signature
        letter = Letter.objects.select_related("current_version").get(pk=signature.letter_id)
        current = letter.current_version
        if current is None or current.number != version_number:
            raise OtherText
        before = {**state_of(signature), "version": signature.version.number}
        signature.version = current
        signature.language = language
        signature.status = Status.COUNTED
        signature.save(update_fields=["version", "language", "status"])
        # A text published in this very moment asks again; the database decides.
        signature.refresh_from_db(fields=["status"])
        AuditEntry.objects.create(
            letter=letter,
            signature=signature,
            action=Action.RECONSENT,
            before=before,
            after={**state_of(signature), "version": current.number},
        )
    return signature
