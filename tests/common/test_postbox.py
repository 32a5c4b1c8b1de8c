from __future__ import annotations

import smtplib
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.core.mail.backends.locmem import EmailBackend

from common.postbox import MayHaveGone, NotTried, Postbox


def a_mail(to: str) -> EmailMessage:
    return EmailMessage("Subject", "Text", to=[to])


def test_postbox_sends_all() -> None:
    with Postbox() as postbox:
        sent = [postbox.send(a_mail(f"{n}@mail.example")) for n in range(20)]
        assert [future.result() for future in sent] == [None] * 20
    assert {message.to[0] for message in mail.outbox} == {f"{n}@mail.example" for n in range(20)}


def test_postbox_without_mail_opens_no_connection(monkeypatch: Any) -> None:
    opened: list[EmailBackend] = []
    monkeypatch.setattr(EmailBackend, "open", opened.append, raising=False)
    with Postbox():
        pass
    assert opened == []


def test_refused_mail_holds_up_no_other(monkeypatch: Any) -> None:
    refuse_first(monkeypatch, smtplib.SMTPDataError(552, b"Too big"))
    with Postbox(connections=1) as postbox:
        first, second = (
            postbox.send(a_mail("a@mail.example")),
            postbox.send(a_mail("b@mail.example")),
        )
        with pytest.raises(smtplib.SMTPDataError):
            first.result()
        assert second.result() is None


def test_server_that_is_away_is_not_tried_for_each_mail(monkeypatch: Any) -> None:
    refuse_first(monkeypatch, ConnectionResetError())
    with Postbox(connections=1) as postbox:
        first, second = (
            postbox.send(a_mail("a@mail.example")),
            postbox.send(a_mail("b@mail.example")),
        )
        with pytest.raises(MayHaveGone):
            first.result()
        with pytest.raises(NotTried):
            second.result()
    assert mail.outbox == []


def refuse_first(monkeypatch: Any, error: Exception) -> None:
    answers: list[Exception | None] = [error]

    def send(self: EmailBackend, messages: list[EmailMessage]) -> int:
        if answers and (raised := answers.pop()):
            raise raised
        return len(messages)

    monkeypatch.setattr(EmailBackend, "send_messages", send)
