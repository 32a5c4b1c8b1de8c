"""Mails that come back: by SMTP, as a notification, or by a provider's webhook."""

from __future__ import annotations

import io
import smtplib
from types import SimpleNamespace
from typing import Any

import pytest
from anymail.signals import AnymailTrackingEvent
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import call_command

from coalition.checks import webhooks_have_a_secret
from letters.models import Letter, Role, User
from signatories.models import Signature
from tests.builders import a_member, a_signature
from verification.bounces import take_event
from verification.models import MailState, Update, UpdateMail
from verification.services.note_bounce import bounce_mark
from verification.services.send_updates import recipients, send_updates
from verification.services.steer_update import send_update
from verification.services.write_update import Words, write_update

pytestmark = pytest.mark.django_db

DSN = """From: MAILER-DAEMON@mx.example
To: {to}
Subject: Undelivered Mail
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I'm sorry.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; someone@mail.example
Action: {action}
Status: {status}

--b
Content-Type: text/rfc822-headers

Message-ID: {number}

--b--
"""


@pytest.fixture
def signature(letter: Letter) -> Signature:
    return a_signature(letter, email="ada@mail.example", consent_updates=True)


@pytest.fixture
def editor(letter: Letter) -> User:
    return a_member(letter.coalition, Role.EDITOR)


def sent(letter: Letter, editor: User) -> UpdateMail:
    words = Words(subject="We were heard", body_markdown="The office answered.")
    update = write_update(letter=letter, update_id=None, seen=1, texts={"en": words}, actor=editor)
    send_update(letter=letter, update_id=update.pk, seen=1, actor=editor)
    send_updates()
    return UpdateMail.objects.get(update=update)


def take(monkeypatch: Any, **values: str) -> None:
    text = DSN.format(**{"to": "x@y.example", "number": "<x@y>", "action": "failed"} | values)
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(text.encode())))
    call_command("take_bounce", stdout=io.StringIO())


def test_bounce_ends_updates_to_that_signature(
    letter: Letter, editor: User, signature: Signature, settings: Any, monkeypatch: Any
) -> None:
    settings.BOUNCE_ADDRESS = "bounces@letters.example"
    row = sent(letter, editor)
    message = mail.outbox[0]
    assert message.from_email == f"bounces+{bounce_mark(row.pk)}@letters.example"
    assert message.message()["From"] == settings.DEFAULT_FROM_EMAIL
    take(monkeypatch, to=message.from_email.upper(), status="5.1.1 (no such user)")
    row.refresh_from_db()
    assert row.bounced_at is not None
    assert not recipients(letter.pk).exists()
    signature.refresh_from_db()
    assert signature.consent_updates  # it is the mailbox's fault, not a choice


def test_message_id_is_enough(
    letter: Letter, editor: User, signature: Signature, monkeypatch: Any
) -> None:
    row = sent(letter, editor)
    take(monkeypatch, number=mail.outbox[0].extra_headers["Message-ID"], status="5.1.1")
    row.refresh_from_db()
    assert row.bounced_at is not None


@pytest.mark.parametrize(
    ("action", "status"),
    [("delayed", "4.4.1"), ("failed", "5.2.2"), ("failed", "5.7.1"), ("failed", "5.1.8"), ("", "")],
)
def test_what_says_nothing_of_the_mailbox_ends_nothing(
    letter: Letter,
    editor: User,
    signature: Signature,
    monkeypatch: Any,
    action: str,
    status: str,
) -> None:
    row = sent(letter, editor)
    take(monkeypatch, to=f"b+{bounce_mark(row.pk)}@l.example", action=action, status=status)
    assert recipients(letter.pk).exists()


def test_forged_mark_ends_nothing(
    letter: Letter, editor: User, signature: Signature, monkeypatch: Any
) -> None:
    row = sent(letter, editor)
    take(monkeypatch, to=f"b+update-{row.pk}-{'0' * 16}@l.example", status="5.1.1")
    assert recipients(letter.pk).exists()


def test_mailbox_that_the_server_refuses_at_once(
    letter: Letter, editor: User, signature: Signature, monkeypatch: Any
) -> None:
    def refuse(self: EmailBackend, messages: list[Any]) -> int:
        raise smtplib.SMTPRecipientsRefused({"ada@mail.example": (550, b"5.1.1 no such user")})

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)
    row = sent(letter, editor)
    assert (row.state, row.bounced_at is not None) == (MailState.REFUSED, True)
    assert not recipients(letter.pk).exists()


def event(
    kind: str, reason: str | None = None, of: str = "Ada@mail.example"
) -> AnymailTrackingEvent:
    return AnymailTrackingEvent(event_type=kind, reject_reason=reason, recipient=of, timestamp=None)


def test_provider_tells_of_bounces_and_complaints(
    letter: Letter, editor: User, signature: Signature
) -> None:
    sent(letter, editor)
    for harmless in (event("delivered"), event("deferred"), event("bounced", "timed_out")):
        take_event(None, harmless)
    assert recipients(letter.pk).exists()
    # Not an alias of the same mailbox, which may not exist.
    take_event(None, event("bounced", "bounced", of="ada+alias@mail.example"))
    assert recipients(letter.pk).exists()
    take_event(None, event("bounced", "bounced"))
    assert not recipients(letter.pk).exists()
    take_event(None, event("complained"))
    signature.refresh_from_db()
    assert not signature.consent_updates
    assert Update.objects.get().mails.bounced().count() == 1


def test_webhooks_without_a_secret_fail_the_start(settings: Any) -> None:
    settings.ANYMAIL = {"MAILGUN_API_KEY": "x"}
    assert [fault.id for fault in webhooks_have_a_secret()] == ["coalition.E011"]
    settings.ANYMAIL = {"WEBHOOK_SECRET": "user:password"}
    assert webhooks_have_a_secret() == []
