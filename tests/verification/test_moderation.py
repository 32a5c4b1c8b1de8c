from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from letters.models import Letter, Role
from signatories.models import Organisation, Signature, Status, Tally
from tests.builders import a_member, a_signature
from verification.models import AuditEntry
from verification.queue import PAGE_SIZE

pytestmark = pytest.mark.django_db
LIST = "/organise/letters/a-letter/signatures/"
DECIDE = f"{LIST}decide/"


@pytest.fixture
def moderator(letter: Letter) -> Client:
    client = Client()
    client.force_login(a_member(letter.coalition, Role.MODERATOR))
    return client


def decide(client: Client, action: str, *rows: Signature, **more: Any) -> Any:
    return client.post(
        DECIDE, {"action": action, "seen": [f"{row.pk}-{row.as_seen}" for row in rows], **more}
    )


@pytest.mark.parametrize(
    ("action", "before", "after"),
    [
        ("approve", Status.HELD, Status.COUNTED),
        ("approve", Status.REJECTED, Status.COUNTED),
        ("hold", Status.COUNTED, Status.HELD),
        ("hold", Status.REJECTED, Status.HELD),
        ("reject", Status.COUNTED, Status.REJECTED),
        ("reject", Status.HELD, Status.REJECTED),
        ("reject", Status.UNCONFIRMED, Status.REJECTED),
        ("approve", Status.UNCONFIRMED, Status.UNCONFIRMED),
        ("approve", Status.WITHDRAWN, Status.WITHDRAWN),
        ("reject", Status.WITHDRAWN, Status.REJECTED),
        ("hold", Status.UNCONFIRMED, Status.UNCONFIRMED),
        ("approve", Status.REPEATED, Status.REPEATED),
    ],
)
def test_decision_changes_what_it_fits(
    moderator: Client, letter: Letter, action: str, before: str, after: str
) -> None:
    row = a_signature(letter, status=before)
    response = decide(moderator, action, row, reason="fake" if action == "reject" else "")
    assert response.status_code == 303
    row.refresh_from_db()
    assert row.status == after
    assert AuditEntry.objects.count() == int(before != after)


def test_words_that_changed_since_the_page_was_shown_are_not_decided_on(
    moderator: Client, letter: Letter
) -> None:
    seen = a_signature(letter, "Jane Harmless", status=Status.HELD)
    Signature.objects.filter(pk=seen.pk).update(name="Somebody Famous")
    decide(moderator, "approve", seen)
    seen.refresh_from_db()
    assert seen.status == Status.HELD
    assert not AuditEntry.objects.exists()


def test_decision_is_in_the_audit_log(moderator: Client, letter: Letter) -> None:
    row = a_signature(letter)
    decide(moderator, "reject", row, reason="impostor", note="Wrote to her office.")
    entry = AuditEntry.objects.get()
    assert (entry.actor.email, entry.action, entry.reason, entry.note) == (
        "moderator@makers.example",
        "reject",
        "impostor",
        "Wrote to her office.",
    )
    assert (entry.before["status"], entry.after["status"]) == ("counted", "rejected")
    page = moderator.get("/organise/letters/a-letter/audit-log/").content.decode()
    assert "Wrote to her office." in page


def test_rejection_needs_a_reason_and_the_ticks_stay(moderator: Client, letter: Letter) -> None:
    row, other = a_signature(letter), a_signature(letter, "Zoe")
    held = a_signature(letter, "Hidebound", status=Status.HELD)
    response = decide(moderator, "reject", row, note="Spam", query="status=counted")
    assert response.status_code == 422
    page = response.content.decode()
    assert [checked(page, one) for one in (row, other)] == [True, False]
    assert held.name not in page
    assert 'value="Spam"' in page
    row.refresh_from_db()
    assert row.status == Status.COUNTED


def checked(page: str, row: Signature) -> bool:
    return f'value="{row.pk}-{row.as_seen}" form="bulk" checked' in page


def test_what_another_moderator_decided_meanwhile_is_left_alone(
    moderator: Client, letter: Letter
) -> None:
    row = a_signature(letter, status=Status.HELD)
    seen = f"{row.pk}-{row.as_seen}"
    decide(moderator, "reject", row, reason="fake")
    moderator.post(DECIDE, {"action": "approve", "seen": [seen]})
    row.refresh_from_db()
    assert row.status == Status.REJECTED
    assert AuditEntry.objects.count() == 1


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"action": "approve"},
        {"action": "destroy", "seen": ["1-aaaaaaaaaaaa"]},
        {
            "action": "approve",
            "seen": ["x", "", "9" * 40, "-1", "\x00", "1", "1-", f"{9**30}-aaaaaaaaaaaa"],
        },
        {"action": "approve", "seen": ["1-aaaaaaaaaaaa"], "note": "x" * 501},
    ],
)
def test_nonsense_changes_nothing(moderator: Client, letter: Letter, data: dict[str, Any]) -> None:
    a_signature(letter, status=Status.HELD)
    assert moderator.post(DECIDE, data).status_code in (303, 422)
    assert not AuditEntry.objects.exists()


def test_approved_organisation_becomes_one(moderator: Client, letter: Letter) -> None:
    rows = [
        a_signature(letter, name, status=Status.HELD, organisation_name=organisation)
        for name, organisation in (("A Bee", "The Paper Guild"), ("C Dee", "THE PAPER GUILD"))
    ]
    decide(moderator, "approve", *rows)
    assert Organisation.objects.get().name == "The Paper Guild"
    assert Signature.objects.counted().organisations().count() == 2


def test_featuring_orders_and_ends_with_a_rejection(moderator: Client, letter: Letter) -> None:
    one, two = a_signature(letter, "One"), a_signature(letter, "Two")
    hidden = a_signature(letter, "Hidden", show_name=False)
    decide(moderator, "feature", one, hidden)
    decide(moderator, "feature", two)
    assert list(Signature.objects.featured()) == [one, two]
    decide(moderator, "reject", one, reason="other")
    assert list(Signature.objects.featured()) == [two]


def test_ids_of_another_letter_are_left_alone(moderator: Client, letter: Letter) -> None:
    from tests.builders import a_letter

    other = a_signature(a_letter("other"), status=Status.HELD)
    decide(moderator, "approve", other)
    other.refresh_from_db()
    assert other.status == Status.HELD


def test_decision_refreshes_the_counts(moderator: Client, letter: Letter) -> None:
    row = a_signature(letter, status=Status.HELD)
    decide(moderator, "approve", row)
    assert Tally.objects.get(letter=letter).people == 1


def test_open_redirect_is_not_possible(moderator: Client, letter: Letter) -> None:
    row = a_signature(letter)
    response = decide(moderator, "hold", row, query="//evil.example")
    assert response["Location"].startswith(LIST)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["Ben", "Ada"]),
        ("?status=held", ["Ben"]),
        ("?status=nonsense", ["Ben", "Ada"]),
        ("?q=ad", ["Ada"]),
        ("?q=ben@mail.example", ["Ben"]),
        ("?q=BEN@MAIL.EXAMPLE", ["Ben"]),
        ("?q=guild", ["Ben"]),
        ("?q=%25", []),
        ("?q=%00", ["Ben", "Ada"]),
        ("?signal=any", ["Ben"]),
        ("?signal=link", ["Ben"]),
        ("?signal=domain", []),
        ("?older=x", ["Ben", "Ada"]),
    ],
)
def test_list_filters(moderator: Client, letter: Letter, query: str, names: list[str]) -> None:
    a_signature(letter, "Ada")
    a_signature(letter, "Ben", status=Status.HELD, signals=["link"], affiliation="The Paper Guild")
    response = moderator.get(LIST + query)
    assert response.status_code == 200
    assert [row.name for row in response.context["signatures"]] == names


def test_list_pages_both_ways_and_costs_the_same_queries(
    moderator: Client, letter: Letter, django_assert_max_num_queries: Any
) -> None:
    made = [a_signature(letter, f"Name {'x' * n}", email=f"{n}@x.example") for n in range(1, 106)]
    newest = made[::-1]
    with django_assert_max_num_queries(14):
        first = moderator.get(LIST)
    second = moderator.get(LIST + first.context["next_url"])
    third = moderator.get(LIST + second.context["next_url"])
    back = moderator.get(LIST + third.context["previous_url"])
    assert first.context["signatures"] == newest[:PAGE_SIZE]
    assert second.context["signatures"] == newest[PAGE_SIZE : 2 * PAGE_SIZE]
    assert third.context["signatures"] == newest[2 * PAGE_SIZE :]
    assert third.context["next_url"] is None
    assert back.context["signatures"] == second.context["signatures"]


def test_address_is_not_shown_whole(moderator: Client, letter: Letter) -> None:
    a_signature(letter, "Ada", email="ada.secret@mail.example")
    assert "ada.secret@mail.example" not in moderator.get(LIST).content.decode()


def test_audit_log_refuses_change_and_deletion(moderator: Client, letter: Letter) -> None:
    decide(moderator, "hold", a_signature(letter))
    for sql in (
        "UPDATE verification_auditentry SET note = 'x'",
        "DELETE FROM verification_auditentry",
    ):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            connection.cursor().execute(sql)


def test_history_shows_one_signature(moderator: Client, letter: Letter) -> None:
    row = a_signature(letter, "Ada", decided_at=timezone.now())
    decide(moderator, "hold", row, note="Looks odd")
    response = moderator.get(f"{LIST}{row.pk}/")
    assert "Looks odd" in response.content.decode()
    assert moderator.get(f"{LIST}999999/").status_code == 404


def test_audit_log_outlives_whom_it_names(moderator: Client, letter: Letter) -> None:
    row = a_signature(letter, "Ada")
    decide(moderator, "hold", row, note="Looks odd")
    actor = AuditEntry.objects.get().actor
    row.delete()
    other = Client()
    other.force_login(a_member(letter.coalition, Role.VIEWER))
    actor.delete()
    page = other.get("/organise/letters/a-letter/audit-log/").content.decode()
    assert "Looks odd" in page
    assert f'<span class="num">{AuditEntry.objects.get().signature_id}</span>' in page


def test_audit_log_costs_the_same_queries_for_many_entries(
    moderator: Client, letter: Letter, django_assert_max_num_queries: Any
) -> None:
    rows = [a_signature(letter, f"Name {'x' * n}") for n in range(1, 21)]
    decide(moderator, "hold", *rows)
    with django_assert_max_num_queries(8):
        moderator.get("/organise/letters/a-letter/audit-log/")
