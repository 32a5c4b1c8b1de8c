"""A moderator's decision on one or more signatures, each written to the audit log."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from common.names import name_key
from letters.models import Letter, User
from signatories.models import Mark, Organisation, Signature, Status
from signatories.services.refresh_tallies import refresh_tallies
from verification.models import Action, AuditEntry
from verification.services.give_evidence import give_evidence, take_evidence


class ReasonMissing(ValueError):
    """A rejection without a reason."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many signatures the decision changed, how many it could not be applied to, and how many
    of these wait for a note with the evidence, since they carry a protected name."""

    changed: int
    left_alone: int
    without_evidence: int


def decide_signatures(
    *,
    letter: Letter,
    seen: Mapping[int, str],
    action: Action,
    actor: User,
    reason: str = "",
    note: str = "",
) -> Outcome:
    """Approves, holds, rejects, features, unfeatures or vouches for these signatures.

    `seen` has each signature's id with the fingerprint that the moderator saw. Rows are locked in
    order and looked at again: one whose words changed meanwhile, or that the decision does not fit,
    is left alone, as are ids of another letter. Approving one under a protected name needs a note:
    the evidence, gathered elsewhere, that it is them. Raises ReasonMissing.
    """
    if action == Action.REJECT and not reason:
        raise ReasonMissing
    entries: list[AuditEntry] = []
    without_evidence = 0
    with transaction.atomic():
        if action == Action.FEATURE:  # ranks follow one another
            Letter.objects.select_for_update().get(pk=letter.pk)
        rows = (
            Signature.objects.of_letter(letter.pk)
            .kept()
            .filter(pk__in=seen)
            .select_for_update()
            .order_by("id")
        )
        for signature in rows:
            before = state_of(signature)
            if signature.fingerprint != seen[signature.pk]:
                continue
            if action == Action.APPROVE and "protected" in signature.signals and not note.strip():
                without_evidence += 1
                continue
            if not _apply(signature, action, reason):
                continue
            entries.append(
                AuditEntry(
                    letter=letter,
                    signature=signature,
                    actor=actor,
                    action=action,
                    reason=reason if action == Action.REJECT else "",
                    note=note,
                    before=before,
                    after=state_of(signature),
                )
            )
        AuditEntry.objects.bulk_create(entries)
    refresh_tallies(letter_ids=[letter.pk])
    return Outcome(
        changed=len(entries),
        left_alone=len(seen) - len(entries) - without_evidence,
        without_evidence=without_evidence,
    )


def state_of(signature: Signature) -> dict[str, Any]:
    """What the audit log keeps: no personal data, but the fingerprint of the words decided on."""
    return {
        "fingerprint": signature.fingerprint,
        "status": str(signature.status),
        "rejection_reason": signature.rejection_reason,
        "featured_rank": signature.featured_rank,
    }


def _apply(signature: Signature, action: Action, reason: str) -> bool:
    """Changes and saves the signature; False where the decision does not fit its state."""
    match action:
        case Action.APPROVE:
            fits = signature.status in (Status.HELD, Status.REJECTED) and signature.confirmed_at
            if not fits:
                return False
            signature.status = Status.COUNTED
            signature.rejection_reason = ""
            if signature.is_organisation:
                signature.organisation = _organisation(signature)
        case Action.HOLD:
            fits = signature.status in (Status.COUNTED, Status.REJECTED) and signature.confirmed_at
            if not fits:
                return False
            signature.status = Status.HELD
            signature.rejection_reason = ""
            signature.featured_rank = None
        case Action.REJECT:
            if signature.status in (Status.REJECTED, Status.REPEATED):
                return False
            signature.status = Status.REJECTED
            signature.withdrawn_from = ""
            signature.withdrawn_at = None
            signature.rejection_reason = reason
            signature.featured_rank = None
        case Action.FEATURE:
            listed = signature.is_public and not signature.is_organisation
            if not listed or signature.featured_rank is not None:
                return False
            signature.featured_rank = _last_rank(signature.letter_id) + 1
        case Action.UNFEATURE:
            if signature.featured_rank is None:
                return False
            signature.featured_rank = None
        case Action.VOUCH:
            if not signature.confirmed_at or Mark.VOUCHED in signature.marks:
                return False
            give_evidence(signature_id=signature.pk, kind=Mark.VOUCHED)
        case Action.UNVOUCH:
            if Mark.VOUCHED not in signature.marks:
                return False
            take_evidence(signature_id=signature.pk, kind=Mark.VOUCHED)
    if action in (Action.APPROVE, Action.HOLD, Action.REJECT):
        signature.decided_at = timezone.now()
    signature.save(
        update_fields=[
            *("status", "rejection_reason", "featured_rank", "organisation", "decided_at"),
            *("withdrawn_from", "withdrawn_at"),
        ]
    )
    if action == Action.APPROVE:  # the database may ask it to sign the letter's new text first
        signature.refresh_from_db(fields=["status"])
    return True


def _organisation(signature: Signature) -> Organisation:
    organisation, _ = Organisation.objects.get_or_create(
        letter_id=signature.letter_id,
        name_key=name_key(signature.organisation_name)[:160],
        defaults={"name": signature.organisation_name},
    )
    return organisation


def _last_rank(letter_id: int) -> int:
    last = Signature.objects.of_letter(letter_id).aggregate(last=Max("featured_rank"))["last"]
    return last or 0
