"""Copies that cannot be made again without erased people: tried for ever, and never in silence."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from coalition.running import examination
from coalition.running.findings import Level
from deliveries.models import Delivery
from deliveries.print.child import PrintFailed
from deliveries.services import redact_delivery as redaction
from deliveries.services.mail_dispatch import mail_dispatch
from deliveries.services.redact_delivery import (
    due_redactions,
    overdue_redactions,
    redact_delivery,
)
from deliveries.services.send_delivery import send_delivery
from letters.models import Role
from tests.builders import a_member, an_operator
from tests.deliveries.builders import address, client_of, erase
from tests.deliveries.mailroom import Mailroom


@pytest.fixture
def erased(ready: Delivery, monkeypatch: pytest.MonkeyPatch) -> Delivery:
    """Somebody on its roll is erased, and the disk has no room for other files."""

    def full(*args: Any) -> None:
        raise PrintFailed("No space left on device")

    monkeypatch.setattr(redaction, "print_piece", full)
    erase(ready)
    return ready


def page_of(delivery: Delivery) -> str:
    return client_of(delivery.created_by).get(address("delivery_detail", delivery)).content.decode()


def test_the_page_says_since_when_and_why_until_it_is_done(
    erased: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "still name somebody whose data is erased" in page_of(erased)
    assert not redact_delivery(delivery_id=erased.pk)
    assert due_redactions().get().due_since == erased.entries.get().erased_at
    assert "No space left on device" in page_of(erased)
    monkeypatch.setattr(redaction, "print_piece", lambda piece: None)
    monkeypatch.setattr(redaction, "_replace_files", lambda *_: [])
    assert redact_delivery(delivery_id=erased.pk)
    erased.refresh_from_db()
    assert erased.redaction_error == ""
    assert "still name somebody" not in page_of(erased)


def test_operators_hear_of_it_after_a_day(erased: Delivery) -> None:
    redact_delivery(delivery_id=erased.pk)
    assert not overdue_redactions().exists()
    assert examination.erasures().level == Level.OK
    operator = Client()
    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1)):
        operator.force_login(an_operator())
        page = operator.get("/operate/").content.decode()
        finding = examination.erasures()
    assert "still name people whose data is erased" in page
    assert "No space left on device" in page
    assert finding.level == Level.WARNING
    assert "No space left on device" in finding.text
    assert "whose data is erased" not in operator.get("/operate/").content.decode()


def test_a_mail_that_names_somebody_erased_is_not_given_out(
    ready: Delivery, mailroom: Mailroom
) -> None:
    owner = a_member(ready.letter.coalition, Role.OWNER)
    dispatch = send_delivery(delivery=ready, actor=owner)
    mail_dispatch(dispatch_id=dispatch.pk)
    dispatch.refresh_from_db()
    sent = re.sub("dispatches/1/", f"dispatches/{dispatch.pk}/", address("dispatch_message", ready))
    client = client_of(owner)
    assert client.get(sent)["Content-Type"] == "message/rfc822"
    erase(ready)
    for url in (sent, address("delivery_draft", ready)):
        answer = client.get(url)
        assert answer.status_code == 410
        page = answer.content.decode()
        assert "1 person or organisation named in its files" in page
        for file in ready.files.for_office():
            assert file.sha256 in page
    assert dispatch.message_sha256 in client.get(sent).content.decode()
