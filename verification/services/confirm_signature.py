"""Confirms a signature: the signatory controls the address."""

from django.db import transaction
from django.utils import timezone

from letters.models import ReviewPolicy
from signatories.models import Mark, Signature, Source, Status
from verification.services.accept_signature import confirmed_digest
from verification.services.check_work_domain import check_work_domain
from verification.services.examine_signature import examine_signature
from verification.services.give_evidence import give_evidence
from verification.services.invite import accept_invitation
from verification.signals import any_holds


class AlreadySigned(Exception):
    """The address has confirmed another submission to this letter; `signature` is that one."""

    def __init__(self, signature: Signature) -> None:
        super().__init__("already signed")
        self.signature = signature


def confirm_signature(*, signature_id: int, attested: bool = False) -> Signature:
    """Counts the signature, or holds it for a moderator by the letter's policy and its signals.

    All submissions of the address are locked in one order, so two confirmations at once run one
    after the other; the partial unique index would refuse the second in any case. Confirming the
    same submission again changes nothing. One that an organiser attests passes the same gate; only
    its address proves nothing, since nobody has confirmed from it.

    Raises Signature.DoesNotExist, AlreadySigned.
    """
    with transaction.atomic():
        key = Signature.objects.kept().values("letter_id", "email_digest").get(pk=signature_id)
        submissions = list(
            Signature.objects.select_related("letter")
            .select_for_update(of=("self",))
            .filter(**key)
            .order_by("id")
        )
        signature = next((row for row in submissions if row.pk == signature_id), None)
        if signature is None:
            raise Signature.DoesNotExist
        if signature.confirmed_at is not None or signature.status == Status.REJECTED:
            return signature
        confirmed = next((row for row in submissions if row.confirmed_at is not None), None)
        if confirmed is not None:
            _mark_repeated([signature])
        else:
            examine_signature(signature)
            signature.status = status_after_review(signature)
            signature.confirmed_at = timezone.now()
            signature.details_digest = confirmed_digest(bytes(signature.email_digest))
            signature.save(
                update_fields=["status", "confirmed_at", "details_digest", "likeness", "signals"]
            )
            _mark_repeated([row for row in submissions if row.status == Status.UNCONFIRMED])
            if signature.source == Source.IMPORT:
                give_evidence(signature_id=signature.pk, kind=Mark.IMPORTED)
            if not attested:
                check_work_domain(signature=signature)
                accept_invitation(signature=signature)
    if confirmed is not None:
        raise AlreadySigned(confirmed)
    return signature


def status_after_review(signature: Signature) -> Status:
    """Held where the letter's policy, a signal or the organisation's capacity wants a moderator."""
    held = (
        signature.letter.review_policy == ReviewPolicy.HOLD
        or signature.is_organisation
        or any_holds(signature.signals)
    )
    return Status.HELD if held else Status.COUNTED


def _mark_repeated(rows: list[Signature]) -> None:
    for row in rows:
        row.status = Status.REPEATED
        row.save(update_fields=["status"])
