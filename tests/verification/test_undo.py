"""Decisions taken back, and duplicates merged."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from common.likeness import likeness
from letters.models import Letter, Membership, Role
from letters.services.check_member import RoleEnded
from signatories.models import Signature, Status
from tests.builders import a_letter, a_member, a_signature
from verification.models import Action, AuditEntry
from verification.services.decide_signatures import decide_signatures
from verification.services.undo_decisions import undo_decisions

pytestmark = pytest.mark.django_db
LIST = "/organise/letters/a-letter/signatures/"


@pytest.fixture
def moderator(letter: Letter) -> Client:
    client = Client()
    client.force_login(a_member(letter.coalition, Role.MODERATOR))
    return client


def decide(client: Client, action: str, *rows: Signature, **more: Any) -> None:
    seen = [f"{row.pk}-{row.as_seen}" for row in rows]
    response = client.post(f"{LIST}decide/", {"action": action, "seen": seen, **more})
    assert response.status_code == 303


def undo(client: Client, **more: Any) -> Any:
    """Presses “Undo” on the page after the decision."""
    entries = client.get(LIST).context["undoable"]
    return client.post(f"{LIST}undo/", {"entry": entries, **more})


def columns(row: Signature) -> dict[str, Any]:
    return Signature.objects.filter(pk=row.pk).values().get()


@pytest.mark.parametrize(
    ("action", "before"),
    [
        ("approve", {"status": Status.HELD}),
        ("approve", {"status": Status.REJECTED, "rejection_reason": "abuse"}),
        ("hold", {"status": Status.COUNTED, "featured_rank": 3}),
        ("reject", {"status": Status.COUNTED, "featured_rank": 3}),
        ("reject", {"status": Status.UNCONFIRMED}),
        ("reject", {"status": Status.WITHDRAWN}),
        ("feature", {"status": Status.COUNTED}),
        ("unfeature", {"status": Status.COUNTED, "featured_rank": 3}),
        ("vouch", {"status": Status.COUNTED}),
    ],
)
def test_undo_puts_everything_back(
    moderator: Client, letter: Letter, action: str, before: dict[str, Any]
) -> None:
    row = a_signature(letter, **before)
    was = columns(row)
    decide(moderator, action, row, reason="fake", note="why")
    assert columns(row) != was
    undo(moderator)
    assert columns(row) == was
    assert list(AuditEntry.objects.values_list("action", flat=True)) == ["undo", action]


def test_undo_is_offered_once_and_again_on_the_signatures_page(
    moderator: Client, letter: Letter
) -> None:
    row = a_signature(letter)
    decide(moderator, "hold", row)
    [entry] = moderator.get(LIST).context["undoable"]
    assert moderator.get(LIST).context["undoable"] == []
    page = moderator.get(f"{LIST}{row.pk}/")
    assert page.context["undoable"].pk == entry
    moderator.post(f"{LIST}undo/", {"entry": entry, "back_to": row.pk})
    assert moderator.get(f"{LIST}{row.pk}/").context["undoable"] is None


def test_what_changed_since_is_left_alone(moderator: Client, letter: Letter) -> None:
    renamed, decided, stays = (a_signature(letter, name) for name in ("Ada", "Bob", "Cy"))
    decide(moderator, "hold", renamed, decided, stays)
    entries = moderator.get(LIST).context["undoable"]
    Signature.objects.filter(pk=renamed.pk).update(name="Somebody Famous")
    decided.refresh_from_db()
    decide(moderator, "reject", decided, reason="fake")
    moderator.post(f"{LIST}undo/", {"entry": entries})
    statuses = Signature.objects.order_by("id").values_list("status", flat=True)
    assert list(statuses) == [Status.HELD, Status.REJECTED, Status.COUNTED]


@pytest.mark.parametrize("entry", ["", "x", "999999", "9" * 30, "-1"])
def test_nonsense_undoes_nothing(moderator: Client, letter: Letter, entry: str) -> None:
    assert moderator.post(f"{LIST}undo/", {"entry": entry}).status_code == 303
    assert not AuditEntry.objects.exists()


def test_entries_of_another_letter_stay(letter: Letter) -> None:
    actor, other = a_member(letter.coalition, Role.OWNER), a_letter("other")
    row = a_signature(other)
    decided = decide_signatures(
        letter=other, seen={row.pk: row.as_seen}, action=Action.HOLD, actor=actor
    )
    assert undo_decisions(letter=letter, entry_ids=decided.entry_ids, actor=actor).changed == 0


def test_who_lost_the_role_meanwhile_decides_nothing(letter: Letter) -> None:
    actor, row = a_member(letter.coalition, Role.MODERATOR), a_signature(letter)
    Membership.objects.update(role=Role.VIEWER)
    with pytest.raises(RoleEnded):
        decide_signatures(
            letter=letter, seen={row.pk: row.as_seen}, action=Action.HOLD, actor=actor
        )
    Membership.objects.all().delete()
    with pytest.raises(RoleEnded):
        undo_decisions(letter=letter, entry_ids=[1], actor=actor)


@pytest.fixture
def twins(letter: Letter) -> list[Signature]:
    return [
        a_signature(letter, name, email=f"{n}@x.example", likeness=likeness(name))
        for n, name in enumerate(("Ada Example", "Example, Ada", "Ada Exemple", "Zoe Other"))
    ]


def test_those_alike_stand_side_by_side(
    moderator: Client, letter: Letter, twins: list[Signature]
) -> None:
    page = moderator.get(f"{LIST}{twins[0].pk}/compare/")
    assert page.context["alike"] == twins[1:3]


def test_merged_no_longer_counts_until_undone(
    moderator: Client, letter: Letter, twins: list[Signature]
) -> None:
    keep, other, *_ = twins
    seen = [f"{row.pk}-{row.as_seen}" for row in (keep, other)]
    url = f"{LIST}{keep.pk}/merge/"
    assert moderator.post(url, {"keep": keep.pk, "seen": seen}).status_code == 303
    other.refresh_from_db()
    assert (other.status, other.rejection_reason) == (Status.REJECTED, "duplicate")
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.signature_id, entry.note) == ("merge", other.pk, f"→ {keep.pk}")
    moderator.post(f"{LIST}undo/", {"entry": entry.pk})
    assert Signature.objects.counted().count() == 4


@pytest.mark.parametrize(
    "case", ["other name", "changed", "keep rejected", "keep not seen", "none"]
)
def test_what_is_not_the_same_person_is_not_merged(
    moderator: Client, letter: Letter, twins: list[Signature], case: str
) -> None:
    keep, other = twins[0], twins[3 if case == "other name" else 1]
    seen = [f"{row.pk}-{row.as_seen}" for row in (keep, other)]
    if case == "changed":
        Signature.objects.filter(pk=other.pk).update(city="Elsewhere")
    if case == "keep rejected":
        Signature.objects.filter(pk=keep.pk).update(
            status=Status.REJECTED, rejection_reason="fake", decided_at=timezone.now()
        )
    data = {"keep": "" if case == "none" else keep.pk, "seen": seen}
    if case == "keep not seen":
        data["keep"] = 999999
    assert moderator.post(f"{LIST}{keep.pk}/merge/", data).status_code == 303
    other.refresh_from_db()
    assert other.status == Status.COUNTED
