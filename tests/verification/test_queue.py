"""The moderators' list: what its filters find, and what members write beside a signature."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from common.crypto import network_digest
from common.patience import TookTooLong, at_most
from letters.models import Letter, Membership, Role
from signatories.models import Signature, Status
from signatories.services.refresh_tallies import refresh_tallies
from tests.builders import a_coalition, a_letter, a_member, a_signature
from verification import audit_trail, queue
from verification.models import Assignment, AuditEntry, Remark
from verification.services.erase_signature import erase_signature

pytestmark = pytest.mark.django_db
LIST = "/organise/letters/a-letter/signatures/"
NETWORK = network_digest("203.0.113.7")


@pytest.fixture
def moderator(letter: Letter) -> Client:
    client = Client()
    client.force_login(a_member(letter.coalition, Role.MODERATOR))
    return client


def names(client: Client, query: str) -> list[str]:
    refresh_tallies()
    response = client.get(LIST + query)
    assert response.status_code == 200
    assert response.context["found"].number == len(response.context["signatures"])
    return [row.name for row in response.context["signatures"]]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=dvorak", ["Antonín Dvořák"]),
        ("?q=DVOR prague", ["Antonín Dvořák"]),
        ("?q=dvorak paris", []),
        ("?q=printer", ["Ada"]),
        ("?q=quill", ["Ada"]),
        ("?q=by quill", ["Ada"]),
        ("?q=my quill", []),
        ("?country=CZ", ["Antonín Dvořák"]),
        ("?country=XX", ["Waiting", "Zoe", "Antonín Dvořák", "Ada"]),
        (f"?network={NETWORK.hex()}", ["Ada"]),
        ("?network=xyz", ["Waiting", "Zoe", "Antonín Dvořák", "Ada"]),
        ("?evidence=vouched", ["Ada"]),
        ("?evidence=none", ["Zoe", "Antonín Dvořák"]),
        ("?source=import", ["Zoe"]),
        ("?since=2026-03-01T02:00&until=2026-03-01T03:00", ["Ada"]),
        ("?until=2026-03-01T02:00", []),
        ("?capacity=organisation", []),
        ("?q=waiting", []),
        ("?status=unconfirmed", ["Waiting"]),
        ("?status=unconfirmed&country=CZ", ["Waiting"]),
        ("?status=unconfirmed&q=waiting", []),
        ("?q=waiting@mail.example", ["Waiting"]),
    ],
)
def test_filter_finds(moderator: Client, letter: Letter, query: str, found: list[str]) -> None:
    a_signature(
        letter,
        "Ada",
        network_digest=NETWORK,
        marks=["vouched"],
        role_title="Printer",
        comment="By quill, for ever",
        created_at=datetime(2026, 3, 1, 2, 30, tzinfo=UTC),
    )
    a_signature(letter, "Antonín Dvořák", country="CZ", city="Prague")
    a_signature(letter, "Zoe", source="import")
    a_signature(letter, "Waiting", status=Status.UNCONFIRMED, country="CZ")
    a_signature(a_letter("other"), "Ada", network_digest=NETWORK, country="CZ")
    assert names(moderator, query) == found


def test_words_that_very_many_have_are_found_too(
    moderator: Client, letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "MOST_SORTED", 2)
    for n in range(4):
        a_signature(letter, f"Spam {'x' * (n + 1)}", email=f"{n}@x.example", country="CZ")
    a_signature(letter, "Spam Elsewhere", country="FR")
    response = moderator.get(f"{LIST}?q=spam&country=CZ")
    names = [row.name for row in response.context["signatures"]]
    assert names == ["Spam xxxx", "Spam xxx", "Spam xx", "Spam x"]
    assert response.context["found"] == queue.Found(2, more=True)
    assert "More than 2 signatures match." in response.content.decode()
    assert moderator.get(f"{LIST}?q=spam").context["found"] == queue.Found(2, more=True)
    assert moderator.get(f"{LIST}?q=spam&country=FR").context["found"] == queue.Found(1)


def test_very_many_that_stand_far_behind_are_found_too(
    moderator: Client, letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "MOST_SORTED", 2)

    @contextmanager
    def walks_too_long(milliseconds: int) -> Iterator[None]:
        if milliseconds == queue.WALK_MILLISECONDS:
            raise TookTooLong
        with at_most(milliseconds):
            yield

    monkeypatch.setattr(queue, "at_most", walks_too_long)
    for n in range(4):
        a_signature(letter, f"Spam {'x' * (n + 1)}", email=f"{n}@x.example")
    assert len(moderator.get(f"{LIST}?q=spam").context["signatures"]) == 4


def test_span_of_time_pages_both_ways(
    moderator: Client, letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "PAGE_SIZE", 2)
    for minute in (5, 3, 4, 1, 2):  # not in the order of their numbers
        at = datetime(2026, 3, 1, 2, minute, tzinfo=UTC)
        a_signature(letter, f"At {'x' * minute}", created_at=at)
    first = moderator.get(f"{LIST}?since=2026-03-01T02:00")
    second = moderator.get(LIST + first.context["next_url"])
    third = moderator.get(LIST + second.context["next_url"])
    back = moderator.get(LIST + third.context["previous_url"])
    pages = [
        [len(s.name) - 3 for s in page.context["signatures"]] for page in (first, second, third)
    ]
    assert pages == [[5, 4], [3, 2], [1]]
    assert back.context["signatures"] == second.context["signatures"]


def test_what_takes_too_long_is_told(
    moderator: Client, letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_signature(letter)
    monkeypatch.setattr(queue, "MILLISECONDS", 50)
    slow = Signature.objects.extra(where=["pg_sleep(1) IS NOT NULL"])
    monkeypatch.setattr(queue, "filter_queue", lambda *_: slow)
    response = moderator.get(f"{LIST}?signal=any")
    assert response.status_code == 200
    assert "narrow the filter" in response.content.decode()


def test_assigned_is_found_and_ends_with_the_membership(moderator: Client, letter: Letter) -> None:
    member = Membership.objects.get(role=Role.MODERATOR)
    ada, _zoe = a_signature(letter, "Ada"), a_signature(letter, "Zoe")
    seen = f"{ada.pk}-{ada.as_seen}"
    for _ in range(2):  # twice changes nothing
        moderator.post(f"{LIST}assign/", {"seen": seen, "member": member.pk})
    assert names(moderator, f"?assigned={member.pk}") == ["Ada"]
    assert names(moderator, "?assigned=nobody") == ["Zoe"]
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.after) == ("assign", {"membership": member.pk})
    member.delete()
    assert not Assignment.objects.exists()


def test_only_who_may_decide_is_assigned(moderator: Client, letter: Letter) -> None:
    ada = a_signature(letter, "Ada")
    others = (a_member(letter.coalition, Role.VIEWER), a_member(a_coalition("others"), Role.OWNER))
    for membership in Membership.objects.filter(user__in=others):
        data = {"seen": f"{ada.pk}-{ada.as_seen}", "member": membership.pk}
        assert moderator.post(f"{LIST}assign/", data).status_code == 303
    assert not Assignment.objects.exists()


def test_note_is_for_members_and_goes_with_the_signature(moderator: Client, letter: Letter) -> None:
    ada = a_signature(letter, "Ada")
    assert moderator.post(f"{LIST}{ada.pk}/remarks/", {"text": "Rang her."}).status_code == 303
    assert "Rang her." in moderator.get(f"{LIST}{ada.pk}/").content.decode()
    assert "1 note" in moderator.get(LIST).content.decode()
    assert AuditEntry.objects.get().note == ""
    erase_signature(signature_id=ada.pk)
    assert not Remark.objects.exists()


def test_empty_note_is_asked_for_again(moderator: Client, letter: Letter) -> None:
    ada = a_signature(letter, "Ada")
    assert moderator.post(f"{LIST}{ada.pk}/remarks/", {"text": " "}).status_code == 422


@pytest.mark.parametrize(
    ("query", "actions"),
    [
        ("", ["reject", "hold"]),
        ("?action=hold", ["hold"]),
        ("?reason=fake", ["reject"]),
        ("?member=nobody", []),
        ("?since=2100-01-01T00:00", []),
        ("?until=2100-01-01T00:00", ["reject", "hold"]),
        ("?action=nonsense&older=x", ["reject", "hold"]),
    ],
)
def test_log_filters(moderator: Client, letter: Letter, query: str, actions: list[str]) -> None:
    ada = a_signature(letter, "Ada")
    for action in ("hold", "reject"):
        ada.refresh_from_db()
        data = {"action": action, "seen": f"{ada.pk}-{ada.as_seen}", "reason": "fake"}
        moderator.post(f"{LIST}decide/", data)
    response = moderator.get(f"/organise/letters/a-letter/audit-log/{query}")
    assert [entry.action for entry in response.context["entries"]] == actions


def test_log_pages(moderator: Client, letter: Letter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_trail, "PAGE_SIZE", 2)
    rows = [a_signature(letter, f"Name {'x' * n}") for n in range(1, 6)]
    seen = [f"{row.pk}-{row.as_seen}" for row in rows]
    moderator.post(f"{LIST}decide/", {"action": "hold", "seen": seen})
    url, found = "/organise/letters/a-letter/audit-log/", []
    response: Any = moderator.get(url)
    while response.context["older_url"]:
        found += [entry.pk for entry in response.context["entries"]]
        response = moderator.get(url + response.context["older_url"])
    found += [entry.pk for entry in response.context["entries"]]
    assert found == list(AuditEntry.objects.order_by("-id").values_list("pk", flat=True))


def test_log_is_downloaded_as_filtered_and_without_names(
    moderator: Client, letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_trail, "BATCH", 2)
    rows = [a_signature(letter, f"Name {'x' * n}") for n in range(1, 6)]
    seen = [f"{row.pk}-{row.as_seen}" for row in rows]
    moderator.post(f"{LIST}decide/", {"action": "hold", "seen": seen, "note": "=1+1"})
    moderator.post(f"{LIST}{rows[0].pk}/remarks/", {"text": "Rang her."})
    url = "/organise/letters/a-letter/audit-log/export/"
    response: Any = moderator.post(url, {"query": "action=hold"})
    lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
    assert len(lines) == 6
    assert lines[1].split(",")[1:] == [
        *("hold", str(rows[-1].pk), "moderator@makers.example", "", "'=1+1", "counted", "held"),
    ]
    assert "Name" not in "".join(lines)
    assert AuditEntry.objects.latest("pk").action == "export"


def test_only_who_sees_addresses_may_search_by_one(moderator: Client, letter: Letter) -> None:
    a_signature(letter, "Ada", email="ada@mail.example")
    assert names(moderator, "?q=ada@mail.example") == ["Ada"]
    viewer = Client()
    viewer.force_login(a_member(letter.coalition, Role.VIEWER))
    assert names(viewer, "?q=ada") == ["Ada"]
    for who in ("ada", "eve"):
        assert names(viewer, f"?q={who}@mail.example") == []
    page = viewer.get(f"{LIST}?q=ada@mail.example").content.decode()
    assert "Only moderators see mail addresses" in page
