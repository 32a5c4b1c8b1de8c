"""Files that cannot be read back: tried a few times, then said with the mend, never for ever."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from deliveries.models import Delivery, DossierFile
from deliveries.models.file import MOST_READINGS
from deliveries.preflight.findings import Outcome
from deliveries.print.child import PrintFailed
from deliveries.services import inspect_delivery as inspection
from deliveries.services.inspect_delivery import ENDED, inspect_delivery, preflight
from deliveries.services.resume_deliveries import resume_deliveries
from deliveries.services.send_delivery import Unmet, check_sendable
from letters.models import Role
from tests.builders import a_member
from tests.deliveries.builders import GOOD_FACTS, address, client_of
from verification.models import Action, AuditEntry


@pytest.fixture
def damaged(ready: Delivery) -> Delivery:
    """Its roll is not measured, and begins like a PDF without being one."""
    of_roll = ready.files.filter(name="roll.pdf")
    of_roll.update(facts=None, created_at=timezone.now() - timedelta(hours=1))
    return ready


def roll_of(delivery: Delivery) -> DossierFile:
    return delivery.files.get(name="roll.pdf")


def asked_for(queued: list[Any], run: Any) -> bool:
    """Whether beat has it read again."""
    queued.clear()
    with run(execute=True):
        resume_deliveries()
    return any(task == "render_preflight" for task, _ in queued)


def test_a_damaged_file_is_read_a_few_times_and_then_left_to_people(
    damaged: Delivery, queued: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    assert asked_for(queued, django_capture_on_commit_callbacks)
    waits = []
    for number in range(1, MOST_READINGS + 1):
        started = timezone.now()
        assert not inspect_delivery(delivery_id=damaged.pk)
        roll = roll_of(damaged)
        assert roll.readings == number
        assert roll.read_again_at is not None
        waits.append(round((roll.read_again_at - started).total_seconds()))
        assert not asked_for(queued, django_capture_on_commit_callbacks), "not before its time"
        damaged.files.update(read_again_at=timezone.now())
    assert waits == [30, 120, 480, 1920]
    assert not asked_for(queued, django_capture_on_commit_callbacks)
    assert not inspect_delivery(delivery_id=damaged.pk)
    assert roll_of(damaged).is_given_up

    found = {finding.rule: finding for finding in preflight(damaged) or []}
    unread = found["roll.pdf can be read back"]
    assert unread.outcome == Outcome.FAILED
    assert unread.found.startswith("PdfError: roll.pdf:"), "and not where on the disk it lies"
    assert "Tried 4 times" in unread.mend
    assert found["What stands in the files"].outcome == Outcome.UNKNOWN
    assert found["The office has a mail address"].outcome == Outcome.PASSED
    with pytest.raises(Unmet):
        check_sendable(damaged)
    viewer = client_of(a_member(damaged.letter.coalition, Role.VIEWER))
    assert viewer.get(address("delivery_zip", damaged)).status_code == 200, "exporting goes on"
    page = viewer.get(address("delivery_detail", damaged)).content.decode()
    assert "freeze a new delivery" in page
    assert "This takes some seconds" not in page
    assert "Read the files again" not in page, "editors press it"


def test_a_file_that_kills_its_workers_is_given_up(damaged: Delivery) -> None:
    """They leave no word behind: the reading was counted before it began."""
    of_roll = damaged.files.filter(name="roll.pdf")
    of_roll.update(readings=1)
    assert preflight(damaged) is None
    of_roll.update(readings=MOST_READINGS - 1)
    inspection._begin(damaged.pk)
    assert roll_of(damaged).reading_error == ENDED
    assert roll_of(damaged).is_given_up


def test_after_the_mend_an_editor_has_it_read_again(
    damaged: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*args: Any) -> None:
        raise PrintFailed("the printing process ended with -9")

    def measured(delivery: Delivery, file: DossierFile) -> None:
        file.facts = GOOD_FACTS
        file.save(update_fields=["facts"])

    editor = client_of(damaged.created_by)
    monkeypatch.setattr(inspection, "_measure", killed)
    inspect_delivery(delivery_id=damaged.pk)
    page = editor.get(address("delivery_detail", damaged)).content.decode()
    for part in ("ended with -9", "tried again by itself", "Read the files again"):
        assert part in page
    assert editor.post(address("delivery_read_again", damaged)).status_code == 303
    entry = AuditEntry.objects.get(action=Action.READ_AGAIN)
    assert entry.after == {"delivery": damaged.number, "files": ["roll.pdf"]}
    assert preflight(damaged) is None
    assert "This takes some seconds" in (
        editor.get(address("delivery_detail", damaged)).content.decode()
    )
    monkeypatch.setattr(inspection, "_measure", measured)
    assert inspect_delivery(delivery_id=damaged.pk)
    check_sendable(damaged)
    assert editor.post(address("delivery_read_again", damaged)).status_code == 303
    assert AuditEntry.objects.filter(action=Action.READ_AGAIN).count() == 1
