"""Updates: who gets them, once, at which pace, and how an editor steers them."""

from __future__ import annotations

import re
import smtplib
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection
from django.test import Client
from django.utils import timezone

from letters.models import Letter, LetterStatus, Role, User
from letters.services.check_member import RoleEnded
from signatories.models import Signature, Status
from tests.builders import a_coalition, a_letter, a_member, a_signature
from tests.verification.test_races import at_once
from verification.links import unsubscribe_url
from verification.models import Action, AuditEntry, MailState, Update, UpdateMail, UpdateState
from verification.services.drain_outbox import next_try
from verification.services.erase_signature import erase_signature
from verification.services.send_updates import GRACE, WINDOW, send_updates
from verification.services.steer_update import send_update, steer_update
from verification.services.write_update import UpdateChanged, Words, write_update

pytestmark = pytest.mark.django_db

WORDS = Words(subject="We were heard", body_markdown="The office **answered**.")


@pytest.fixture
def editor(letter: Letter) -> User:
    return a_member(letter.coalition, Role.EDITOR)


def written(letter: Letter, editor: User, **more: Words) -> Update:
    return write_update(
        letter=letter, update_id=None, seen=1, texts={"en": WORDS, **more}, actor=editor
    )


def sent(letter: Letter, editor: User, **more: Words) -> Update:
    update = written(letter, editor, **more)
    return send_update(letter=letter, update_id=update.pk, seen=1, actor=editor)


def asking(letter: Letter, name: str = "Ada Example", **fields: Any) -> Signature:
    return a_signature(letter, name, **{"consent_updates": True, **fields})


def test_only_who_counts_and_asked_gets_it(letter: Letter, editor: User) -> None:
    asking(letter)
    asking(a_letter("another"), "Other Letter")
    a_signature(letter, "No Updates")
    for state in Status:
        if state != Status.COUNTED:
            asking(letter, f"{state} person", status=state)
    update = sent(letter, editor)
    assert send_updates() == 1
    assert [message.to for message in mail.outbox] == [["ada.example@mail.example"]]
    assert send_updates() == 0
    update.refresh_from_db()
    assert update.state == UpdateState.DONE


def test_mail_says_the_words_and_ends_by_one_click(letter: Letter, editor: User) -> None:
    signature = asking(letter)
    sent(letter, editor)
    send_updates()
    message = mail.outbox[0]
    html = str(message.alternatives[0].content)
    stop = unsubscribe_url(signature.pk)
    assert message.subject == "We were heard"
    assert "The office **answered**." in message.body
    assert "The office <strong>answered</strong>." in html
    assert "src=" not in html
    assert "/manage/" in message.body
    listed = re.fullmatch(r"<(\S+)>", message.extra_headers["List-Unsubscribe"])
    assert listed is not None
    assert listed[1].rpartition("/unsubscribe/")[0] == stop.rpartition("/unsubscribe/")[0]
    assert listed[1] in message.body
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_language_signed_in_else_the_authoritative(letter: Letter, editor: User) -> None:
    asking(letter, "Fr", language="fr")
    asking(letter, "Ar", language="ar")
    sent(letter, editor, fr=Words(subject="Entendus", body_markdown="Le bureau a répondu."))
    send_updates()
    said = {message.to[0][:2]: message for message in mail.outbox}
    assert said["fr"].subject == "Entendus"
    assert "Une lettre sur le papier" in said["fr"].body
    assert said["ar"].subject == "We were heard"
    assert "A letter about paper" in said["ar"].body


def test_markdown_cannot_carry_scripts_or_headers(letter: Letter, editor: User) -> None:
    asking(letter)
    bad = "<script>x</script> [a](javascript:x) ![b](https://x.example/b.png)"
    sent(letter, editor, en=Words(subject="Hi\nBcc: a@b.example", body_markdown=bad))
    send_updates()
    html = str(mail.outbox[0].alternatives[0].content)
    assert mail.outbox[0].subject == "Hi Bcc: a@b.example"
    assert "<script" not in html
    assert 'href="javascript' not in html
    assert "<img" not in html


def test_who_leaves_before_the_mail_gets_none(letter: Letter, editor: User, settings: Any) -> None:
    settings.UPDATES_PER_MINUTE = 6
    asking(letter, "First")
    gone, silent = asking(letter, "Gone"), asking(letter, "Silent")
    update = sent(letter, editor)
    assert send_updates() == 1
    erase_signature(signature_id=gone.pk)
    Client().post(unsubscribe_url(silent.pk))
    settings.UPDATES_PER_MINUTE = 600
    forget_the_pace()
    assert send_updates() == 0
    update.refresh_from_db()
    assert update.state == UpdateState.DONE
    assert update.mails.filter(state=MailState.LEFT_OUT).count() == 2


def test_pace_is_kept_over_all_letters(letter: Letter, editor: User, settings: Any) -> None:
    settings.UPDATES_PER_MINUTE = 24
    other = a_letter("another", coalition=letter.coalition)
    for one in (letter, other):
        for n in range(5):
            asking(one, f"Person {'x' * (n + 1)}", email=f"{n}@{one.slug}.example")
        sent(one, editor)
    assert send_updates() == 4
    assert send_updates() == 0
    assert {message.to[0].partition("@")[2] for message in mail.outbox} == {
        "a-letter.example",
        "another.example",
    }
    forget_the_pace()
    assert send_updates() == 4
    forget_the_pace()
    assert send_updates() == 2


def test_pause_resume_and_stop(letter: Letter, editor: User, settings: Any) -> None:
    settings.UPDATES_PER_MINUTE = 6
    for n in range(4):
        asking(letter, f"Person {'x' * (n + 1)}", email=f"{n}@mail.example")
    update = sent(letter, editor)

    def press(step: str) -> str:
        return steer_update(letter=letter, update_id=update.pk, step=step, actor=editor).state

    assert send_updates() == 1
    forget_the_pace()
    assert press("pause") == UpdateState.PAUSED
    assert send_updates() == 0
    assert press("resume") == UpdateState.SENDING
    assert send_updates() == 1
    forget_the_pace()
    assert press("stop") == UpdateState.CANCELLED
    assert send_updates() == 0
    assert len(mail.outbox) == 2
    for step in ("resume", "pause", "stop", "unschedule", "x"):
        with pytest.raises(UpdateChanged):
            press(step)
    done = AuditEntry.objects.filter(letter=letter, actor=editor).order_by("id")
    assert [entry.action for entry in done] == [
        Action.WRITE_UPDATE,
        Action.SEND_UPDATE,
        Action.HALT_UPDATE,
        Action.RESUME_UPDATE,
        Action.CANCEL_UPDATE,
    ]


def test_schedule_waits_and_can_be_taken_back(letter: Letter, editor: User) -> None:
    asking(letter)
    update, later = written(letter, editor), timezone.now() + timedelta(hours=1)
    send_update(letter=letter, update_id=update.pk, seen=1, actor=editor, at=later)
    assert send_updates() == 0
    steer_update(letter=letter, update_id=update.pk, step="unschedule", actor=editor)
    with time_machine.travel(later + timedelta(seconds=1)):
        assert send_updates() == 0
    send_update(letter=letter, update_id=update.pk, seen=1, actor=editor, at=later)
    asking(letter, "Meanwhile Signed")
    with time_machine.travel(later + timedelta(seconds=1)):
        assert send_updates() == 2


def test_other_words_than_were_seen_are_not_sent(letter: Letter, editor: User) -> None:
    update = written(letter, editor)
    write_update(letter=letter, update_id=update.pk, seen=1, texts={"en": WORDS}, actor=editor)
    with pytest.raises(UpdateChanged):
        send_update(letter=letter, update_id=update.pk, seen=1, actor=editor)
    with pytest.raises(UpdateChanged):
        write_update(letter=letter, update_id=update.pk, seen=1, texts={"en": WORDS}, actor=editor)


def test_moderator_and_stranger_cannot_send(letter: Letter, editor: User) -> None:
    update = written(letter, editor)
    stranger = a_member(a_coalition("others"), Role.OWNER)
    for actor in (a_member(letter.coalition, Role.MODERATOR), stranger):
        with pytest.raises(RoleEnded):
            send_update(letter=letter, update_id=update.pk, seen=1, actor=actor)


@pytest.mark.parametrize("status", [LetterStatus.CLOSED, LetterStatus.PAUSED])
def test_closed_letter_has_updates_too(letter: Letter, editor: User, status: str) -> None:
    Letter.objects.update(status=status)
    asking(letter)
    sent(letter, editor)
    assert send_updates() == 1


def test_embargoed_letter_is_named_and_not_linked(letter: Letter, editor: User) -> None:
    later = timezone.now() + timedelta(days=1)
    Letter.objects.update(status=LetterStatus.EMBARGOED, opens_at=later)
    signature = asking(letter)
    sent(letter, editor)
    assert send_updates() == 1
    assert "A letter about paper" in mail.outbox[0].body
    assert letter.get_absolute_url() not in mail.outbox[0].body
    page = Client().post(unsubscribe_url(signature.pk)).content.decode()
    assert f'href="{letter.get_absolute_url()}' not in page


def test_server_away_sends_all_later_and_nothing_twice(
    letter: Letter, editor: User, monkeypatch: Any
) -> None:
    for n in range(3):
        asking(letter, f"Person {'x' * (n + 1)}", email=f"{n}@mail.example")
    sent(letter, editor)
    away(monkeypatch, "open", ConnectionRefusedError())
    with pytest.raises((OSError, smtplib.SMTPException)):
        send_updates()
    monkeypatch.undo()
    forget_the_pace()
    assert send_updates() == 3
    assert len({message.to[0] for message in mail.outbox}) == len(mail.outbox) == 3


def test_mail_that_may_have_gone_is_not_sent_again(
    letter: Letter, editor: User, monkeypatch: Any
) -> None:
    asking(letter)
    update = sent(letter, editor)
    away(monkeypatch, "send_messages", smtplib.SMTPServerDisconnected("lost"))
    with pytest.raises(smtplib.SMTPException):
        send_updates()
    monkeypatch.undo()
    forget_the_pace()
    assert send_updates() == 0
    assert mail.outbox == []
    UpdateMail.objects.update(taken_at=timezone.now() - GRACE)
    send_updates()
    update.refresh_from_db()
    assert update.state == UpdateState.DONE
    assert update.mails.get().state == MailState.TAKEN


def test_passing_refusal_is_tried_again_and_a_lasting_one_is_not(
    letter: Letter, editor: User, monkeypatch: Any
) -> None:
    asking(letter)
    update = sent(letter, editor)
    away(monkeypatch, "send_messages", smtplib.SMTPDataError(451, b"later"))
    assert send_updates() == 0
    row = update.mails.get()
    again = next_try(1)
    assert again is not None
    assert (row.state, row.attempts) == (MailState.WAITING, 1)
    assert abs(row.due_at - again) < timedelta(seconds=20)
    UpdateMail.objects.update(due_at=timezone.now(), taken_at=None)
    away(monkeypatch, "send_messages", smtplib.SMTPDataError(554, b"no"))
    assert send_updates() == 0
    assert update.mails.get().state == MailState.REFUSED


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_workers_send_each_mail_once() -> None:
    letter = a_letter()
    editor = a_member(letter.coalition, Role.EDITOR)
    for n in range(60):
        asking(letter, f"Person {'x' * (n + 1)}", email=f"{n}@mail.example")
    update = sent(letter, editor)
    counts = at_once(send_updates, send_updates)
    counts.append(send_updates())
    assert sum(counts) == 60
    assert len({message.to[0] for message in mail.outbox}) == len(mail.outbox) == 60
    update.refresh_from_db()
    assert update.state == UpdateState.DONE


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_worker_that_dies_sends_nobody_a_second_mail(monkeypatch: Any) -> None:
    letter = a_letter()
    editor = a_member(letter.coalition, Role.EDITOR)
    asking(letter)
    update = sent(letter, editor)

    def die(self: EmailBackend, messages: list[Any]) -> int:
        mail.outbox.extend(messages)
        connection.close()  # what was not committed is gone
        raise KeyboardInterrupt

    monkeypatch.setattr(EmailBackend, "send_messages", die)
    with pytest.raises(BaseException):  # noqa: B017, PT011
        send_updates()
    monkeypatch.undo()
    forget_the_pace()
    assert send_updates() == 0
    assert update.mails.get().state == MailState.TAKEN


def forget_the_pace() -> None:
    """As if the window had passed."""
    UpdateMail.objects.filter(taken_at__isnull=False).update(
        taken_at=timezone.now() - timedelta(seconds=WINDOW + 1)
    )


def away(monkeypatch: Any, method: str, error: Exception) -> None:
    def fail(self: EmailBackend, *_: Any) -> None:
        raise error

    monkeypatch.setattr(EmailBackend, method, fail)
