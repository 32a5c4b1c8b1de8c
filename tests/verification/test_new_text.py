"""A letter's text changes after people have signed: who is told, who is asked, who counts."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core import mail
from django.db import transaction
from django.test import Client
from django.utils import timezone

from letters.models import ChangeKind, Letter, Role, User
from letters.services.publish_version import NewerVersion, NothingChanged
from signatories.models import Signature, Status, Tally
from tests.builders import a_member, a_new_text, a_signature, sign_data
from tests.conftest import SAME_ORIGIN
from verification.links import new_text_url
from verification.models import Action, AuditEntry, VersionNotice
from verification.services.change_text import change_text, note_the_asked
from verification.services.confirm_signature import confirm_signature
from verification.services.decide_signatures import decide_signatures
from verification.services.erase_signature import erase_signature
from verification.services.reconsent_signature import reconsent_signature
from verification.services.restore_signature import restore_signature
from verification.services.send_notices import send_notices

from signatories.services.withdraw_signature import withdraw_signature  # isort: skip

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(letter: Letter) -> User:
    return a_member(letter.coalition, Role.EDITOR)


def new_text_path(signature: Signature) -> str:
    return new_text_url(signature.pk).removeprefix("http://localhost:8000")


def test_correction_keeps_everybody_counted_and_tells_them(letter: Letter, editor: User) -> None:
    signer = a_signature(letter, "Ada Example", email="ada@mail.example")
    for state in (Status.UNCONFIRMED, Status.HELD, Status.REJECTED, Status.WITHDRAWN):
        a_signature(letter, f"{state} person", status=state)
    a_new_text(letter, editor, ChangeKind.CORRECTION)
    signer.refresh_from_db()
    assert (signer.status, signer.version.number) == (Status.COUNTED, 1)
    assert Tally.objects.get(letter=letter).counted == 1
    assert send_notices() == 1
    message = mail.outbox[0]
    assert message.to == ["ada@mail.example"]
    assert message.subject == "Correction of a letter you signed: T"
    assert "Your signature still counts" in message.body
    assert "We ask for more." in message.body
    assert "/letters/a-letter/changes/1/2/" in message.body
    assert send_notices() == 0


def test_material_change_counts_nobody_before_they_sign_it(letter: Letter, editor: User) -> None:
    signer = a_signature(letter, "Ada Example", featured_rank=1)
    a_signature(letter, "Rep", organisation_name="Guild of Paper")
    a_new_text(letter, editor, ChangeKind.MATERIAL)
    tally = Tally.objects.get(letter=letter)
    assert (tally.counted, tally.asked, tally.received, tally.listed) == (0, 2, 2, 0)
    page = Client().get("/letters/a-letter/").content.decode()
    assert "Ada Example" not in page
    assert "Guild of Paper" not in page
    assert "Signed an earlier text, asked to sign the new one" in page
    assert send_notices() == 2
    assert "does not count until you sign" in mail.outbox[0].body

    answer = Client(headers=SAME_ORIGIN).post(new_text_path(signer), {"version": "2"})
    assert answer.status_code == 303
    signer.refresh_from_db()
    assert (signer.status, signer.version.number, signer.featured_rank) == (Status.COUNTED, 2, 1)
    entry = AuditEntry.objects.get(action=Action.RECONSENT)
    assert (entry.before["version"], entry.after["version"]) == (1, 2)


def test_page_shows_the_change_accessibly_and_asks(letter: Letter, editor: User) -> None:
    signer = a_signature(letter)
    a_new_text(letter, editor, ChangeKind.MATERIAL, "We ask for *free* paper.")
    page = Client().get(new_text_path(signer)).content.decode()
    assert re.search(r"<del><span class=\"hidden\">\[removed: </span>better<span", page)
    assert re.search(r"<ins><span class=\"hidden\">\[added: </span>free<span", page)
    assert "We ask for more." in page


def test_text_that_changes_once_more_is_shown_before_it_is_signed(
    letter: Letter, editor: User
) -> None:
    signer = a_signature(letter)
    a_new_text(letter, editor, ChangeKind.MATERIAL)
    a_new_text(letter, editor, ChangeKind.MATERIAL, "And more.")
    client = Client(headers=SAME_ORIGIN)
    answer = client.post(new_text_path(signer), {"version": "2"})
    assert answer.status_code == 409
    assert "The text has changed once more" in answer.content.decode()
    for forged in ("", "x", "9" * 30, "²", "9" * 5000):
        assert client.post(new_text_path(signer), {"version": forged}).status_code == 409
    signer.refresh_from_db()
    assert signer.status == Status.ASKED
    assert client.post(new_text_path(signer), {"version": "3"}).status_code == 303
    signer.refresh_from_db()
    assert (signer.status, signer.version.number) == (Status.COUNTED, 3)


def test_post_from_another_site_and_forged_links_sign_nothing(letter: Letter, editor: User) -> None:
    signer = a_signature(letter)
    a_new_text(letter, editor, ChangeKind.MATERIAL)
    other = Client(headers={"Sec-Fetch-Site": "cross-site"})
    assert other.post(new_text_path(signer), {"version": "2"}).status_code == 403
    assert Client().get("/manage/forged/new-text/").status_code == 404
    signer.refresh_from_db()
    assert signer.status == Status.ASKED


def test_asked_signatory_may_withdraw_and_return(letter: Letter, editor: User) -> None:
    signer = a_signature(letter)
    a_new_text(letter, editor, ChangeKind.MATERIAL)
    withdraw_signature(signature_id=signer.pk)
    signer.refresh_from_db()
    assert (signer.status, signer.withdrawn_from) == (Status.WITHDRAWN, Status.ASKED)
    assert send_notices() == 0
    restore_signature(signature_id=signer.pk)
    signer.refresh_from_db()
    assert signer.status == Status.ASKED


def test_asked_signatory_may_erase(letter: Letter, editor: User) -> None:
    signer = a_signature(letter)
    a_new_text(letter, editor, ChangeKind.MATERIAL)
    erase_signature(signature_id=signer.pk)
    signer.refresh_from_db()
    assert (signer.status, signer.name) == (Status.WITHDRAWN, "")
    assert send_notices() == 0


def test_whoever_comes_late_under_the_old_text_is_asked(letter: Letter, editor: User) -> None:
    late = a_signature(letter, "Late Confirmer", status=Status.UNCONFIRMED)
    held = a_signature(letter, "Held Person", status=Status.HELD)
    a_new_text(letter, editor, ChangeKind.MATERIAL)
    confirm_signature(signature_id=late.pk)
    decide_signatures(
        letter=letter, seen={held.pk: held.fingerprint}, action=Action.APPROVE, actor=editor
    )
    assert set(Signature.objects.values_list("status", flat=True)) == {Status.ASKED}
    assert AuditEntry.objects.get(signature=held).after["status"] == Status.ASKED
    assert send_notices() == 0
    assert (note_the_asked(), note_the_asked()) == (2, 0)
    assert send_notices() == 2


def test_new_signature_is_of_the_new_text(letter: Letter, editor: User) -> None:
    data = sign_data(letter, language="fr")
    a_new_text(letter, editor, ChangeKind.MATERIAL)
    letter.refresh_from_db()
    client = Client(headers=SAME_ORIGIN)
    answer = client.post("/letters/a-letter/sign/", data)
    assert answer.status_code == 422
    answer = client.post("/letters/a-letter/sign/", {**data, "version": "2"})
    assert answer.status_code == 303
    row = Signature.objects.get()
    assert (row.version.number, row.language) == (2, "fr")
    assert confirm_signature(signature_id=row.pk).status == Status.COUNTED


def test_database_lets_no_statement_count_an_old_text(letter: Letter, editor: User) -> None:
    signer = a_signature(letter)
    a_new_text(letter, editor, ChangeKind.MATERIAL)
    Signature.objects.filter(pk=signer.pk).update(status=Status.COUNTED)
    a_signature(letter, "Inserted Late", version=letter.versions.get(number=1))
    assert Signature.objects.counted().count() == 0


def test_notices_survive_a_server_that_is_away(letter: Letter, editor: User, settings: Any) -> None:
    for n in range(3):
        a_signature(letter, f"Person {'x' * n}")
    a_new_text(letter, editor, ChangeKind.CORRECTION)
    backend, settings.EMAIL_BACKEND = (
        settings.EMAIL_BACKEND,
        "django.core.mail.backends.smtp.EmailBackend",
    )
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    with pytest.raises(OSError, match="refused"), transaction.atomic():
        send_notices()
    settings.EMAIL_BACKEND = backend
    assert VersionNotice.objects.filter(sent_at__isnull=True).count() == 3
    assert send_notices() == 3
    assert send_notices() == 0


def test_newer_text_replaces_the_mail_that_has_not_gone(letter: Letter, editor: User) -> None:
    a_signature(letter)
    a_new_text(letter, editor, ChangeKind.MATERIAL)
    a_new_text(letter, editor, ChangeKind.CORRECTION, "Typo mended.")
    assert send_notices() == 1
    assert "version 3" in mail.outbox[0].body
    assert "does not count until you sign" in mail.outbox[0].body


def test_same_text_and_outdated_base_are_refused(letter: Letter, editor: User) -> None:
    text = letter.current_version.translations.get(language="en")  # type: ignore[union-attr]
    same = {
        "en": {
            "title": text.title,
            "addressee": text.addressee,
            "body_markdown": text.body_markdown,
        }
    }
    values: dict[str, Any] = {
        "letter": letter,
        "kind": ChangeKind.CORRECTION,
        "note": "x",
        "actor": editor,
    }
    with pytest.raises(NothingChanged):
        change_text(base=1, texts=same, **values)
    with pytest.raises(NewerVersion):
        change_text(base=7, texts={"en": {**same["en"], "title": "New"}}, **values)
    assert letter.versions.count() == 1


def test_second_press_changes_nothing(letter: Letter, editor: User) -> None:
    signer = a_signature(letter)
    a_new_text(letter, editor, ChangeKind.MATERIAL)
    for _ in range(2):
        reconsent_signature(signature_id=signer.pk, version_number=2, language="en")
    assert AuditEntry.objects.filter(signature=signer).count() == 1


def test_manage_page_says_version_and_language(letter: Letter, editor: User) -> None:
    signer = a_signature(letter, language="fr", confirmed_at=timezone.now())
    a_new_text(letter, editor, ChangeKind.CORRECTION)
    page = Client().get(new_text_path(signer).replace("new-text/", "")).content.decode()
    french = letter.versions.get(number=1).translations.get(language="fr")
    assert "Version 1" in page
    assert "français" in page
    assert french.text_sha256 in page
