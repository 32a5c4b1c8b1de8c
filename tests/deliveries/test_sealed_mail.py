"""The mail to an office takes the sealed copies, as long as that costs it nothing."""

from __future__ import annotations

import hashlib
from email import message_from_bytes, policy
from typing import Any

import pytest

from deliveries.models import Delivery, DispatchStatus, Seal, SealStatus
from deliveries.services.mail_dispatch import mail_dispatch
from deliveries.services.office_mail import plan_mail
from deliveries.services.seal_delivery import seal_delivery
from deliveries.services.send_delivery import send_delivery
from letters.models import Letter, Role
from tests.builders import a_member, a_signature
from tests.deliveries.builders import (
    a_delivery,
    address,
    an_office,
    client_of,
    erase,
    made_ready,
    sealed,
)
from tests.deliveries.mailroom import Mailroom


def names(plan: Any) -> list[str]:
    return [file.name for file in plan.attached]


def test_the_office_gets_the_sealed_copies(to_seal: Delivery, mailroom: Mailroom) -> None:
    client = client_of(to_seal.created_by)
    page = client.get(address("delivery_send", to_seal)).content.decode()
    assert "sealed copies are not ready yet" in page
    assert seal_delivery(delivery_id=to_seal.pk)
    page = client.get(address("delivery_send", to_seal)).content.decode()
    for part in ("letter-sealed.pdf", "The sealed copies go", "self-signed"):
        assert part in page
    dispatch = send_delivery(delivery=to_seal, actor=to_seal.created_by)  # type: ignore[arg-type]
    assert mail_dispatch(dispatch_id=dispatch.pk) == DispatchStatus.SENT
    mail = message_from_bytes(mailroom.taken[0], policy=policy.default)
    got = {part.get_filename(): part.get_content() for part in mail.iter_attachments()}
    assert list(got) == [
        "makers-a-letter-delivery-1-letter-sealed.pdf",
        "makers-a-letter-delivery-1-roll-sealed.pdf",
    ]
    copies = list(to_seal.files.sealed_for_office())
    assert len(copies) == 2
    for copy in copies:
        content = got[copy.outside_name]
        assert hashlib.sha256(content).hexdigest() == copy.sha256
        assert content.startswith(copy.seals.path.read_bytes())  # type: ignore[union-attr]
    body = mail.get_body(("plain",))
    assert body is not None
    assert "The files are sealed" in body.get_content()
    again = address("dispatch_message", to_seal).replace("/1/m", f"/{dispatch.pk}/m")
    assert client.get(again)["Content-Type"] == "message/rfc822", "built again byte for byte"
    erase(to_seal)
    gone = client.get(again).content.decode()
    assert all(copy.sha256 in gone for copy in copies)


def test_a_mail_in_the_outbox_does_not_change_when_the_seal_comes(
    ready: Delivery, mailroom: Mailroom
) -> None:
    """Sending waits for no time stamp authority, and what was begun is what arrives."""
    dispatch = send_delivery(delivery=ready, actor=a_member(ready.letter.coalition, Role.OWNER))
    assert not dispatch.sends_sealed
    sealed(ready)
    assert mail_dispatch(dispatch_id=dispatch.pk) == DispatchStatus.SENT
    mail = message_from_bytes(mailroom.taken[0], policy=policy.default)
    assert not any("sealed" in str(part.get_filename()) for part in mail.iter_attachments())


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ({}, ["letter-sealed.pdf", "roll-sealed.pdf"]),
        ({"max_files": 1}, ["letter-sealed.pdf"]),
        # A sealed copy of 2,000 bytes has 8,000.
        ({"max_file_bytes": 7999}, ["letter.pdf", "roll.pdf"]),
        ({"max_total_bytes": 18_000}, ["letter.pdf", "roll.pdf"]),
    ],
)
def test_a_seal_makes_no_file_a_link(
    letter: Letter, rules: dict[str, Any], expected: list[str]
) -> None:
    a_signature(letter, consent_government=True)
    delivery = sealed(made_ready(a_delivery(letter, an_office(**rules))))
    assert names(plan_mail(delivery, sealed=True)) == expected
    assert not any("sealed" in name for name in names(plan_mail(delivery)))
    dispatch = send_delivery(delivery=delivery, actor=a_member(letter.coalition, Role.OWNER))
    assert dispatch.sends_sealed == ("letter-sealed.pdf" in expected), "and says which it takes"
    assert [file.name for file in delivery.files.for_link()] == [
        *("letter.pdf", "roll.pdf", "letter-sealed.pdf", "roll-sealed.pdf"),
    ]


def test_a_failed_seal_keeps_no_mail_back(ready: Delivery) -> None:
    sealed(ready)
    ready.files.filter(seals__isnull=False).delete()
    Seal.objects.update(status=SealStatus.FAILED, sealed_at=None, fault="broken")
    assert names(plan_mail(ready, sealed=True)) == ["letter.pdf", "roll.pdf"]
