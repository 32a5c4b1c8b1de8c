"""Files of people to import: how they are read, refused and forgotten."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone

from coalition.retention import purge
from letters.models import Letter
from signatories.models import Signature
from tests.verification.importing import ATTESTED, HEADER, PAGE, check, start, upload
from verification.models import ImportRun, ImportStatus
from verification.services import work_on_import as work
from verification.services.work_on_import import work_on_import

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_media")]


def test_file_with_too_many_rows_is_refused(
    editor: Client, letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "MOST_ROWS", 1)
    run = check(editor, upload(editor, "Name,Email\nA,a@mail.example\nB,b@mail.example\n"))
    assert (run.status, run.error) == ("failed", "too_many")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty"),
        (b"PK\x03\x04", "save it as CSV"),
        (b"\x00\x01\x02\x03" * 99, "no table of text"),
    ],
)
def test_what_is_no_table_is_named_and_not_kept(
    editor: Client, letter: Letter, content: bytes, words: str, settings: Any
) -> None:
    response = editor.post(f"{PAGE}new/", {"file": SimpleUploadedFile("x.csv", content)})
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not ImportRun.objects.exists()
    assert not list(Path(settings.MEDIA_ROOT).glob("imports/*"))


def test_missing_columns_are_named(editor: Client, letter: Letter) -> None:
    run = upload(editor, "Name,Town\nAda,Lyon\n")
    sent = {"encoding": "utf-8-sig", "delimiter": "0", "language": "en", "method": "mail"}
    response = editor.post(f"{PAGE}{run.pk}/check/", {**sent, "column_name": 0})
    assert response.status_code == 422
    assert "Please say which column this is." in response.content.decode()
    response = editor.post(f"{PAGE}{run.pk}/check/", {**sent, "column_name": 0, "column_email": 0})
    assert "chosen twice" in response.content.decode()
    attested = {**sent, "column_name": 0, "column_email": 1, "method": "attest"}
    response = editor.post(f"{PAGE}{run.pk}/check/", attested)
    assert "how it can be shown" in response.content.decode()


def test_file_is_read_in_another_encoding_when_asked(editor: Client, letter: Letter) -> None:
    run = upload(editor, "Name;Email\nŁukasz;l@mail.example\n".encode("cp1250"))
    assert (run.encoding, run.delimiter) == ("cp1252", ";")
    assert "Łukasz" not in editor.get(f"{PAGE}{run.pk}/").content.decode()
    page = editor.get(f"{PAGE}{run.pk}/", {"encoding": "cp1250", "delimiter": "1"})
    assert "Łukasz" in page.content.decode()
    run = start(editor, check(editor, run, encoding="cp1250", delimiter="1"))
    assert Signature.objects.get().name == "Łukasz"


def test_file_without_a_header_and_anonymous_people(editor: Client, letter: Letter) -> None:
    run = upload(editor, "ada@mail.example\tAda\n")
    assert not run.has_header
    choices = {"delimiter": "2", "column_name": 1, "column_email": 0, "consents": []}
    sent = {**choices, **ATTESTED}
    run = editor_check_without_header(editor, run, sent)
    row = Signature.objects.get()
    assert (row.name, row.show_name, row.consent_web) == ("Ada", False, False)


def editor_check_without_header(editor: Client, run: ImportRun, sent: Any) -> ImportRun:
    body = {"encoding": run.encoding, "language": "en", **sent}
    assert editor.post(f"{PAGE}{run.pk}/check/", body).status_code == 303
    work_on_import(run_id=run.pk)
    return start(editor, ImportRun.objects.get(pk=run.pk))


def test_file_is_private_and_its_people_are_nowhere_in_the_database_in_plain(
    editor: Client, letter: Letter, settings: Any
) -> None:
    run = upload(editor, HEADER + "Ada,ada@mail.example,,\n")
    assert run.path.stat().st_mode & 0o777 == 0o600
    assert run.path.parent.stat().st_mode & 0o777 == 0o700
    run = start(editor, check(editor, run))
    with connection.cursor() as cursor:
        for table in ("verification_importrun", "verification_auditentry", "signatories_signature"):
            cursor.execute(f"SELECT row_to_json(t)::text FROM {table} t")  # noqa: S608
            assert "mail.example" not in str(cursor.fetchall())


def test_files_that_nobody_began_and_lists_of_faults_end_after_a_week(
    editor: Client, letter: Letter
) -> None:
    kept = upload(editor, HEADER + "Ada,\n")
    done = check(editor, upload(editor, HEADER + "Ada,ada@mail.example,,\nBen,,,\n"))
    done = start(editor, done)
    assert done.faults_path.exists()
    purge(timezone.now() + timedelta(days=6))
    assert kept.path.exists()
    purge(timezone.now() + timedelta(days=8))
    kept.refresh_from_db()
    assert kept.status == ImportStatus.CANCELLED
    assert not done.faults_path.exists()


def test_row_that_is_none_stops_upload_choices_and_work_with_its_line(
    editor: Client, letter: Letter
) -> None:
    wide = ",".join(["x"] * 300)
    file = SimpleUploadedFile("people.csv", wide.encode())
    response = editor.post(f"{PAGE}new/", {"file": file})
    assert response.status_code == 422
    assert "Line 1: a row has more than 200 columns." in response.content.decode()

    run = upload(editor, "Name,Email\n" + "A,a@mail.example\n" * 9 + wide)
    sent = {"delimiter": "0", "language": "en", "method": "mail"}
    page = editor.get(f"{PAGE}{run.pk}/", {**sent, "encoding": "utf-16"})
    assert page.status_code == 200
    assert "cannot be read in this encoding" in page.content.decode()
    page = editor.post(f"{PAGE}{run.pk}/check/", {**sent, "encoding": "utf-16"})
    assert page.status_code == 422
    run = check(editor, run)
    assert (run.status, run.error) == ("failed", "wide:11")
    assert "Line 11: a row has more than 200" in editor.get(f"{PAGE}{run.pk}/").content.decode()


def test_faulty_rows_say_why_in_the_organisers_language(editor: Client, letter: Letter) -> None:
    editor.defaults["HTTP_ACCEPT_LANGUAGE"] = "fr"
    run = check(editor, upload(editor, HEADER + "No Address,,,\n"))
    assert "Ce champ est obligatoire." in run.faults_path.read_text("utf-8-sig")
