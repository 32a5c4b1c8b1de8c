"""Names that nobody signs under before a moderator has evidence."""

from collections.abc import Iterator

from django.db import transaction

from common.likeness import listed_keys, typed_keys
from letters.models import Coalition, Letter, Role, User
from letters.services.check_member import check_member
from signatories.models import Signature, Status
from signatories.models.queryset import SignatureQuerySet
from signatories.services.refresh_tallies import refresh_tallies
from verification.models import Action, AuditEntry, ProtectedName
from verification.services.decide_signatures import state_of

BATCH = 500


def protect_names(*, letter: Letter, names: list[str], whole_coalition: bool, actor: User) -> int:
    """Adds the names to the letter's list, or to that of all letters of its coalition.

    Returns how many were not on the list. Signatures that carry one of them already are for
    `hold_protected`, in the background. Raises RoleEnded.
    """
    own_letter = None if whole_coalition else letter
    with transaction.atomic():
        # Imports take turns; and removing a member locks the coalition first, too.
        Coalition.objects.select_for_update(no_key=True).get(pk=letter.coalition_id)
        check_member(letter=letter, user=actor, needed=Role.EDITOR)
        known = set(
            ProtectedName.objects.filter(
                coalition_id=letter.coalition_id, letter=own_letter, name__in=names
            ).values_list("name", flat=True)
        )
        new = [name for name in dict.fromkeys(names) if name not in known]
        ProtectedName.objects.bulk_create(
            ProtectedName(
                coalition_id=letter.coalition_id,
                letter=own_letter,
                name=name,
                keys=listed_keys(name),
            )
            for name in new
        )
        if new:
            note = f"{len(new)}: {', '.join(new)}"
            AuditEntry.objects.create(
                letter=letter, actor=actor, action=Action.PROTECT, note=_shortened(note)
            )
    return len(new)


def unprotect_name(*, letter: Letter, name_id: int, actor: User) -> None:
    """Takes a name off the letter's or its coalition's list; what it held waits for a moderator.

    Raises ProtectedName.DoesNotExist, RoleEnded.
    """
    with transaction.atomic():
        check_member(letter=letter, user=actor, needed=Role.EDITOR)
        protected = ProtectedName.objects.of_letter(letter).select_for_update().get(pk=name_id)
        AuditEntry.objects.create(
            letter=letter, actor=actor, action=Action.UNPROTECT, note=protected.name
        )
        protected.delete()


def hold_protected(*, coalition_id: int) -> int:
    """Marks the confirmed signatures whose names have come under protection since, and holds those
    that count or are asked to sign a new text.

    One that a moderator has decided on is only marked; one that is withdrawn is looked at when it
    comes back. Runs through all signatures, in batches that commit as they go, so it is for the
    background. Returns how many were held.
    """
    held = 0
    for letter in Letter.objects.filter(coalition_id=coalition_id):
        keys = {key for row in ProtectedName.objects.of_letter(letter) for key in row.keys}
        for ids in _alike(letter, keys):
            held += _hold(letter, ids)
        refresh_tallies(letter_ids=[letter.pk])
    return held


def _alike(letter: Letter, keys: set[str]) -> Iterator[list[int]]:
    """Ids of signatures that carry a protected name and are not marked, in batches."""
    found: list[int] = []
    rows = (
        _confirmed()
        .of_letter(letter.pk)
        .exclude(signals__contains=["protected"])
        .values_list("pk", "name", "organisation_name")
    )
    for pk, name, organisation in rows.iterator(BATCH):
        typed = typed_keys(name)
        if organisation:
            typed |= typed_keys(organisation, single_words=True)
        if not keys.isdisjoint(typed):
            found.append(pk)
    for start in range(0, len(found), BATCH):
        yield found[start : start + BATCH]


def _confirmed() -> SignatureQuerySet:
    kept = Signature.objects.kept().filter(confirmed_at__isnull=False)
    return kept.exclude(status=Status.WITHDRAWN)


def _hold(letter: Letter, ids: list[int]) -> int:
    entries = []
    with transaction.atomic():
        rows = _confirmed().filter(pk__in=ids).select_for_update().order_by("id")
        for row in rows:
            before = state_of(row)
            row.signals = ["protected", *row.signals]
            if row.decided_at is None and row.status in (Status.COUNTED, Status.ASKED):
                row.status, row.featured_rank = Status.HELD, None
                entries.append(
                    AuditEntry(
                        letter=letter,
                        signature=row,
                        action=Action.HOLD,
                        before=before,
                        after=state_of(row),
                    )
                )
            row.save(update_fields=["signals", "status", "featured_rank"])
        AuditEntry.objects.bulk_create(entries)
    return len(entries)


def _shortened(note: str) -> str:
    return note if len(note) <= 500 else f"{note[:499]}…"
