"""Gives and takes evidence, and keeps the marks on the signature in step with it."""

from django.db import transaction

from signatories.models import Mark, Signature
from verification.models import Evidence


class NotConfirmed(Exception):
    """Evidence strengthens a confirmed signature; this one is not."""


def give_evidence(
    *, signature_id: int, kind: Mark, subject_digest: bytes | None = None
) -> Signature:
    """Records the evidence and shows its mark; giving it twice changes nothing.

    Raises Signature.DoesNotExist, NotConfirmed, and django.db.IntegrityError where the subject
    has proved another signature of the letter.
    """
    with transaction.atomic():
        signature = Signature.objects.select_for_update(of=("self",)).get(pk=signature_id)
        if signature.confirmed_at is None:
            raise NotConfirmed
        Evidence.objects.get_or_create(
            signature=signature, kind=kind, defaults={"subject_digest": subject_digest}
        )
        _keep_marks(signature)
    return signature


def take_evidence(*, signature_id: int, kind: Mark) -> Signature:
    """Takes the evidence back, and its mark. Raises Signature.DoesNotExist."""
    with transaction.atomic():
        signature = Signature.objects.select_for_update(of=("self",)).get(pk=signature_id)
        Evidence.objects.filter(signature=signature, kind=kind).delete()
        _keep_marks(signature)
    return signature


def _keep_marks(signature: Signature) -> None:
    kinds = set(Evidence.objects.filter(signature=signature).values_list("kind", flat=True))
    signature.marks = [mark.value for mark in Mark if mark.value in kinds]
    signature.save(update_fields=["marks"])
