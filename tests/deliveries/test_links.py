"""What is too large for a mail: the office gets a private link instead."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from deliveries.models import Delivery, Dispatch, DispatchStatus, DossierLink
from deliveries.services.mail_dispatch import mail_dispatch
from deliveries.services.send_delivery import send_delivery
from deliveries.services.use_link import revoke_link
from letters.models import Letter, Role
from letters.services.change_status import withdraw_letter
from tests.builders import a_member, a_signature
from tests.deliveries.builders import a_delivery, address, an_office, client_of, made_ready
from tests.deliveries.mailroom import Mailroom
from verification.models import Action, AuditEntry

LETTER, ROLL = (f"makers-a-letter-delivery-1-{name}.pdf" for name in ("letter", "roll"))


def sent(letter: Letter, *, padding: int = 0, **rules: Any) -> Dispatch:
    """Put into the outbox; each file has `padding` bytes more."""
    a_signature(letter, consent_government=True)
    delivery = made_ready(a_delivery(letter, an_office(**rules)), padding=padding)
    return send_delivery(delivery=delivery, actor=a_member(letter.coalition, Role.OWNER))


def mail(room: Mailroom) -> EmailMessage:
    return message_from_bytes(room.taken[-1], policy=policy.default)  # type: ignore[return-value]


def attached(found: EmailMessage) -> list[str | None]:
    return [part.get_filename() for part in found.iter_attachments()]


def path_in(found: EmailMessage) -> str:
    body = found.get_body(("plain",))
    assert body is not None
    words = body.get_content().split()
    [url] = [word for word in words if "/dossier/" in word]
    return "/dossier/" + url.partition("/dossier/")[2]


@pytest.mark.parametrize(
    "rules",
    [{"max_files": 1}, {"max_total_bytes": 36 * 78}, {"max_total_bytes": 2 * 36 * 78 - 1}],
)
def test_what_the_rules_leave_no_room_for_goes_as_a_link(
    letter: Letter, mailroom: Mailroom, rules: dict[str, int]
) -> None:
    dispatch = sent(letter, **rules)
    assert mail_dispatch(dispatch_id=dispatch.pk) == DispatchStatus.SENT
    assert attached(mail(mailroom)) == [LETTER]
    page = Client().get(path_in(mail(mailroom)))
    assert page.status_code == 200
    assert page["X-Robots-Tag"] == "noindex"
    assert page["Cache-Control"] == "no-store"
    assert not page.cookies
    for name in ("letter.pdf", "roll.pdf"):
        assert name in page.content.decode()


def test_all_that_fits_leaves_no_link(letter: Letter, mailroom: Mailroom) -> None:
    dispatch = sent(letter, max_total_bytes=2 * 36 * 78, max_files=2, max_file_bytes=2000)
    mail_dispatch(dispatch_id=dispatch.pk)
    assert attached(mail(mailroom)) == [LETTER, ROLL]
    assert not DossierLink.objects.exists()


@pytest.mark.parametrize(
    "reply", ["552 5.3.4 message too big", "552 too much", "554 5.2.3 exceeds the limit"]
)
def test_a_size_that_is_refused_goes_again_as_a_link(
    letter: Letter, mailroom: Mailroom, queued: list[tuple[str, int]], reply: str
) -> None:
    dispatch = sent(letter)
    mailroom.answer = reply
    queued.clear()
    assert mail_dispatch(dispatch_id=dispatch.pk) == DispatchStatus.QUEUED
    mailroom.answer = "250 ok"
    assert mail_dispatch(dispatch_id=dispatch.pk) == DispatchStatus.SENT
    assert attached(mail(mailroom)) == []
    dispatch.refresh_from_db()
    assert (dispatch.size_refusal, dispatch.server_reply) == (reply, "250 ok")
    assert len(mailroom.taken) == 1


def test_a_mail_that_is_refused_with_a_link_only_has_failed(
    letter: Letter, mailroom: Mailroom
) -> None:
    dispatch = sent(letter)
    mailroom.answer = "552 too big"
    assert mail_dispatch(dispatch_id=dispatch.pk) == DispatchStatus.QUEUED
    assert mail_dispatch(dispatch_id=dispatch.pk) == DispatchStatus.FAILED
    page = client_of(dispatch.created_by).get(address("delivery_detail", dispatch.delivery))
    assert "Hand the files over yourselves, or ask an operator" in page.content.decode()


def test_a_full_mailbox_is_not_a_size(letter: Letter, mailroom: Mailroom) -> None:
    dispatch = sent(letter)
    mailroom.answer = "552 5.2.2 mailbox full"
    assert mail_dispatch(dispatch_id=dispatch.pk) == DispatchStatus.FAILED


@pytest.mark.parametrize("mailroom", [100_000], indirect=True)
def test_the_size_that_the_server_names_is_kept_to(letter: Letter, mailroom: Mailroom) -> None:
    """Each file is 50 KB in a mail: one fits beside the words."""
    dispatch = sent(letter, padding=36_000)
    assert mail_dispatch(dispatch_id=dispatch.pk) == DispatchStatus.QUEUED
    assert mailroom.taken == []
    assert mail_dispatch(dispatch_id=dispatch.pk) == DispatchStatus.SENT
    assert attached(mail(mailroom)) == [LETTER]
    dispatch.refresh_from_db()
    assert dispatch.size_limit == 100_000
    assert dispatch.size_refusal.startswith("SIZE 100000")


@pytest.fixture
def link(letter: Letter, mailroom: Mailroom) -> DossierLink:
    dispatch = sent(letter, max_files=1)
    mail_dispatch(dispatch_id=dispatch.pk)
    return dispatch.link


def open_link(link: DossierLink, name: str = "") -> Any:
    return Client().get(f"/dossier/{link.token}/{name}")


def test_downloads_are_counted_and_looking_is_not(link: DossierLink) -> None:
    open_link(link)
    Client().head(f"/dossier/{link.token}/roll.pdf")
    answer = open_link(link, "roll.pdf")
    assert b"".join(answer.streaming_content).startswith(b"%PDF-1.7 roll.pdf")
    assert answer["X-Robots-Tag"] == "noindex"
    link.refresh_from_db()
    assert link.downloads == 1
    assert link.downloaded_at is not None
    for name in ("letter-public.pdf", "manifest.json", "nothing.pdf"):
        assert open_link(link, name).status_code == 404


@pytest.mark.parametrize("name", ["", "roll.pdf"])
def test_a_link_ends_by_its_date_or_by_a_word(link: DossierLink, name: str) -> None:
    DossierLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert open_link(link, name).status_code == 410
    DossierLink.objects.update(expires_at=timezone.now() + timedelta(days=1))
    assert open_link(link, name).status_code == 200
    actor = link.dispatch.created_by
    assert actor is not None
    assert revoke_link(link=link, actor=actor)
    assert not revoke_link(link=link, actor=actor)
    assert open_link(link, name).status_code == 410
    assert AuditEntry.objects.filter(action=Action.REVOKE_LINK).count() == 1


def test_nobody_guesses_a_link(link: DossierLink) -> None:
    forged = link.token[:-1] + ("A" if link.token[-1] != "A" else "B")
    for token in (forged, str(link.pk), f"{link.pk + 1}.{link.token.partition('.')[2]}", "x"):
        assert Client().get(f"/dossier/{token}/").status_code == 404
    assert Client().post(f"/dossier/{link.token}/").status_code == 405


def test_the_organisers_see_and_revoke_it(link: DossierLink) -> None:
    delivery = link.dispatch.delivery
    client = client_of(link.dispatch.created_by)
    assert "Revoke the link" in client.get(address("delivery_detail", delivery)).content.decode()
    where = address("link_revoke", delivery).replace("/1/revoke", f"/{link.dispatch_id}/revoke")
    assert client.post(where).status_code == 303
    assert open_link(link).status_code == 410


def test_a_letter_that_is_withdrawn_meanwhile_does_not_leave(
    letter: Letter, mailroom: Mailroom
) -> None:
    dispatch = sent(letter)
    actor = dispatch.created_by
    assert actor is not None
    withdraw_letter(letter=letter, actor=actor)
    assert mail_dispatch(dispatch_id=dispatch.pk) == DispatchStatus.STOPPED
    assert mailroom.taken == []
    page = client_of(actor).get(address("delivery_detail", dispatch.delivery)).content.decode()
    assert "The letter was withdrawn before the mail left." in page
    answer = client_of(actor).get(address("delivery_send", dispatch.delivery), follow=True)
    assert "This letter is withdrawn" in answer.content.decode()
    assert Delivery.objects.get().sent_at is None
