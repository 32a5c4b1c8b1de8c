"""One decision about thousands of signatures: counted first, run in the background, reversible."""

from typing import Any

import structlog
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import BigIntegerField
from django.db.models.expressions import RawSQL
from django.utils import timezone

from letters.models import Letter, Role, User
from letters.services.check_member import RoleEnded, check_member
from signatories.models import Signature
from signatories.services.refresh_tallies import refresh_tallies
from verification.models import Action, AuditEntry, BulkAction, BulkItem, BulkState
from verification.queue import filter_queue, names_address
from verification.services.decide_signatures import (
    Decision,
    ReasonMissing,
    apply_decision,
    needs_proof,
)
from verification.services.undo_decisions import restore

log = structlog.get_logger(__name__)
BATCH = 1000
MOST = 250_000
_ROW_VERSION = RawSQL(
    "signatories_signature.xmin::text::bigint", (), output_field=BigIntegerField()
)


_PROGRESS = (
    *("state", "changed", "skipped", "restored", "not_restored", "last_entry_id"),
    "progressed_at",
)


class TooMany(Exception):
    """The query finds more than one bulk action takes."""


class AddressAsked(Exception):
    """The query asks for a mail address, which is written nowhere."""


class NotNow(Exception):
    """The bulk action is in a state from which this step does not go."""


def prepare_bulk_action(
    *,
    letter: Letter,
    filters: dict[str, Any],
    typed: dict[str, str],
    action: Action,
    actor: User,
    reason: str = "",
    note: str = "",
    name: str = "",
) -> BulkAction:
    """Finds and counts what `filters` match at this moment; nothing is decided yet.

    Exactly these signatures are what `start` decides on. `typed` are the filters as they stand in
    an address. Raises ReasonMissing, TooMany, AddressAsked, RoleEnded.
    """
    if names_address(filters):
        raise AddressAsked
    if action == Action.REJECT and not reason:
        raise ReasonMissing
    with transaction.atomic():
        check_member(letter=letter, user=actor, needed=Role.MODERATOR)
        bulk = BulkAction.objects.create(
            letter=letter,
            actor=actor,
            name=name,
            filters=typed,
            action=action,
            reason=reason if action == Action.REJECT else "",
            note=note,
        )
        bulk.counted = _find(bulk, filters)
        if bulk.counted > MOST:
            raise TooMany
        bulk.save(update_fields=["counted"])
    return bulk


def _find(bulk: BulkAction, filters: dict[str, Any]) -> int:
    """One statement, so that the count is of one moment."""
    found = filter_queue(bulk.letter_id, filters).order_by("id").values_list("pk", _ROW_VERSION)
    sql, parameters = found[: MOST + 1].query.sql_with_params()
    table = BulkItem._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (bulk_action_id, signature_id, row_version)"  # noqa: S608  # nosec B608
            f" SELECT %s, * FROM ({sql}) AS found",
            (bulk.pk, *parameters),
        )
        return int(cursor.rowcount)


def start(*, letter: Letter, bulk_id: int, actor: User) -> None:
    """Starts what was counted, or resumes what was paused, in the name of who presses.

    Raises NotNow, RoleEnded, BulkAction.DoesNotExist.
    """
    with transaction.atomic():
        bulk = _locked(letter, bulk_id, actor)
        if bulk.state not in (BulkState.WAITING, BulkState.PAUSED):
            raise NotNow
        begins = bulk.state == BulkState.WAITING
        _run(bulk, actor, "started" if begins else "resumed")


def pause(*, letter: Letter, bulk_id: int, actor: User) -> None:
    """Stops after the batch that runs. Raises NotNow, RoleEnded, BulkAction.DoesNotExist."""
    with transaction.atomic():
        bulk = _locked(letter, bulk_id, actor)
        if bulk.state != BulkState.RUNNING:
            raise NotNow
        bulk.state = BulkState.PAUSED
        bulk.save(update_fields=["state"])
        _note(bulk, actor, "paused")


def reverse(*, letter: Letter, bulk_id: int, actor: User) -> None:
    """Takes back what was decided so far; what was not is left as it is.

    Raises NotNow, RoleEnded, BulkAction.DoesNotExist.
    """
    with transaction.atomic():
        bulk = _locked(letter, bulk_id, actor)
        if not bulk.may_be_undone:
            raise NotNow
        bulk.items.all().delete()
        bulk.is_reversal = True
        _run(bulk, actor, "undoing")


def discard(*, letter: Letter, bulk_id: int, actor: User) -> None:
    """Forgets what was counted and never started. Raises as the others."""
    with transaction.atomic():
        bulk = _locked(letter, bulk_id, actor)
        if bulk.state != BulkState.WAITING:
            raise NotNow
        bulk.delete()


STEPS = {"start": start, "resume": start, "pause": pause, "undo": reverse, "discard": discard}


def run_batch(*, bulk_id: int) -> bool:
    """Decides on the next signatures; whether there may be more to do.

    A batch is one transaction: killed, it is as if it had never begun, and two workers take turns.
    What changed since the count, or does not fit, is skipped and counted. It stops by itself where
    the member in whose name it runs may no longer decide.
    """
    with transaction.atomic():
        bulk = (
            BulkAction.objects.select_related("letter")
            .select_for_update(of=("self",))
            .get(pk=bulk_id)
        )
        if bulk.state != BulkState.RUNNING:
            return False
        try:
            if bulk.actor is None:
                raise RoleEnded
            check_member(letter=bulk.letter, user=bulk.actor, needed=Role.MODERATOR)
        except PermissionDenied:
            bulk.state = BulkState.PAUSED
            bulk.save(update_fields=["state"])
            log.warning("bulk_action_paused", bulk=bulk.pk, reason="role ended")
            return False
        more = _undo_some(bulk) if bulk.is_reversal else _decide_some(bulk)
        if not more:
            bulk.state = BulkState.DONE
        bulk.progressed_at = timezone.now()
        bulk.save(update_fields=_PROGRESS)
    if not more:
        refresh_tallies(letter_ids=[bulk.letter_id])
    return more


def _decide_some(bulk: BulkAction) -> bool:
    items = list(bulk.items.order_by("id")[:BATCH])
    versions = {item.signature_id: item.row_version for item in items}
    found = Signature.objects.of_letter(bulk.letter_id).kept().filter(pk__in=versions)
    rows = list(found.for_decision())
    # A lock leaves the row's version as it was; whoever changes it now waits.
    now = dict(found.values_list("pk", _ROW_VERSION))
    action = Action(bulk.action)
    unchanged = [
        row for row in rows if now[row.pk] == versions[row.pk] and not needs_proof(row, action)
    ]
    decision = Decision(bulk.letter_id, action, bulk.actor, bulk.reason, bulk.note, bulk)
    changed = len(apply_decision(unchanged, decision))
    bulk.changed += changed
    bulk.skipped += len(items) - changed
    BulkItem.objects.filter(pk__in=[item.pk for item in items]).delete()
    more = len(items) == BATCH
    if not more:
        bulk.skipped = bulk.counted - bulk.changed  # with rows that were deleted meanwhile
    return more


def _undo_some(bulk: BulkAction) -> bool:
    entries = list(
        AuditEntry.objects.filter(
            bulk_action=bulk, action=bulk.action, pk__gt=bulk.last_entry_id
        ).order_by("id")[:BATCH]
    )
    decision = Decision(bulk.letter_id, Action.UNDO, bulk.actor, bulk_action=bulk)
    restored = len(restore(entries, decision))
    bulk.restored += restored
    bulk.not_restored += len(entries) - restored
    if entries:
        bulk.last_entry_id = entries[-1].pk
    return len(entries) == BATCH


def _locked(letter: Letter, bulk_id: int, actor: User) -> BulkAction:
    bulk = BulkAction.objects.select_for_update().get(letter=letter, pk=bulk_id)
    check_member(letter=letter, user=actor, needed=Role.MODERATOR)
    return bulk


def _run(bulk: BulkAction, actor: User, what: str) -> None:
    bulk.state, bulk.actor, bulk.progressed_at = BulkState.RUNNING, actor, timezone.now()
    bulk.save(update_fields=["state", "actor", "progressed_at", "is_reversal"])
    _note(bulk, actor, what)


def _note(bulk: BulkAction, actor: User, what: str) -> None:
    """The log says who set it going, besides an entry for each decision."""
    AuditEntry.objects.create(
        letter_id=bulk.letter_id,
        actor=actor,
        action=Action.BULK,
        reason=bulk.reason,
        note=bulk.name,
        bulk_action=bulk,
        after={"action": bulk.action, "counted": bulk.counted, "step": what},
    )
