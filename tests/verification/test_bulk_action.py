"""Saved queries, and one decision about all that a query finds."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from common.crypto import network_digest
from letters.models import Letter, Membership, Role
from signatories.models import Signature, Status, Tally
from tests.builders import a_letter, a_member, a_signature
from verification import tasks
from verification.models import AuditEntry, BulkAction, BulkItem, BulkState, SavedQuery
from verification.services import run_bulk_action as service

pytestmark = pytest.mark.django_db
LIST = "/organise/letters/a-letter/signatures/"
NETWORK = network_digest("203.0.113.7")
WAVE = f"network={NETWORK.hex()}"
REJECT = {"action": "reject", "reason": "fake", "query": WAVE}


@pytest.fixture(autouse=True)
def batches(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Batches of two, and a worker that starts when the test says so."""
    asked: list[int] = []
    monkeypatch.setattr(service, "BATCH", 2)
    monkeypatch.setattr(tasks.run_bulk_action, "delay", asked.append)
    return asked


@pytest.fixture
def moderator(letter: Letter) -> Client:
    client = Client()
    client.force_login(a_member(letter.coalition, Role.MODERATOR))
    return client


@pytest.fixture
def wave(letter: Letter) -> list[Signature]:
    """Five from one network, one of them waiting; and others."""
    a_signature(letter, "Honest")
    a_signature(a_letter("other"), "Elsewhere", network_digest=NETWORK)
    fakes = [
        a_signature(letter, f"Fake {'x' * n}", email=f"{n}@x.example", network_digest=NETWORK)
        for n in range(1, 6)
    ]
    a_signature(letter, "Un", status=Status.UNCONFIRMED, network_digest=NETWORK)
    return fakes


def prepare(client: Client, **data: Any) -> BulkAction:
    response = client.post(f"{LIST}bulk/new/", {**REJECT, **data})
    assert response.status_code == 303
    return BulkAction.objects.latest("pk")


def step(client: Client, bulk: BulkAction, name: str) -> None:
    response = client.post(f"{LIST}bulk/{bulk.pk}/step/", {"step": name})
    assert response.status_code == 303


def statuses(rows: list[Signature]) -> list[str]:
    found = Signature.objects.in_bulk([row.pk for row in rows])
    return [found[row.pk].status for row in rows]


def figures(bulk: BulkAction) -> tuple[Any, ...]:
    bulk.refresh_from_db()
    return bulk.state, bulk.counted, bulk.changed, bulk.skipped, bulk.restored, bulk.not_restored


def test_count_is_shown_and_nothing_happens_before_the_start(
    moderator: Client, wave: list[Signature]
) -> None:
    bulk = prepare(moderator, note="A wave")
    page = moderator.get(f"{LIST}bulk/{bulk.pk}/").content.decode()
    assert "This will reject 5 signatures." in page
    assert service.run_batch(bulk_id=bulk.pk) is False
    assert statuses(wave) == ["counted"] * 5


def test_wave_is_rejected_in_batches_and_undone(
    moderator: Client, wave: list[Signature], batches: list[int]
) -> None:
    bulk = prepare(moderator, note="A wave")
    step(moderator, bulk, "start")
    assert batches == [bulk.pk]
    assert service.run_batch(bulk_id=bulk.pk) is True
    assert figures(bulk) == (BulkState.RUNNING, 5, 2, 0, 0, 0)
    assert (
        f"{LIST}bulk/{bulk.pk}/progress/"
        in moderator.get(f"{LIST}bulk/{bulk.pk}/progress/").content.decode()
    )
    tasks.run_bulk_action(bulk.pk)
    assert figures(bulk) == (BulkState.DONE, 5, 5, 0, 0, 0)
    assert statuses(wave) == ["rejected"] * 5
    assert Tally.objects.get(letter=bulk.letter).people == 1
    entries = AuditEntry.objects.filter(bulk_action=bulk, action="reject")
    assert {(e.reason, e.note, e.actor_id) for e in entries} == {("fake", "A wave", bulk.actor_id)}
    step(moderator, bulk, "undo")
    tasks.run_bulk_action(bulk.pk)
    assert figures(bulk) == (BulkState.DONE, 5, 5, 0, 5, 0)
    assert statuses(wave) == ["counted"] * 5
    tasks.run_bulk_action(bulk.pk)  # a message that came twice
    assert AuditEntry.objects.filter(bulk_action=bulk, action="undo").count() == 5


@pytest.mark.django_db(transaction=True)  # a row's version is the number of a transaction
def test_exactly_those_counted_are_decided_on(
    moderator: Client, letter: Letter, wave: list[Signature]
) -> None:
    bulk = prepare(moderator)
    late = a_signature(letter, "Late", network_digest=NETWORK)
    Signature.objects.filter(name="Un").update(status=Status.COUNTED, confirmed_at=timezone.now())
    Signature.objects.filter(pk=wave[0].pk).update(city="Elsewhere")
    decided = {"action": "hold", "seen": f"{wave[1].pk}-{wave[1].as_seen}"}
    moderator.post(f"{LIST}decide/", decided)
    wave[2].delete()
    step(moderator, bulk, "start")
    tasks.run_bulk_action(bulk.pk)
    assert figures(bulk) == (BulkState.DONE, 5, 2, 3, 0, 0)
    assert statuses([late, wave[0], wave[1], wave[3]]) == ["counted", "counted", "held", "rejected"]
    assert Signature.objects.get(name="Un").status == Status.COUNTED


def test_what_changed_after_the_decision_is_not_undone(
    moderator: Client, wave: list[Signature]
) -> None:
    bulk = prepare(moderator)
    step(moderator, bulk, "start")
    tasks.run_bulk_action(bulk.pk)
    row = Signature.objects.get(pk=wave[0].pk)
    moderator.post(f"{LIST}decide/", {"action": "hold", "seen": f"{row.pk}-{row.as_seen}"})
    step(moderator, bulk, "undo")
    tasks.run_bulk_action(bulk.pk)
    assert figures(bulk) == (BulkState.DONE, 5, 5, 0, 4, 1)
    assert statuses(wave) == ["held", *["counted"] * 4]


def test_pause_resume_and_undo_half_done(moderator: Client, wave: list[Signature]) -> None:
    bulk = prepare(moderator)
    step(moderator, bulk, "start")
    service.run_batch(bulk_id=bulk.pk)
    step(moderator, bulk, "pause")
    assert service.run_batch(bulk_id=bulk.pk) is False
    assert figures(bulk) == (BulkState.PAUSED, 5, 2, 0, 0, 0)
    step(moderator, bulk, "resume")
    service.run_batch(bulk_id=bulk.pk)
    step(moderator, bulk, "pause")
    step(moderator, bulk, "undo")
    tasks.run_bulk_action(bulk.pk)
    assert figures(bulk) == (BulkState.DONE, 5, 4, 0, 4, 0)
    assert statuses(wave) == ["counted"] * 5
    assert not BulkItem.objects.exists()


@pytest.mark.parametrize("name", ["resume again", "", "pause", "undo"])
def test_step_that_does_not_fit_changes_nothing(
    moderator: Client, wave: list[Signature], name: str
) -> None:
    bulk = prepare(moderator)
    step(moderator, bulk, name)
    assert figures(bulk)[0] == BulkState.WAITING


def test_discarded_is_forgotten(moderator: Client, wave: list[Signature]) -> None:
    step(moderator, prepare(moderator), "discard")
    assert not BulkAction.objects.exists()
    assert statuses(wave) == ["counted"] * 5


def test_it_rests_when_its_member_is_removed(moderator: Client, wave: list[Signature]) -> None:
    bulk = prepare(moderator)
    step(moderator, bulk, "start")
    service.run_batch(bulk_id=bulk.pk)
    Membership.objects.all().delete()
    tasks.run_bulk_action(bulk.pk)
    assert figures(bulk) == (BulkState.PAUSED, 5, 2, 0, 0, 0)
    other = Client()
    other.force_login(a_member(bulk.letter.coalition, Role.OWNER))
    step(other, bulk, "resume")
    tasks.run_bulk_action(bulk.pk)
    assert figures(bulk)[:3] == (BulkState.DONE, 5, 5)


def test_dead_workers_work_is_taken_up(
    moderator: Client, wave: list[Signature], batches: list[int]
) -> None:
    bulk = prepare(moderator)
    step(moderator, bulk, "start")
    assert tasks.resume_bulk_actions() == 0
    BulkAction.objects.update(progressed_at=timezone.now() - timedelta(minutes=1))
    assert tasks.resume_bulk_actions() == 1
    assert batches == [bulk.pk, bulk.pk]


def test_protected_names_are_never_approved_in_bulk(moderator: Client, letter: Letter) -> None:
    fine = a_signature(letter, "Ada", status=Status.HELD)
    famous = a_signature(letter, "Famous", status=Status.HELD, signals=["protected"])
    guild = a_signature(letter, "Rep", status=Status.HELD, organisation_name="The Paper Guild")
    bulk = prepare(moderator, action="approve", query="status=held", note="all fine")
    step(moderator, bulk, "start")
    tasks.run_bulk_action(bulk.pk)
    assert statuses([fine, famous, guild]) == ["counted", "held", "counted"]
    assert figures(bulk)[2:4] == (2, 1)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"reason": ""}, "choose a reason"),
        ({"action": "feature"}, "valid choice"),
        ({"action": ""}, "required"),
        ({"note": "x" * 501}, "500"),
        ({"query": "q=ada@mail.example"}, "kept nowhere"),
    ],
)
def test_faulty_form_keeps_what_was_typed(
    moderator: Client, wave: list[Signature], data: dict[str, str], said: str
) -> None:
    a_signature(Letter.objects.get(slug="a-letter"), email="ada@mail.example")
    response = moderator.post(f"{LIST}bulk/new/", {**REJECT, "note": "Typed", **data})
    assert response.status_code == 422
    assert said in response.content.decode()
    if "note" not in data:
        assert "Typed" in response.content.decode()
    assert not BulkAction.objects.exists()


def test_too_many_are_refused(
    moderator: Client, wave: list[Signature], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MOST", 4)
    assert moderator.post(f"{LIST}bulk/new/", REJECT).status_code == 422
    assert not BulkItem.objects.exists()


def test_another_letters_bulk_action_is_not_there(moderator: Client, letter: Letter) -> None:
    bulk = BulkAction.objects.create(letter=a_letter("other"), action="hold", filters={})
    for path in ("", "progress/"):
        assert moderator.get(f"{LIST}bulk/{bulk.pk}/{path}").status_code == 404
    assert moderator.post(f"{LIST}bulk/{bulk.pk}/step/", {"step": "start"}).status_code == 404


def test_saved_query_names_the_bulk_decision(moderator: Client, wave: list[Signature]) -> None:
    assert moderator.post(f"{LIST}queries/new/", {"name": "Wave", "query": WAVE}).status_code == 303
    assert "Wave" in moderator.get(LIST).content.decode()
    assert prepare(moderator).name == "Wave"
    page = moderator.get(f"{LIST}queries/")
    assert [query["url"] for query in page.context["queries"]] == [f"{LIST}?{WAVE}"]
    saved = SavedQuery.objects.get()
    assert moderator.post(f"{LIST}queries/{saved.pk}/remove/").status_code == 303
    assert not SavedQuery.objects.exists()


@pytest.mark.parametrize(
    ("name", "query"),
    [("", WAVE), ("Wave", ""), ("Wave", "status=nonsense"), ("Wave", "q=ada@mail.example")],
)
def test_query_without_a_name_or_a_filter_is_not_saved(
    moderator: Client, letter: Letter, name: str, query: str
) -> None:
    a_signature(letter)
    response = moderator.post(f"{LIST}queries/new/", {"name": name, "query": query})
    assert response.status_code == 422
    assert not SavedQuery.objects.exists()


def test_two_queries_of_one_name_are_refused(moderator: Client, letter: Letter) -> None:
    a_signature(letter)
    data = {"name": "Wave", "query": WAVE}
    codes = [moderator.post(f"{LIST}queries/new/", data).status_code for _ in range(2)]
    assert codes == [303, 422]
