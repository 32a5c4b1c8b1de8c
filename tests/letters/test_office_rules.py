"""What a letter's editors know better about an office than its row says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from letters.models import Letter, Office, Role, RuleOverride, effective_offices
from tests.builders import a_coalition, a_member
from verification.models import Action, AuditEntry

pytestmark = pytest.mark.django_db

SOURCE = {"source": "Their answer to our mail of 3 March"}


@pytest.fixture
def office(letter: Letter) -> Office:
    row = Office.objects.create(
        slug="office-of-paper",
        name="Office of Paper",
        email="comments@office.example",
        max_pages=15,
        min_type_pt="12.0",
        annexes_count=None,
        deadline_at=datetime(2027, 3, 15, 4, tzinfo=UTC),
        time_zone="America/New_York",
        source="notice",
        checked_on="2026-11-21",
    )
    letter.offices.add(row)
    return row


def page_of(letter: Letter) -> str:
    return reverse("office_rules", args=[letter.slug, "office-of-paper"])


def client_of(letter: Letter, role: Role = Role.EDITOR) -> Client:
    client = Client()
    client.force_login(a_member(letter.coalition, role))
    return client


def test_only_what_differs_is_kept_and_holds(letter: Letter, office: Office) -> None:
    client = client_of(letter)
    data = {
        "max_pages": "15",
        "min_type_pt": "11.5",
        "annexes_count": "no",
        "deadline_at": "2027-03-20T23:59:00",
        **SOURCE,
    }
    assert client.post(page_of(letter), data).status_code == 303
    override = RuleOverride.objects.get()
    assert override.rules == {
        "deadline_at": "2027-03-21T03:59:00+00:00",
        "annexes_count": False,
        "min_type_pt": "11.5",
    }
    [effective] = effective_offices(letter)
    assert (effective.max_pages, effective.annexes_count) == (15, False)
    assert effective.deadline_at == datetime(2027, 3, 21, 3, 59, tzinfo=UTC)
    office.refresh_from_db()
    assert office.min_type_pt == 12
    entry = AuditEntry.objects.get(action=Action.OFFICE_RULES)
    assert SOURCE["source"] in entry.note
    page = client.get(page_of(letter)).content.decode()
    for part in ("The office: 15", "The office: 12.0", "The office: not known", 'value="11.5"'):
        assert part in page
    assert 'value="2027-03-20T23:59:00"' in page
    assert "20 March 2027, 11:59 pm Eastern Time" in page


def test_an_empty_form_goes_back_to_the_office_s_rules(letter: Letter, office: Office) -> None:
    client = client_of(letter)
    client.post(page_of(letter), {"max_pages": "20", **SOURCE})
    client.post(page_of(letter), {"max_pages": "", **SOURCE})
    assert not RuleOverride.objects.exists()
    client.post(page_of(letter), SOURCE)
    assert AuditEntry.objects.filter(action=Action.OFFICE_RULES).count() == 2


def test_a_rule_that_does_not_apply_is_kept_apart_from_one_that_is_not_known(
    letter: Letter, office: Office
) -> None:
    client = client_of(letter)
    ticked = {f"no_{name}": "on" for name in ("max_pages", "max_files", "deadline_at", "docket")}
    assert client.post(page_of(letter), {**ticked, **SOURCE}).status_code == 303
    assert RuleOverride.objects.get().rules == {
        "docket": None,
        "deadline_at": None,
        "max_pages": None,
        "max_files": None,
    }
    [effective] = effective_offices(letter)
    assert (effective.max_pages, effective.deadline_at, effective.docket) == (None, None, "")
    assert set(effective.waived) == {"docket", "deadline_at", "max_pages", "max_files"}
    assert effective.min_type_pt == 12
    page = client.get(page_of(letter)).content.decode()
    assert page.count(" checked>") == 4
    assert 'aria-current="page">Deliveries' in page
    deliveries = client.get(reverse("delivery_list", args=[letter.slug])).content.decode()
    assert "no deadline" in deliveries
    client.post(page_of(letter), SOURCE)
    assert not RuleOverride.objects.exists()


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"no_max_pages": "on"}, "source"),
        ({"no_max_pages": "on", "max_pages": "20", **SOURCE}, "max_pages"),
        ({"max_pages": "20"}, "source"),
        ({"max_pages": "-1", **SOURCE}, "max_pages"),
        ({"email": "nowhere", **SOURCE}, "email"),
        # The clocks of New York skip this hour.
        ({"deadline_at": "2027-03-14T02:30:00", **SOURCE}, "deadline_at"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(
    letter: Letter, office: Office, data: dict[str, str], field: str
) -> None:
    answer = client_of(letter).post(page_of(letter), data)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not RuleOverride.objects.exists()


def test_strangers_and_moderators_change_no_rule(letter: Letter, office: Office) -> None:
    stranger = Client()
    stranger.force_login(a_member(a_coalition("elsewhere"), Role.OWNER))
    for client, status in ((stranger, 404), (client_of(letter, Role.MODERATOR), 403)):
        answer = client.post(page_of(letter), {"max_pages": "20", **SOURCE})
        assert answer.status_code == status
    assert not RuleOverride.objects.exists()


def test_the_deadline_stands_on_the_letter_s_pages(letter: Letter, office: Office) -> None:
    office.deadline_at = timezone.now() + timedelta(days=3, minutes=1)
    office.save(update_fields=["deadline_at"])
    client = client_of(letter, Role.VIEWER)
    for name in ("letter_dashboard", "delivery_list"):
        page = client.get(reverse(name, args=[letter.slug])).content.decode()
        assert "closes in 3\xa0days" in page
        assert "Eastern Time" in page


@pytest.mark.parametrize(
    ("rule", "value"),
    [
        ("max_pages", "0"),
        ("max_files", "0"),
        ("max_total_bytes", "0"),
        ("max_file_bytes", str(10**12)),
        ("min_type_pt", "200"),
        ("min_type_pt", "-5"),
    ],
)
def test_numbers_that_no_office_means_are_slips(
    letter: Letter, office: Office, rule: str, value: str
) -> None:
    answer = client_of(letter).post(page_of(letter), {rule: value, **SOURCE})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [rule]
    assert not RuleOverride.objects.exists()
