"""Promise 4: every personal field has a written reason and a retention time, enforced by code."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.apps import apps
from django.utils import timezone

from coalition.privacy import Policy, gaps, personal_fields_have_a_reason, written_policies
from coalition.retention import RULES, purge
from coalition.tasks import purge_personal_data
from letters.models import Letter, Session
from signatories.models import Signature, Status
from tests.builders import a_signature
from verification.models import SentMail


def test_every_field_of_every_table_has_a_reason_and_a_rule() -> None:
    models = list(apps.get_models(include_auto_created=True))
    assert gaps(written_policies(), models) == []
    assert personal_fields_have_a_reason() == []


def test_every_rule_is_written_and_every_written_rule_runs() -> None:
    assert set(written_policies()["Rules"].personal) == set(RULES)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda p: p.personal.pop("city"), "signatories.signature.city has no entry."),
        (
            lambda p: p.personal.update(city=("", "signature")),
            "signatories.signature.city has no reason or no known rule.",
        ),
        (
            lambda p: p.personal.update(city=("shown", "forever")),
            "signatories.signature.city has no reason or no known rule.",
        ),
        (
            lambda p: p.not_personal.add("shoe_size"),
            "signatories.signature.shoe_size does not exist.",
        ),
    ],
)
def test_a_field_without_a_reason_fails(change: object, said: str) -> None:
    policies = written_policies()
    assert callable(change)
    change(policies["signatories.signature"])
    assert gaps(policies, [*apps.get_models(include_auto_created=True)]) == [said]


def test_a_new_table_fails() -> None:
    models = [*apps.get_models(include_auto_created=True)]
    policies = written_policies()
    del policies["verification.sentmail"]
    assert gaps(policies, models)[0] == "verification.sentmail.email_digest has no entry."
    assert gaps({"a.ghost": Policy()}, []) == ["a.ghost does not exist."]


DAYS = {n: timezone.now() - timedelta(days=n) for n in (1, 2, 29, 31, 89, 91)}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "stays"),
    [
        ({"status": Status.UNCONFIRMED, "created_at": DAYS[29]}, True),
        ({"status": Status.UNCONFIRMED, "created_at": DAYS[31]}, False),
        ({"status": Status.REPEATED, "created_at": DAYS[31]}, False),
        # Asked for a new mail yesterday, or waits for its mail since: not lost.
        (
            {
                "status": Status.UNCONFIRMED,
                "created_at": DAYS[31],
                "confirmation_sent_at": DAYS[1],
            },
            True,
        ),
        (
            {"status": Status.UNCONFIRMED, "created_at": DAYS[31], "confirmation_sent_at": None},
            True,
        ),
        ({"status": Status.COUNTED, "created_at": DAYS[91]}, True),
        ({"status": Status.HELD, "created_at": DAYS[91]}, True),
        ({"status": Status.WITHDRAWN, "created_at": DAYS[91]}, True),
        ({"status": Status.REJECTED, "created_at": DAYS[91]}, True),
    ],
)
def test_what_nobody_confirmed_goes_after_30_days(
    letter: Letter, fields: dict[str, object], stays: bool
) -> None:
    row = a_signature(letter, **{"confirmation_sent_at": DAYS[31], **fields})  # type: ignore[arg-type]
    purge(timezone.now())
    assert Signature.objects.filter(pk=row.pk).exists() is stays


@pytest.mark.django_db
def test_networks_are_forgotten_after_90_days(letter: Letter) -> None:
    old = a_signature(letter, "Old Row", network_digest=b"n" * 32, created_at=DAYS[91])
    new = a_signature(letter, "New Row", network_digest=b"n" * 32, created_at=DAYS[89])
    assert purge(timezone.now())["network"] == 1
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.network_digest, bytes(new.network_digest or b"")) == (None, b"n" * 32)


@pytest.mark.django_db
def test_mail_notes_and_sessions_end(letter: Letter) -> None:
    SentMail.objects.create(letter=letter, email_digest=b"e" * 32, sent_at=DAYS[2])
    SentMail.objects.create(letter=letter, email_digest=b"e" * 32)
    Session.objects.create(session_key="a" * 32, session_data="x", expire_date=DAYS[1])
    ended = purge_personal_data()
    assert (ended["mail"], ended["session"]) == (1, 1)
    assert (SentMail.objects.count(), Session.objects.count()) == (1, 0)


@pytest.mark.django_db
def test_a_long_list_ends_in_batches(letter: Letter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coalition.retention.BATCH", 2)
    for n in range(5):
        a_signature(letter, f"Row {'x' * n}", network_digest=b"n" * 32, created_at=DAYS[91])
    assert purge(timezone.now())["network"] == 5


def test_beat_calls_the_purge(settings: object) -> None:
    from coalition.settings import CELERY_BEAT_SCHEDULE

    assert purge_personal_data.name in {job["task"] for job in CELERY_BEAT_SCHEDULE.values()}
