"""A signatory proves an account at an OpenID Connect provider."""

from django.db import IntegrityError, transaction

from signatories.models import Mark, Signature
from verification.models import Action, AuditEntry
from verification.services.give_evidence import give_evidence
from verification.services.revise_signature import NotStanding


class AccountTaken(Exception):
    """The account has strengthened another signature of the letter."""


def link_account(*, signature_id: int, subject_digest: bytes) -> None:
    """Marks the signature. A second time, or with a second account, nothing changes.

    Of two signatures that bring one account at once the unique digest lets one win.
    Raises Signature.DoesNotExist, NotStanding, AccountTaken.
    """
    with transaction.atomic():
        signature = Signature.objects.select_for_update(of=("self",)).get(pk=signature_id)
        if not signature.stands:
            raise NotStanding
        if Mark.OPENID in signature.marks:
            return
        try:
            give_evidence(
                signature_id=signature.pk, kind=Mark.OPENID, subject_digest=subject_digest
            )
        except IntegrityError:
            raise AccountTaken from None
        AuditEntry.objects.create(
            letter_id=signature.letter_id,
            signature=signature,
            action=Action.EVIDENCE,
            after={"evidence": Mark.OPENID},
        )
