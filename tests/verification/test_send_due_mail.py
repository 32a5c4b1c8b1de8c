from __future__ import annotations

import re
import smtplib
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from common.postbox import MayHaveGone
from letters.models import Letter
from signatories.models import Signature, Status
from tests.builders import a_letter, a_signature, an_editor, sign_data
from verification.models import SentMail
from verification.services import limit_mail
from verification.services.confirm_signature import confirm_signature
from verification.services.drain_outbox import MAX_ATTEMPTS
from verification.services.invite import Invitee, invite
from verification.services.limit_mail import AN_HOUR
from verification.services.send_due_invitations import send_due_invitations
from verification.services.send_due_mail import send_due_mail

pytestmark = pytest.mark.django_db


def due(letter: Letter, name: str = "Ada Example", **fields: Any) -> Signature:
    return a_signature(
        letter, name, status=Status.UNCONFIRMED, **{"confirmation_sent_at": None, **fields}
    )


def test_mail_has_the_link_both_parts_and_no_tracking(letter: Letter) -> None:
    row = due(letter)
    assert send_due_mail() == 1
    message = mail.outbox[0]
    html = message.alternatives[0][0]
    assert message.to == ["ada.example@mail.example"]
    assert message.subject == "Confirm your signature: A letter about paper"
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"
    for part in (message.body, html):
        assert len(re.findall(r"http://localhost:8000/confirm/[\w.-]+/", part)) == 1
        assert "You are signing version 1, in English." in part
    assert "<img" not in html
    assert "src=" not in html
    row.refresh_from_db()
    assert row.confirmation_sent_at is not None


def test_mail_speaks_the_signatorys_language(letter: Letter) -> None:
    due(letter, language="ar")
    send_due_mail()
    assert 'dir="rtl"' in mail.outbox[0].alternatives[0][0]
    assert "رسالة عن الورق" in mail.outbox[0].subject


def test_nothing_due_sends_nothing(letter: Letter) -> None:
    a_signature(letter, status=Status.UNCONFIRMED)
    due(letter, "Later", confirmation_due_at=timezone.now() + timedelta(hours=1))
    assert send_due_mail() == 0
    assert mail.outbox == []


def test_address_that_signed_gets_a_mail_that_says_so(
    browser_client: Client, letter: Letter
) -> None:
    kept = a_signature(letter, "Ada Example", email="ada@mail.example")
    browser_client.post(f"/letters/{letter.slug}/sign/", sign_data(letter, name="Ada Again"))
    send_due_mail()
    message = mail.outbox[0]
    assert message.subject == "You have signed already: A letter about paper"
    assert "/manage/" in message.body
    assert "/confirm/" not in message.body
    assert Signature.objects.get(name="Ada Again").status == Status.REPEATED
    kept.refresh_from_db()
    assert kept.status == Status.COUNTED


def test_same_details_again_ask_for_the_mail_again_after_ten_minutes(
    browser_client: Client, letter: Letter
) -> None:
    data = sign_data(letter)
    for minutes, mails in ((0, 1), (9, 1), (11, 2)):
        Signature.objects.update(confirmation_sent_at=timezone.now() - timedelta(minutes=minutes))
        browser_client.post(f"/letters/{letter.slug}/sign/", data)
        send_due_mail()
        assert len(mail.outbox) == mails


def test_resends_count_for_the_limit(browser_client: Client, letter: Letter) -> None:
    data = sign_data(letter)
    for _ in range(6):
        Signature.objects.update(confirmation_sent_at=timezone.now() - timedelta(minutes=11))
        browser_client.post(f"/letters/{letter.slug}/sign/", data)
        send_due_mail()
    assert len(mail.outbox) == AN_HOUR


def test_owner_reaches_her_signature_by_any_mail_however_many_strangers_typed_her_address(
    browser_client: Client, letter: Letter
) -> None:
    for n in range(5):
        due(letter, f"Fake {'x' * (n + 1)}", email="victim@mail.example")
    send_due_mail()
    hers = due(letter, "The Owner", email="victim@mail.example")
    send_due_mail()
    found = re.search(r"http://localhost:8000(/confirm/\S+)", mail.outbox[0].body)
    assert found is not None
    page = browser_client.get(found[1]).content.decode()
    assert "The Owner" in page
    assert browser_client.post(found[1], {"signature": hers.pk}).status_code == 303
    assert Signature.objects.counted().get().name == "The Owner"


def test_flood_leaves_no_backlog(letter: Letter) -> None:
    for n in range(30):
        due(letter, f"Fake {'x' * (n + 1)}", email="victim@mail.example")
    send_due_mail()
    assert len(mail.outbox) == AN_HOUR
    waiting = Signature.objects.filter(
        confirmation_sent_at__isnull=True, confirmation_due_at__isnull=False
    )
    assert waiting.count() == 1


def test_address_gets_three_mails_an_hour(letter: Letter) -> None:
    for n in range(5):
        due(letter, f"Ada {'x' * (n + 1)}", email="ada@mail.example")
    send_due_mail()
    assert len(mail.outbox) == AN_HOUR
    assert Signature.objects.filter(confirmation_due_at__gt=timezone.now()).count() == 1


def test_confirming_does_not_free_the_address_from_the_limit(letter: Letter) -> None:
    row = due(letter, email="ada@mail.example")
    send_due_mail()
    confirm_signature(signature_id=row.pk)
    for n in range(5):
        due(letter, f"Ada {'x' * (n + 1)}", email="ada@mail.example")
    send_due_mail()
    assert len(mail.outbox) == 3


def test_refused_recipient_is_tried_later_and_holds_nobody_up(
    letter: Letter, monkeypatch: Any
) -> None:
    from django.core.mail.backends.locmem import EmailBackend

    send = EmailBackend.send_messages

    def refuse(self: Any, messages: Any) -> int:
        if messages[0].to == ["bad@mail.example"]:
            raise smtplib.SMTPRecipientsRefused({"bad@mail.example": (550, b"no such user")})
        return send(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)
    bad = due(letter, "Bad", email="bad@mail.example")
    due(letter, "Good", email="good@mail.example")
    assert send_due_mail() == 1
    bad.refresh_from_db()
    assert bad.confirmation_attempts == 1
    assert bad.confirmation_due_at is not None
    assert bad.confirmation_due_at > timezone.now()
    for _ in range(MAX_ATTEMPTS):
        Signature.objects.filter(pk=bad.pk, confirmation_due_at__isnull=False).update(
            confirmation_due_at=timezone.now()
        )
        send_due_mail()
    bad.refresh_from_db()
    assert (bad.confirmation_attempts, bad.confirmation_due_at) == (MAX_ATTEMPTS, None)


def test_address_that_no_mail_can_be_made_of_holds_nobody_up(
    letter: Letter, monkeypatch: Any
) -> None:
    from django.core.mail.backends.locmem import EmailBackend
    from django.core.mail.message import sanitize_address

    send = EmailBackend.send_messages

    def address_first(self: Any, messages: Any) -> int:
        """As the SMTP backend does."""
        for message in messages:
            sanitize_address(message.to[0], "utf-8")
        return int(send(self, messages))

    monkeypatch.setattr(EmailBackend, "send_messages", address_first)
    bad = due(letter, email="=?utf-8?q?=ff?=@mail.example")
    good = due(letter, "Other")
    assert send_due_mail() == 1
    assert [message.to for message in mail.outbox] == [[good.email]]
    bad.refresh_from_db()
    assert (bad.confirmation_sent_at, bad.confirmation_attempts) == (None, 1)
    assert send_due_mail() == 0


def test_server_that_goes_away_loses_nothing(letter: Letter, monkeypatch: Any) -> None:
    from django.core.mail.backends.locmem import EmailBackend

    send, calls = EmailBackend.send_messages, []

    def drop(self: Any, messages: Any) -> int:
        calls.append(messages)
        if len(calls) == 2:
            raise smtplib.SMTPServerDisconnected("gone")
        return send(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", drop)
    for n in "abc":
        due(letter, n * 3)
    with pytest.raises(MayHaveGone):
        send_due_mail()
    assert len(mail.outbox) == 1
    assert Signature.objects.mail_due().count() == 2
    assert send_due_mail() == 2


def test_address_gets_so_many_mails_about_all_letters_together(
    letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Typing somebody's address into every letter of a site is no flood of mails either."""
    monkeypatch.setattr(limit_mail, "EVERYWHERE_A_DAY", 4)
    coalition = letter.coalition
    letters = [letter, *(a_letter(f"letter-{n}", coalition=coalition) for n in range(6))]
    for one in letters:
        due(one, email="victim@mail.example")
    due(letter, "Somebody Else", email="else@mail.example")
    send_due_mail()
    assert len(mail.outbox) == 4 + 1
    assert Signature.objects.filter(confirmation_due_at__gt=timezone.now()).count() == 3
    invite(
        letter=letters[1],
        invitees=[Invitee("Victim", "victim@mail.example")],
        language="en",
        actor=an_editor(coalition),
    )
    assert send_due_invitations() == 0
    SentMail.objects.update(sent_at=timezone.now() - timedelta(days=1, minutes=1))
    Signature.objects.filter(confirmation_sent_at=None).update(confirmation_due_at=timezone.now())
    send_due_mail()
    assert len(mail.outbox) == 4 + 1 + 3
