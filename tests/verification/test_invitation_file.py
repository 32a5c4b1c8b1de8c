"""Invitations by CSV, their progress, and sending one again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from letters.models import Letter
from signatories.models import Status
from tests.builders import a_signature, an_invitation
from verification.models import AuditEntry, Invitation
from verification.services.confirm_signature import confirm_signature
from verification.services.send_due_invitations import send_due_invitations

pytestmark = pytest.mark.django_db
PAGE = "/organise/letters/a-letter/evidence/"


def a_file(text: str, encoding: str = "utf-8") -> dict[str, SimpleUploadedFile]:
    return {"file": SimpleUploadedFile("people.csv", text.encode(encoding))}


def test_people_of_a_file_are_invited_once(editor: Client, letter: Letter) -> None:
    text = "E-mail;Name\nzoe@mail.example;Zoë Ünal\nben@mail.example;Ben\nBEN@mail.example;Ben\n"
    for _ in range(2):
        response = editor.post(f"{PAGE}invitations/", a_file(text, "cp1252"))
        assert response.status_code == 303
    assert sorted(Invitation.objects.values_list("name", flat=True)) == ["Ben", "Zoë Ünal"]
    assert [(e.action, e.note) for e in AuditEntry.objects.all()] == [("invite", "2")]


def test_wrong_lines_are_named_and_nobody_is_invited(editor: Client, letter: Letter) -> None:
    text = "ada@mail.example,Ada\nno address,Ben\nc@mail.example,\n"
    response = editor.post(f"{PAGE}invitations/", a_file(text))
    assert response.status_code == 422
    page = response.content.decode()
    assert "Line 2:" in page
    assert "Line 3:" in page
    assert not Invitation.objects.exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [("PK\x03\x04x", "save it as CSV"), ("\x00\x01\x02" * 40, "no table of text")],
)
def test_what_is_no_table_invites_nobody(
    editor: Client, letter: Letter, content: str, words: str
) -> None:
    response = editor.post(f"{PAGE}invitations/", a_file(content))
    assert response.status_code == 422
    assert words in response.content.decode()


def test_nothing_at_all_is_named(editor: Client, letter: Letter) -> None:
    response = editor.post(f"{PAGE}invitations/", {"people": ""})
    assert "Please write who is invited, or choose a file." in response.content.decode()


def test_progress_says_who_was_written_to_and_who_signed(editor: Client, letter: Letter) -> None:
    for name in ("ada", "ben", "cyd"):
        an_invitation(letter, f"{name}@mail.example")
    send_due_invitations()
    row = a_signature(letter, email="ada@mail.example", status=Status.UNCONFIRMED)
    confirm_signature(signature_id=row.pk)
    editor.post(f"{PAGE}invitations/{Invitation.objects.latest('id').pk}/revoke/")
    assert Invitation.objects.progress() == {
        "invited": 3,
        "sent": 3,
        "refused": 0,
        "signed": 1,
        "revoked": 1,
    }
    assert '<progress value="1" max="3"' in editor.get(PAGE).content.decode()


def test_invitation_goes_again_after_a_day_to_who_has_not_signed(
    editor: Client, letter: Letter
) -> None:
    invitation = an_invitation(letter)
    again = f"{PAGE}invitations/{invitation.pk}/resend/"
    assert send_due_invitations() == 1
    assert "Not again so soon" in editor.post(again, follow=True).content.decode()
    assert send_due_invitations() == 0
    Invitation.objects.update(sent_at=timezone.now() - timedelta(hours=25))
    assert "Send again" in editor.get(PAGE).content.decode()
    editor.post(again)
    assert send_due_invitations() == 1
    assert len(mail.outbox) == 2
    row = a_signature(letter, email="ada@mail.example", status=Status.UNCONFIRMED)
    confirm_signature(signature_id=row.pk)
    Invitation.objects.update(sent_at=timezone.now() - timedelta(hours=25))
    editor.post(again)
    assert send_due_invitations() == 0


def test_row_that_is_none_invites_nobody_and_is_named(editor: Client, letter: Letter) -> None:
    text = "Ada,ada@mail.example\n" + "x" * 300_000
    response = editor.post(f"{PAGE}invitations/", a_file(text))
    assert response.status_code == 422
    assert "Line 2: a row has more than 256 KB" in response.content.decode()
    assert not Invitation.objects.exists()
