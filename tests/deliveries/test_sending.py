from __future__ import annotations

import errno
import os
import smtplib
import threading
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from deliveries.models import Delivery, DeliveryStatus, Dispatch, DispatchStatus
from deliveries.services.inspect_delivery import preflight
from deliveries.services.mail_dispatch import mail_dispatch, mark_uncertain
from deliveries.services.send_delivery import (
    AlreadySent,
    NoAddress,
    NotMeasured,
    NotReady,
    Unmet,
    resolve_dispatch,
    send_delivery,
)
from letters.models import Letter, Office, Role
from signatories.models import Signature, Status
from tests.builders import a_letter, a_member, a_signature
from tests.deliveries.builders import a_delivery, an_office, made_ready
from tests.deliveries.mailroom import Mailroom, free_port


def a_ready_delivery(letter: Letter, office: Office | None = None) -> Delivery:
    a_signature(letter, consent_government=True)
    return made_ready(a_delivery(letter, office))


def sender(delivery: Delivery) -> Any:
    return a_member(delivery.letter.coalition, Role.OWNER)


def test_the_office_gets_one_mail_with_the_files(letter: Letter, mailroom: Mailroom) -> None:
    Letter.objects.update(privacy_contact="privacy@songs.example")
    letter.refresh_from_db()
    delivery = a_ready_delivery(letter)
    dispatch = send_delivery(delivery=delivery, actor=sender(delivery))

    assert mail_dispatch(dispatch_id=dispatch.pk) == DispatchStatus.SENT
    assert mail_dispatch(dispatch_id=dispatch.pk) is None

    mail = message_from_bytes(mailroom.taken[0], policy=policy.default)
    dispatch.refresh_from_db()
    delivery.refresh_from_db()
    assert len(mailroom.taken) == 1
    assert mail["To"] == "comments@office.example"
    assert mail["Subject"] == "Paper Plan: A letter about paper"
    assert mail["Message-ID"] == dispatch.message_id
    assert mail["Reply-To"] == "privacy@songs.example"
    assert [part.get_filename() for part in mail.iter_attachments()] == [
        "makers-a-letter-delivery-1-letter.pdf",
        "makers-a-letter-delivery-1-roll.pdf",
    ]
    assert next(mail.iter_attachments()).get_content() == b"%PDF-1.7 letter.pdf"
    body = mail.get_body(("plain",))
    assert body is not None
    assert "approved for public dissemination" in body.get_content()
    assert dispatch.server_reply == "250 2.0.0 queued as 42"
    assert delivery.status == DeliveryStatus.SENT
    with pytest.raises(AlreadySent):
        send_delivery(delivery=delivery, actor=delivery.created_by)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("answer", "after"),
    [("451 busy", DispatchStatus.QUEUED), ("554 no thanks", DispatchStatus.FAILED)],
)
def test_a_refusal_waits_or_fails(
    letter: Letter, mailroom: Mailroom, answer: str, after: DispatchStatus
) -> None:
    delivery = a_ready_delivery(letter)
    dispatch = send_delivery(delivery=delivery, actor=sender(delivery))
    mailroom.answer = answer
    assert mail_dispatch(dispatch_id=dispatch.pk) == after
    dispatch.refresh_from_db()
    assert dispatch.server_reply == answer
    assert mail_dispatch(dispatch_id=dispatch.pk) is None
    if after == DispatchStatus.QUEUED:
        assert dispatch.due_at > timezone.now() + timedelta(seconds=50)
        Dispatch.objects.update(due_at=timezone.now())
        mailroom.answer = "250 ok"
        assert mail_dispatch(dispatch_id=dispatch.pk) == DispatchStatus.SENT
        assert len(mailroom.taken) == 1


def test_an_answer_that_is_none_is_uncertain(letter: Letter, mailroom: Mailroom) -> None:
    delivery = a_ready_delivery(letter)
    dispatch = send_delivery(delivery=delivery, actor=sender(delivery))
    mailroom.answer = "Okay then"
    assert mail_dispatch(dispatch_id=dispatch.pk) == DispatchStatus.UNCERTAIN


def test_a_farewell_that_goes_wrong_changes_nothing(
    letter: Letter, mailroom: Mailroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    def burst(self: smtplib.SMTP) -> None:
        self.close()
        raise smtplib.SMTPResponseException(500, "Line too long.")

    monkeypatch.setattr(smtplib.SMTP, "quit", burst)
    delivery = a_ready_delivery(letter)
    dispatch = send_delivery(delivery=delivery, actor=sender(delivery))
    mailroom.answer = "250 ok\0"
    assert mail_dispatch(dispatch_id=dispatch.pk) == DispatchStatus.SENT


def test_an_address_in_another_script_is_written_as_servers_know_it(
    letter: Letter, mailroom: Mailroom
) -> None:
    delivery = a_ready_delivery(letter, an_office(email="post@bücher.example"))
    dispatch = send_delivery(delivery=delivery, actor=sender(delivery))
    assert mail_dispatch(dispatch_id=dispatch.pk) == DispatchStatus.SENT
    assert mailroom.recipients == ["post@xn--bcher-kva.example"]


def test_no_server_waits(letter: Letter, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    delivery = a_ready_delivery(letter)
    dispatch = send_delivery(delivery=delivery, actor=sender(delivery))
    assert mail_dispatch(dispatch_id=dispatch.pk) == DispatchStatus.QUEUED


def test_no_answer_is_uncertain_and_a_person_decides(letter: Letter, mailroom: Mailroom) -> None:
    delivery = a_ready_delivery(letter)
    actor = sender(delivery)
    dispatch = send_delivery(delivery=delivery, actor=actor)
    mailroom.hang_up = True
    assert mail_dispatch(dispatch_id=dispatch.pk) == DispatchStatus.UNCERTAIN
    assert mail_dispatch(dispatch_id=dispatch.pk) is None
    with pytest.raises(AlreadySent):
        send_delivery(delivery=delivery, actor=actor)

    assert resolve_dispatch(dispatch=dispatch, went=False, actor=actor)
    assert not resolve_dispatch(dispatch=dispatch, went=True, actor=actor)
    again = send_delivery(delivery=delivery, actor=actor)
    mailroom.hang_up = False
    assert mail_dispatch(dispatch_id=again.pk) == DispatchStatus.SENT


def test_a_worker_that_died_while_sending_leaves_it_uncertain(letter: Letter) -> None:
    delivery = a_ready_delivery(letter)
    actor = sender(delivery)
    dispatch = send_delivery(delivery=delivery, actor=actor)
    Dispatch.objects.update(status=DispatchStatus.SENDING, started_at=timezone.now())
    assert mark_uncertain() == 0
    Dispatch.objects.update(started_at=timezone.now() - timedelta(minutes=2))
    assert mark_uncertain() == 1
    assert mail_dispatch(dispatch_id=dispatch.pk) is None
    assert resolve_dispatch(dispatch=dispatch, went=True, actor=actor)
    delivery.refresh_from_db()
    assert delivery.status == DeliveryStatus.SENT


def test_an_office_without_an_address_gets_no_mail(letter: Letter) -> None:
    delivery = a_ready_delivery(letter, an_office(email="", channel="upload"))
    with pytest.raises(NoAddress):
        send_delivery(delivery=delivery, actor=sender(delivery))
    assert not Dispatch.objects.exists()


def test_a_rule_that_is_not_met_stops_the_mail(letter: Letter) -> None:
    delivery = a_ready_delivery(letter, an_office(formats="DOCX"))
    with pytest.raises(Unmet) as unmet:
        send_delivery(delivery=delivery, actor=sender(delivery))
    assert [finding.rule for finding in unmet.value.findings] == ["File format"]
    assert not Dispatch.objects.exists()


def test_what_is_not_measured_yet_is_not_sent(letter: Letter) -> None:
    delivery = a_ready_delivery(letter)
    delivery.files.filter(name="roll.pdf").update(facts=None)
    with pytest.raises(NotMeasured):
        send_delivery(delivery=delivery, actor=sender(delivery))


def test_a_file_that_changed_on_the_disk_does_not_leave(letter: Letter, mailroom: Mailroom) -> None:
    delivery = a_ready_delivery(letter)
    dispatch = send_delivery(delivery=delivery, actor=sender(delivery))
    (delivery.folder / "roll.pdf").write_bytes(b"%PDF-1.7 another")
    assert mail_dispatch(dispatch_id=dispatch.pk) == DispatchStatus.FAILED
    dispatch.refresh_from_db()
    assert dispatch.server_reply == "roll.pdf was changed on the disk"
    assert mailroom.taken == []


def test_a_disk_that_cannot_be_read_leaves_the_mail_waiting(
    letter: Letter, mailroom: Mailroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    def burst(path: Path) -> bytes:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    delivery = a_ready_delivery(letter)
    dispatch = send_delivery(delivery=delivery, actor=sender(delivery))
    monkeypatch.setattr(Path, "read_bytes", burst)
    assert mail_dispatch(dispatch_id=dispatch.pk) == DispatchStatus.QUEUED
    dispatch.refresh_from_db()
    assert dispatch.server_reply == "letter.pdf: Input/output error"


def test_an_unfinished_delivery_is_not_sent(letter: Letter) -> None:
    a_signature(letter, consent_government=True)
    delivery = a_delivery(letter)
    with pytest.raises(NotReady):
        send_delivery(delivery=delivery, actor=sender(delivery))


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_workers_send_once(mailroom: Mailroom) -> None:
    delivery = a_ready_delivery(a_letter())
    dispatch = send_delivery(delivery=delivery, actor=sender(delivery))
    mailroom.wait = 0.3
    start = threading.Barrier(3)
    outcomes: list[DispatchStatus | None] = []

    def work() -> None:
        start.wait()
        outcomes.append(mail_dispatch(dispatch_id=dispatch.pk))
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes, key=str) == [None, None, DispatchStatus.SENT]
    assert len(mailroom.taken) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"consent_government": False},
        {"show_name": False},
        {"status": Status.REJECTED, "rejection_reason": "impostor"},
    ],
)
def test_who_is_not_to_be_named_any_more_stops_the_mail(
    letter: Letter, mailroom: Mailroom, change: dict[str, Any]
) -> None:
    delivery = a_ready_delivery(letter)
    actor = sender(delivery)
    dispatch = send_delivery(delivery=delivery, actor=actor)
    Signature.objects.update(**change)
    assert mail_dispatch(dispatch_id=dispatch.pk) == DispatchStatus.STOPPED
    assert mailroom.taken == []
    with pytest.raises(Unmet) as unmet:
        send_delivery(delivery=delivery, actor=actor)
    [finding] = unmet.value.findings
    assert (finding.found[:7], finding.mend[:16]) == ("1 entry", "Freeze a new del")


def test_who_withdraws_after_the_mail_changes_nothing_of_it(
    letter: Letter, mailroom: Mailroom
) -> None:
    delivery = a_ready_delivery(letter)
    dispatch = send_delivery(delivery=delivery, actor=sender(delivery))
    mail_dispatch(dispatch_id=dispatch.pk)
    Signature.objects.update(consent_government=False)
    delivery.refresh_from_db()
    assert "Everybody named still agrees to it" not in [
        finding.rule for finding in preflight(delivery) or []
    ]
