from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.core import mail
from django.db import connection
from django.test import Client

from letters.models import Letter, LetterStatus
from signatories.models import Signature, Status
from tests.builders import a_coalition, a_letter, a_signature, an_invitation
from verification.links import invited_url
from verification.models import Invitation, SentMail
from verification.services.confirm_signature import confirm_signature
from verification.services.erase_signature import erase_signature
from verification.services.send_due_invitations import send_due_invitations
from verification.views import evidence

pytestmark = pytest.mark.django_db
PAGE = "/organise/letters/a-letter/evidence/"


def path_of(invitation: Invitation) -> str:
    return invited_url(invitation.pk).removeprefix(settings.SITE_URL)


def test_editor_invites_and_each_gets_one_mail_with_a_link(editor: Client, letter: Letter) -> None:
    people = "Ada Example, ada@mail.example\n\nDoe, Berta, Berta@Mail.example\n"
    for _ in range(2):
        assert editor.post(f"{PAGE}invitations/", {"people": people}).status_code == 303
    assert send_due_invitations() == 2
    assert send_due_invitations() == 0
    assert sorted(m.to[0] for m in mail.outbox) == ["Berta@mail.example", "ada@mail.example"]
    assert SentMail.objects.count() == 2
    found = re.search(r"http\S+/invited/\S+", str(mail.outbox[0].body))
    assert found is not None
    page = Client().get(found.group().removeprefix(settings.SITE_URL))
    assert page.status_code == 200
    assert 'value="Ada Example"' in page.content.decode()
    assert "ada@mail.example" not in page.content.decode()
    assert not page.cookies


def test_invitations_have_pages(
    editor: Client, letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence, "INVITATIONS_A_PAGE", 1)
    an_invitation(letter)
    an_invitation(letter, "berta@mail.example", "Berta Example")
    newest, older = (editor.get(f"{PAGE}?page={n}").content.decode() for n in (1, 2))
    assert "Berta Example" in newest
    assert "Ada Example" not in newest
    assert "Ada Example" in older


def test_line_that_is_wrong_is_named_and_nobody_is_invited(editor: Client, letter: Letter) -> None:
    people = "Ada Example, ada@mail.example\nBerta without an address"
    response = editor.post(f"{PAGE}invitations/", {"people": people})
    assert response.status_code == 422
    assert "Line 2:" in response.content.decode()
    assert not Invitation.objects.exists()


@pytest.mark.parametrize(
    ("address", "marks"), [("ADA@mail.example", ["invitation"]), ("ben@mail.example", [])]
)
def test_only_the_invited_address_gets_the_mark(
    letter: Letter, address: str, marks: list[str]
) -> None:
    an_invitation(letter)
    row = a_signature(letter, email=address, status=Status.UNCONFIRMED)
    confirm_signature(signature_id=row.pk)
    row.refresh_from_db()
    assert (row.marks, row.source) == (marks, "invitation" if marks else "web")


def test_invitation_to_another_letter_marks_nothing(letter: Letter) -> None:
    an_invitation(a_letter("other", coalition=a_coalition("others")))
    row = a_signature(letter, email="ada@mail.example", status=Status.UNCONFIRMED)
    confirm_signature(signature_id=row.pk)
    row.refresh_from_db()
    assert row.marks == []


def test_who_has_signed_is_marked_without_a_mail(letter: Letter) -> None:
    row = a_signature(letter, email="ada@mail.example")
    an_invitation(letter)
    row.refresh_from_db()
    assert row.marks == ["invitation"]
    assert send_due_invitations() == 0


def test_revoked_invitation_neither_opens_nor_marks(editor: Client, letter: Letter) -> None:
    invitation = an_invitation(letter)
    row = a_signature(letter, email="ada@mail.example", status=Status.UNCONFIRMED)
    confirm_signature(signature_id=row.pk)
    assert editor.post(f"{PAGE}invitations/{invitation.pk}/revoke/").status_code == 303
    row.refresh_from_db()
    assert (row.marks, row.status) == ([], Status.COUNTED)
    assert Client().get(path_of(invitation)).status_code == 410
    assert send_due_invitations() == 0


def test_invitation_of_another_coalition_is_not_there(editor: Client, letter: Letter) -> None:
    other = an_invitation(a_letter("other", coalition=a_coalition("others")))
    assert editor.post(f"{PAGE}invitations/{other.pk}/revoke/").status_code == 404
    other.refresh_from_db()
    assert other.revoked_at is None


def test_nothing_of_a_draft_is_mailed_or_shown(letter: Letter) -> None:
    invitation = an_invitation(letter)
    Letter.objects.filter(pk=letter.pk).update(status=LetterStatus.DRAFT)
    assert send_due_invitations() == 0
    assert Client().get(path_of(invitation)).status_code == 410


def test_address_is_not_in_the_database_and_goes_with_the_signature(letter: Letter) -> None:
    an_invitation(letter)
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(i)::text FROM verification_invitation i")
        assert "mail.example" not in cursor.fetchall()[0][0]
    row = a_signature(letter, email="ada@mail.example", status=Status.UNCONFIRMED)
    confirm_signature(signature_id=row.pk)
    erase_signature(signature_id=row.pk)
    assert not Invitation.objects.exists()
    assert Signature.objects.get().marks == []
