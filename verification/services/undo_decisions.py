"""Takes decisions back: each signature stands again where it stood before."""

from collections.abc import Collection, Iterable
from typing import Any

from django.db import transaction

from letters.models import Letter, Role, User
from letters.services.check_member import check_member
from signatories.models import Mark, Signature
from signatories.services.refresh_tallies import refresh_tallies
from verification.models import UNDOABLE, Action, AuditEntry, Change
from verification.services.decide_signatures import Decision, Outcome, state_of
from verification.services.give_evidence import give_evidence, take_evidence

# What must still be as the decision left it; ranks move when others are put in order.
_SAME = ("fingerprint", "status", "rejection_reason", "withdrawn_from")


def undo_decisions(*, letter: Letter, entry_ids: Collection[int], actor: User) -> Outcome:
    """Undoes the decisions of these entries of the audit log, and logs that.

    A signature that anybody changed since then is left alone, and so is an entry of another letter
    or of something that is no decision. Raises RoleEnded.
    """
    with transaction.atomic():
        check_member(letter=letter, user=actor, needed=Role.MODERATOR)
        entries = list(AuditEntry.objects.filter(letter=letter, pk__in=entry_ids).order_by("id"))
        undone = restore(entries, Decision(letter.pk, Action.UNDO, actor))
    refresh_tallies(letter_ids=[letter.pk])
    return Outcome(
        changed=len(undone),
        left_alone=len(entry_ids) - len(undone),
        entry_ids=undone,
    )


def restore(entries: Iterable[AuditEntry], decision: Decision) -> list[int]:
    """Puts the signatures of these entries back where they were, as far as nothing changed since;
    in a transaction of the caller's. Returns the ids of the entries about it."""
    wanted = {e.signature_id: e for e in entries if e.action in UNDOABLE and e.signature_id}
    changes: list[Change] = []
    for row in Signature.objects.kept().filter(pk__in=wanted).for_decision():
        entry, state = wanted[row.pk], state_of(row)
        if not _stands(row, state, entry):
            continue
        if entry.action == Action.VOUCH:
            take_evidence(signature_id=row.pk, kind=Mark.VOUCHED)
        elif entry.action == Action.UNVOUCH:
            give_evidence(signature_id=row.pk, kind=Mark.VOUCHED)
        after = _earlier(row, state, entry)
        changes.append({"signature_id": row.pk, "before": state, "after": after})
    statuses = Signature.objects.put_back(
        [{"id": change["signature_id"], **change["after"]} for change in changes]
    )
    for change in changes:
        change["after"]["status"] = statuses[change["signature_id"]]
    return decision.log(changes)


def _stands(row: Signature, state: dict[str, Any], entry: AuditEntry) -> bool:
    """Whether the signature is as the decision left it."""
    after = entry.after
    if any(state[name] != after.get(name, state[name]) for name in _SAME):
        return False
    if entry.action in (Action.VOUCH, Action.UNVOUCH):
        return (Mark.VOUCHED in row.marks) == (entry.action == Action.VOUCH)
    return (row.featured_rank is None) == (after.get("featured_rank") is None)


def _earlier(row: Signature, state: dict[str, Any], entry: AuditEntry) -> dict[str, Any]:
    """The state before; entries from before some of it was kept leave that as it is."""
    before = {name: entry.before.get(name, value) for name, value in state.items()}
    featured = row.show_name and row.consent_web
    return {**before, "featured_rank": before["featured_rank"] if featured else None}
