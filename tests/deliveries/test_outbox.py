"""The record of a mail: stopped, overtaken, built again byte for byte."""

from __future__ import annotations

import hashlib
import threading
from email import message_from_bytes, policy
from typing import Any

import pytest
from django.db import connection

from deliveries.models import Delivery, Dispatch, DispatchStatus
from deliveries.services.mail_dispatch import mail_dispatch
from deliveries.services.send_delivery import (
    AlreadySent,
    Overtaken,
    send_delivery,
    stop_dispatch,
)
from letters.models import Role
from tests.builders import a_letter, a_member, a_signature
from tests.deliveries.builders import a_delivery, address, an_office, client_of, made_ready
from tests.deliveries.mailroom import Mailroom
from verification.models import Action, AuditEntry


def owner(delivery: Delivery) -> Any:
    return a_member(delivery.letter.coalition, Role.OWNER)


def page_of(name: str, dispatch: Dispatch) -> str:
    return address(name, dispatch.delivery).replace("dispatches/1/", f"dispatches/{dispatch.pk}/")


def test_a_mail_in_the_outbox_can_be_stopped(ready: Delivery, mailroom: Mailroom) -> None:
    actor = owner(ready)
    dispatch = send_delivery(delivery=ready, actor=actor)
    client = client_of(actor)
    assert "Stop the sending" in client.get(address("delivery_detail", ready)).content.decode()
    assert client.post(page_of("dispatch_stop", dispatch)).status_code == 303
    assert mail_dispatch(dispatch_id=dispatch.pk) is None
    assert not stop_dispatch(dispatch=dispatch, actor=actor)
    again = send_delivery(delivery=ready, actor=actor)
    assert mail_dispatch(dispatch_id=again.pk) == DispatchStatus.SENT
    assert len(mailroom.taken) == 1
    actions = [entry.action for entry in AuditEntry.objects.order_by("id")]
    assert actions == [
        Action.FREEZE,
        Action.SEND_DELIVERY,
        Action.STOP_DELIVERY,
        Action.SEND_DELIVERY,
    ]


def test_the_mail_is_built_again_as_it_was_sent(ready: Delivery, mailroom: Mailroom) -> None:
    actor = owner(ready)
    dispatch = send_delivery(delivery=ready, actor=actor)
    mail_dispatch(dispatch_id=dispatch.pk)
    dispatch.refresh_from_db()
    client = client_of(actor)
    answer = client.get(page_of("dispatch_message", dispatch))
    assert answer["Content-Type"] == "message/rfc822"
    assert hashlib.sha256(answer.content).hexdigest() == dispatch.message_sha256
    assert mailroom.taken[0].rstrip() == answer.content.rstrip()
    (ready.folder / "roll.pdf").write_bytes(b"%PDF-1.7 another")
    answer = client.get(page_of("dispatch_message", dispatch))
    assert answer.status_code == 410
    assert "a file or a setting has changed since" in answer.content.decode()
    assert dispatch.message_sha256 in answer.content.decode()


def test_the_draft_is_the_complete_mail(ready: Delivery) -> None:
    answer = client_of(owner(ready)).get(address("delivery_draft", ready))
    draft = message_from_bytes(answer.content, policy=policy.default)
    assert (draft["To"], draft["X-Unsent"]) == ("comments@office.example", "1")
    assert len(list(draft.iter_attachments())) == 2
    assert not Dispatch.objects.exists()


def test_an_office_gets_no_delivery_that_does_not_know_of_the_one_before(
    ready: Delivery, mailroom: Mailroom
) -> None:
    """Two people who press “freeze” at once make two deliveries of the same roll."""
    twin = made_ready(a_delivery(ready.letter, ready.office))
    actor = owner(ready)
    dispatch = send_delivery(delivery=twin, actor=actor)
    for _ in range(2):
        with pytest.raises(Overtaken):
            send_delivery(delivery=ready, actor=actor)
        mail_dispatch(dispatch_id=dispatch.pk)
    answer = client_of(actor).get(address("delivery_send", ready), follow=True)
    assert "Delivery 2 went to this office" in answer.content.decode()
    later = made_ready(a_delivery(ready.letter, ready.office))
    assert later.since == twin
    send_delivery(delivery=later, actor=actor)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_people_who_press_deliver_at_once_send_one_mail() -> None:
    """Of twins as well, which two who froze at once have made: one goes to the office."""
    letter = a_letter()
    a_signature(letter, consent_government=True)
    office = an_office()
    twins = [made_ready(a_delivery(letter, office)) for _ in range(2)]
    actor = owner(twins[0])
    start = threading.Barrier(5)
    refused: list[Exception] = []

    def press(number: int) -> None:
        start.wait()
        try:
            send_delivery(delivery=twins[number % 2], actor=actor)
        except (AlreadySent, Overtaken) as error:
            refused.append(error)
        connection.close()

    threads = [threading.Thread(target=press, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    start.wait()
    for thread in threads:
        thread.join()
    assert len(refused) == 3
    assert Dispatch.objects.count() == 1
