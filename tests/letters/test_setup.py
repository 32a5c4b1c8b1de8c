"""Settings and schedule of a letter."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine

from letters.models import Letter, User
from tests.builders import a_letter
from tests.letters.conftest import an_office, client_of
from verification.models import AuditEntry

pytestmark = pytest.mark.django_db
SETTINGS = "/organise/letters/a-letter/settings/"
SCHEDULE = "/organise/letters/a-letter/schedule/"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def letter(coalition: object) -> Letter:
    return a_letter()


def test_settings_are_saved_and_logged(letter: Letter, editor: User) -> None:
    office = an_office()
    client = client_of(editor)
    assert client.get(SETTINGS).status_code == 200
    data = {
        "offices": [office.pk],
        "goal": "5000",
        "fields_asked": ["comment", "country"],
        "review_policy": "hold",
        "privacy_contact": "privacy@makers.example",
    }
    assert client.post(SETTINGS, data).status_code == 303
    letter.refresh_from_db()
    assert list(letter.offices.all()) == [office]
    assert (letter.goal, letter.fields) == (5000, ["country", "comment"])
    assert (letter.review_policy, letter.organisations_may_sign) == ("hold", False)
    entry = AuditEntry.objects.get(letter=letter)
    assert (entry.action, entry.before["goal"], entry.after["goal"]) == ("settings", None, 5000)
    client.post(SETTINGS, data)
    assert AuditEntry.objects.filter(letter=letter).count() == 1


@pytest.mark.parametrize(
    "change", [{"goal": "0"}, {"goal": "x"}, {"review_policy": ""}, {"privacy_contact": "nobody"}]
)
def test_settings_that_are_wrong_change_nothing(
    letter: Letter, editor: User, change: dict[str, str]
) -> None:
    answer = client_of(editor).post(SETTINGS, {"review_policy": "hold", **change})
    assert answer.status_code == 422
    letter.refresh_from_db()
    assert letter.review_policy == "publish"


@time_machine.travel(NOW, tick=False)
def test_times_are_of_the_zone_that_is_named(letter: Letter, editor: User) -> None:
    client = client_of(editor)
    data = {
        "time_zone": "America/Los_Angeles",
        "opens_at": "2026-12-01T09:00",
        "closes_at": "2026-12-24T18:30:15",
    }
    assert client.post(SCHEDULE, data).status_code == 303
    letter.refresh_from_db()
    assert letter.opens_at == datetime(2026, 12, 1, 17, tzinfo=UTC)
    assert letter.closes_at == datetime(2026, 12, 25, 2, 30, 15, tzinfo=UTC)
    page = client.get(SCHEDULE).content.decode()
    assert 'value="2026-12-01T09:00:00"' in page
    assert "America/Los_Angeles" in client.get(SETTINGS).content.decode()
    assert AuditEntry.objects.get().action == "schedule"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"opens_at": "2026-11-22T11:59"}, "This time has passed."),
        ({"closes_at": "2020-01-01T00:00"}, "This time has passed."),
        (
            {"opens_at": "2026-12-02T00:00", "closes_at": "2026-12-01T00:00"},
            "It would close before it opens.",
        ),
        (
            {"time_zone": "Europe/Paris", "opens_at": "2027-03-28T02:30"},
            "The clocks skip this hour",
        ),
        ({"time_zone": "Mars/Base"}, "not one of the available choices"),
        ({"opens_at": "tomorrow"}, "valid date/time"),
        (
            {"time_zone": "America/New_York", "closes_at": "9999-12-31T23:59:59"},
            "a year from 1900 to 2199",
        ),
        ({"time_zone": "Asia/Tokyo", "opens_at": "0001-01-01T00:00"}, "a year from 1900 to 2199"),
    ],
)
@time_machine.travel(NOW, tick=False)
def test_schedule_that_cannot_be_is_refused_kindly(
    letter: Letter, editor: User, change: dict[str, str], said: str
) -> None:
    data = {"time_zone": "UTC", "opens_at": "", "closes_at": "", **change}
    answer = client_of(editor).post(SCHEDULE, data)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    letter.refresh_from_db()
    assert (letter.opens_at, letter.closes_at) == (None, None)


@time_machine.travel(NOW, tick=False)
def test_times_that_have_passed_by_now_may_stay(letter: Letter, editor: User) -> None:
    Letter.objects.update(opens_at=datetime(2026, 11, 1, 9, tzinfo=UTC))
    data = {"time_zone": "UTC", "opens_at": "2026-11-01T09:00", "closes_at": "2026-12-01T09:00"}
    assert client_of(editor).post(SCHEDULE, data).status_code == 303
