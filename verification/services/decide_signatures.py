"""A moderator's decision on one or more signatures, each written to the audit log."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from common.names import name_key
from letters.models import Letter, Role, User
from letters.services.check_member import check_member
from signatories.models import Mark, Organisation, Signature, Status
from signatories.services.refresh_tallies import refresh_tallies
from verification.models import Action, AuditEntry, BulkAction, Change
from verification.services.give_evidence import give_evidence, take_evidence


class ReasonMissing(ValueError):
    """A rejection without a reason."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What is decided, why, and by whom."""

    letter_id: int
    action: Action
    actor: User | None
    reason: str = ""
    note: str = ""
    bulk_action: BulkAction | None = None

    def log(self, changes: Sequence[Change]) -> list[int]:
        """Writes what it did to the audit log; returns the entries' ids."""
        return AuditEntry.objects.log_changes(
            changes,
            letter_id=self.letter_id,
            actor_id=self.actor.pk if self.actor else None,
            action=self.action,
            reason=self.reason if self.action in (Action.REJECT, Action.MERGE) else "",
            note=self.note,
            bulk_action_id=self.bulk_action.pk if self.bulk_action else None,
        )


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many signatures the decision changed, how many it could not be applied to, and how many
    of these wait for a note with the evidence, since they carry a protected name."""

    changed: int
    left_alone: int
    without_evidence: int = 0
    entry_ids: list[int] = field(default_factory=list)


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

    `seen` has each signature's id with what the moderator saw: `Signature.as_seen`, or its
    fingerprint alone. Rows are locked in order and looked at again: one that changed meanwhile, or
    that the decision does not fit, is left alone, as are ids of another letter. Approving one under
    a protected name needs a note: the evidence, gathered elsewhere, that it is them.

    Raises ReasonMissing, RoleEnded.
    """
    if action == Action.REJECT and not reason:
        raise ReasonMissing
    decision = Decision(letter.pk, action, actor, reason, note)
    with transaction.atomic():
        check_member(letter=letter, user=actor, needed=Role.MODERATOR)
        if action == Action.FEATURE:  # ranks follow one another
            Letter.objects.select_for_update().get(pk=letter.pk)
        rows = (
            Signature.objects.of_letter(letter.pk)
            .kept()
            .filter(pk__in=seen)
            .select_for_update()
            .order_by("id")
        )
        unchanged = [row for row in rows if row.as_seen.startswith(seen[row.pk])]
        unproven = [] if note.strip() else [row for row in unchanged if needs_proof(row, action)]
        entry_ids = apply_decision([row for row in unchanged if row not in unproven], decision)
    refresh_tallies(letter_ids=[letter.pk])
    return Outcome(
        changed=len(entry_ids),
        left_alone=len(seen) - len(entry_ids) - len(unproven),
        without_evidence=len(unproven),
        entry_ids=entry_ids,
    )


def needs_proof(signature: Signature, action: Action) -> bool:
    """Whether it carries a protected name that the decision would let stand."""
    return action == Action.APPROVE and "protected" in signature.signals


def apply_decision(rows: Iterable[Signature], decision: Decision) -> list[int]:
    """Decides on those of the locked rows that the decision fits, and writes the audit log: the
    ids of its entries."""
    if decision.action in (Action.APPROVE, Action.HOLD, Action.REJECT, Action.MERGE):
        return _judge([row for row in rows if _fits(row, decision.action)], decision)
    changes: list[Change] = []
    for row in rows:
        before = state_of(row)
        if _distinguish(row, decision.action):
            changes.append({"signature_id": row.pk, "before": before, "after": state_of(row)})
    return decision.log(changes)


def state_of(signature: Signature) -> dict[str, Any]:
    """What the audit log keeps: no personal data, but the fingerprint of the words decided on, and
    all that taking the decision back needs."""
    return {
        "fingerprint": signature.fingerprint,
        "status": str(signature.status),
        "rejection_reason": signature.rejection_reason,
        "featured_rank": signature.featured_rank,
        "decided_at": _logged(signature.decided_at),
        "withdrawn_from": str(signature.withdrawn_from),
        "withdrawn_at": _logged(signature.withdrawn_at),
    }


def _logged(value: Any) -> Any:
    """As JSON keeps it."""
    return value.isoformat() if isinstance(value, datetime) else value


def _fits(signature: Signature, action: Action) -> bool:
    match action:
        case Action.APPROVE:
            standing: tuple[Status, ...] = (Status.HELD, Status.REJECTED)
        case Action.HOLD:
            standing = (Status.COUNTED, Status.REJECTED)
        case Action.MERGE:
            standing = (Status.COUNTED, Status.HELD, Status.ASKED)
        case _:
            return signature.status not in (Status.REJECTED, Status.REPEATED)
    return signature.status in standing and signature.confirmed_at is not None


def _judge(rows: list[Signature], decision: Decision) -> list[int]:
    """Who counts and who does not; the same for all of them, so one statement, however many."""
    changes: dict[str, Any] = {"decided_at": timezone.now(), "rejection_reason": ""}
    match decision.action:
        case Action.APPROVE:
            changes["status"] = Status.COUNTED
            _name_organisations(rows)
        case Action.HOLD:
            changes |= {"status": Status.HELD, "featured_rank": None}
        case _:
            changes |= {
                "status": Status.REJECTED,
                "rejection_reason": decision.reason,
                "featured_rank": None,
                "withdrawn_from": "",
                "withdrawn_at": None,
            }
    found = Signature.objects.filter(pk__in=[row.pk for row in rows])
    found.update(**changes)
    # The database may ask those approved to sign the letter's new text first.
    asked = found.filter(status=Status.ASKED) if decision.action == Action.APPROVE else found.none()
    asked_instead = set(asked.values_list("pk", flat=True))
    now = {name: _logged(value) for name, value in changes.items()}
    logged: list[Change] = []
    for row in rows:
        before = state_of(row)
        after = before | now
        if row.pk in asked_instead:
            after["status"] = Status.ASKED
        logged.append({"signature_id": row.pk, "before": before, "after": after})
    return decision.log(logged)


def _name_organisations(rows: list[Signature]) -> None:
    for row in rows:
        if row.is_organisation:
            row.organisation = _organisation(row)
            row.save(update_fields=["organisation"])


def _distinguish(signature: Signature, action: Action) -> bool:
    """Features or vouches; False where that does not fit."""
    match action:
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
    signature.save(update_fields=["featured_rank"])
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
