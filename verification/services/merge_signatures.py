"""One person who signed under several addresses counts once."""

from collections.abc import Mapping

from django.db import transaction

from letters.models import Letter, Role, User
from letters.services.check_member import check_member
from signatories.models import RejectionReason, Signature
from signatories.services.refresh_tallies import refresh_tallies
from verification.models import Action
from verification.services.decide_signatures import Decision, Outcome, apply_decision


class NotMergeable(Exception):
    """The one to keep does not stand: it is rejected, withdrawn or was never confirmed."""


def merge_signatures(
    *, letter: Letter, keep_id: int, seen: Mapping[int, str], actor: User, note: str = ""
) -> Outcome:
    """Keeps one signature; the others of `seen` (as for `decide_signatures`) stop counting.

    They are rejected as duplicates, in an entry of the audit log that names the one kept and can be
    undone. Only names that are the same or nearly are merged. Raises NotMergeable, RoleEnded.
    """
    with transaction.atomic():
        check_member(letter=letter, user=actor, needed=Role.MODERATOR)
        rows = {
            row.pk: row
            for row in Signature.objects.of_letter(letter.pk)
            .kept()
            .filter(pk__in={*seen, keep_id})
            .select_for_update()
            .order_by("id")
        }
        keep = rows.pop(keep_id, None)
        if (
            keep is None
            or not keep.may_be_withdrawn
            or not keep.as_seen.startswith(seen.get(keep_id, ""))
        ):
            raise NotMergeable
        others = [
            row
            for row in rows.values()
            if row.as_seen.startswith(seen[row.pk])
            and row.likeness == keep.likeness
            and row.capacity == keep.capacity
        ]
        why = f"→ {keep_id}" + (f": {note}" if note else "")
        decision = Decision(letter.pk, Action.MERGE, actor, RejectionReason.DUPLICATE, why[:500])
        entry_ids = apply_decision(others, decision)
    refresh_tallies(letter_ids=[letter.pk])
    return Outcome(
        changed=len(entry_ids),
        left_alone=len(set(seen) - {keep_id}) - len(entry_ids),
        entry_ids=entry_ids,
    )
