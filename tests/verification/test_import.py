from __future__ import annotations

import csv
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone

from coalition.retention import purge
from letters.models import Letter, LetterStatus, Membership, ReviewPolicy, Role, User
from signatories.models import Signature, Source, Status
from tests.builders import a_coalition, a_letter, a_member, a_signature
from tests.conftest import SAME_ORIGIN
from verification.models import AuditEntry, Block, ImportRun, ImportStatus
from verification.services import work_on_import as work
from verification.services.block_senders import block_sender, read_sender
from verification.services.confirm_signature import confirm_signature
from verification.services.protect_names import protect_names
from verification.services.send_due_mail import send_due_mail
from verification.services.work_on_import import due_imports, work_on_import

pytestmark = pytest.mark.django_db
PAGE = "/organise/letters/a-letter/imports/"
HEADER = "Name,E-mail,Role,Country\n"


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def upload(editor: Client, content: str | bytes) -> ImportRun:
    data = content.encode() if isinstance(content, str) else content
    file = SimpleUploadedFile("people.csv", data, content_type="text/csv")
    response = editor.post(f"{PAGE}new/", {"file": file})
    assert response.status_code == 303, response.content.decode()
    return ImportRun.objects.latest("id")


def check(editor: Client, run: ImportRun, **changes: Any) -> ImportRun:
    """Sends the choices as the page suggests them, and lets the worker check."""
    sent = {
        "encoding": run.encoding,
        "delimiter": "0",
        "has_header": "on",
        "language": "en",
        "consents": ["consent_web"],
        "method": "mail",
        **{f"column_{name}": at for name, at in run.columns.items()},
        **changes,
    }
    response = editor.post(f"{PAGE}{run.pk}/check/", sent)
    assert response.status_code == 303, response.content.decode()
    work_on_import(run_id=run.pk)
    return ImportRun.objects.get(pk=run.pk)


def start(editor: Client, run: ImportRun) -> ImportRun:
    assert editor.post(f"{PAGE}{run.pk}/start/", {"seen": run.fingerprint}).status_code == 303
    work_on_import(run_id=run.pk)
    return ImportRun.objects.get(pk=run.pk)


def counts(run: ImportRun) -> tuple[str, int, int, int]:
    return run.status, run.added, run.already, run.faulty


ATTESTED = {"method": "attest", "evidence": "Signed at the assembly; Berta keeps the sheets."}


def test_people_are_checked_then_mailed_then_confirm_and_are_marked(
    editor: Client, letter: Letter, django_capture_on_commit_callbacks: Any
) -> None:
    a_signature(letter, "Was Here", email="was.here@gmail.com")
    people = (
        "Ada Example,ada@mail.example,Writer,France\n"
        "Was Here,washere+tag@googlemail.com,,DE\n"
        "Zoë,zoe@mail.example,,\n"
        "Ada Again,ADA@mail.example,,\n"
        "=cmd|calc,formula@mail.example,,\n"
        "No Address,,,\n"
        "No Country,land@mail.example,,Atlantis\n"
    )
    run = upload(editor, HEADER + people)
    assert run.columns == {"name": 0, "email": 1, "role_title": 2, "country": 3}
    run = check(editor, run)
    assert counts(run) == ("checked", 2, 1, 4)
    assert Signature.objects.count() == 1
    faults = b"".join(editor.get(f"{PAGE}{run.pk}/faults.csv").streaming_content)
    assert [(row[0], row[1]) for row in csv.reader(io.StringIO(faults.decode("utf-8-sig")))] == [
        ("Line", "What is wrong"),
        ("5", "The same address is in line 2."),
        ("6", "Name: this looks like a formula."),
        ("7", "Mail address: This field is required."),
        ("8", "Country: Please choose a country from the list."),
    ]
    assert "'=cmd|calc" in faults.decode()

    with django_capture_on_commit_callbacks(execute=True):
        run = start(editor, run)
    assert counts(run) == ("done", 2, 1, 4)
    assert not run.path.exists()
    rows = Signature.objects.filter(source=Source.IMPORT).order_by("name")
    assert [(row.name, row.status, row.country.code) for row in rows] == [
        ("Ada Example", "unconfirmed", "FR"),
        ("Zoë", "unconfirmed", ""),
    ]
    assert send_due_mail() == 2
    assert "writes that you agreed to sign" in str(mail.outbox[0].body)
    confirm_signature(signature_id=rows[0].pk)
    row = rows.all()[0]
    assert (row.status, row.marks, row.consent_web, row.consent_press) == (
        *("counted", ["imported"], True),
        False,
    )
    assert [entry.action for entry in AuditEntry.objects.order_by("id")] == ["import", "import_end"]


def test_attested_count_at_once_with_the_evidence_on_record_and_hear_of_it(
    editor: Client, letter: Letter
) -> None:
    run = upload(editor, "Name,Email\nAda Example,ada@mail.example\n")
    run = start(editor, check(editor, run, **ATTESTED))
    row = Signature.objects.get()
    assert (row.status, row.marks, row.source) == ("counted", ["imported"], "import")
    entry = AuditEntry.objects.get(signature=row)
    assert (entry.action, entry.note) == ("attest", ATTESTED["evidence"])
    assert entry.actor == run.started_by
    assert send_due_mail() == 1
    assert "has entered your signature" in str(mail.outbox[0].body)
    assert "/manage/" in str(mail.outbox[0].body)


def test_imported_pass_the_gate(editor: Client, letter: Letter) -> None:
    actor = a_member(letter.coalition, Role.OWNER)
    protect_names(letter=letter, names=["Famous Person"], whole_coalition=False, actor=actor)
    kind, sender = read_sender("blocked.example")
    block_sender(letter=letter, kind=kind, value=sender, note="", actor=actor)
    assert Block.objects.exists()
    people = (
        "Name,Email,Organisation,Role\n"
        "Famous Person,famous@mail.example,,\n"
        "Some One,one@blocked.example,,\n"
        "Rep Person,rep@mail.example,The Society,Chair\n"
        "No Role,norole@mail.example,The Society,\n"
        "Plain Person,plain@mail.example,,\n"
    )
    run = start(editor, check(editor, upload(editor, people), **ATTESTED))
    assert counts(run) == ("done", 4, 0, 1)
    assert dict(Signature.objects.values_list("name", "status")) == {
        "Famous Person": "held",
        "Some One": "held",
        "Rep Person": "held",
        "Plain Person": "counted",
    }


def test_policy_of_the_letter_holds_imported_too(editor: Client, letter: Letter) -> None:
    Letter.objects.filter(pk=letter.pk).update(review_policy=ReviewPolicy.HOLD)
    run = upload(editor, "Name,Email\nAda,ada@mail.example\n")
    start(editor, check(editor, run, **ATTESTED))
    assert Signature.objects.get().status == Status.HELD


@pytest.mark.parametrize("status", [Status.WITHDRAWN, Status.REJECTED, Status.HELD])
def test_who_left_or_was_rejected_is_not_taken_again(
    editor: Client, letter: Letter, status: Status
) -> None:
    a_signature(letter, email="ada@mail.example", status=status)
    run = upload(editor, "Name,Email\nAda,ada@mail.example\n")
    run = check(editor, run, **ATTESTED)
    assert counts(run) == ("checked", 0, 1, 0)


def test_who_waits_for_a_confirmation_may_be_attested(editor: Client, letter: Letter) -> None:
    a_signature(letter, email="ada@mail.example", status=Status.UNCONFIRMED)
    run = upload(editor, "Name,Email\nAda,ada@mail.example\n")
    assert counts(check(editor, run)) == ("checked", 0, 1, 0)
    run = start(editor, check(editor, run, **ATTESTED))
    assert counts(run) == ("done", 1, 0, 0)
    assert sorted(Signature.objects.values_list("status", flat=True)) == ["counted", "repeated"]


def test_dead_worker_costs_nothing_and_each_row_is_taken_once(
    editor: Client, letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "BATCH", 2)
    people = "".join(f"Person {n},p{n}@mail.example\n" for n in range(7)) + "Faulty,\n"
    run = check(editor, upload(editor, "Name,Email\n" + people), **ATTESTED)
    assert counts(run) == ("checked", 7, 0, 1)
    assert editor.post(f"{PAGE}{run.pk}/start/", {"seen": run.fingerprint}).status_code == 303
    attest, done = work._attest, []

    def die_at_the_fourth(signature_id: int) -> bool:
        done.append(signature_id)
        if len(done) == 4:
            raise KeyboardInterrupt  # what no handler of errors sees, as with kill -9
        return attest(signature_id)

    monkeypatch.setattr(work, "_attest", die_at_the_fourth)
    with pytest.raises(KeyboardInterrupt):
        work_on_import(run_id=run.pk)
    monkeypatch.setattr(work, "_attest", attest)
    run.refresh_from_db()
    assert (run.position, run.added, Signature.objects.count()) == (2, 2, 2)
    assert due_imports() == []
    assert work_on_import(run_id=run.pk) is False
    ImportRun.objects.update(heard_at=timezone.now() - work.SILENCE - timedelta(seconds=1))
    assert due_imports() == [run.pk]
    work_on_import(run_id=run.pk)
    run.refresh_from_db()
    assert counts(run) == ("done", 7, 0, 1)
    assert sorted(Signature.objects.values_list("name", flat=True)) == [
        f"Person {n}" for n in range(7)
    ]


def test_shift_ends_and_another_goes_on(
    editor: Client, letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "BATCH", 1)
    people = "A,a@mail.example\nB,b@mail.example\nC,a@mail.example\nD,\n"
    run = upload(editor, "Name,Email\n" + people)
    monkeypatch.setattr(work, "SHIFT_SECONDS", 0.000001)
    check(editor, run)
    shifts = 0
    while due_imports():
        work_on_import(run_id=run.pk)
        shifts += 1
        assert shifts < 20
        if shifts == 2:
            monkeypatch.setattr(work, "SHIFT_SECONDS", 20.0)
    run.refresh_from_db()
    assert counts(run) == ("checked", 2, 0, 2)
    assert run.faults_path.read_text("utf-8-sig").count("\n") == 3


def test_failure_that_stays_ends_the_import(
    editor: Client, letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = upload(editor, "Name,Email\nA,a@mail.example\n")
    run.path.unlink()
    ImportRun.objects.update(status="checking", columns={"name": 0, "email": 1})
    for _ in range(work.MOST_ATTEMPTS):
        ImportRun.objects.update(heard_at=None)
        work_on_import(run_id=run.pk)
    run.refresh_from_db()
    assert (run.status, run.error) == ("failed", "internal")
    assert "upload the file again" in editor.get(f"{PAGE}{run.pk}/").content.decode()


def test_cancelled_stays_where_it_is(
    editor: Client,
    letter: Letter,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    monkeypatch.setattr(work, "BATCH", 1)
    run = check(editor, upload(editor, "Name,Email\nA,a@mail.example\nB,b@mail.example\n"))
    editor.post(f"{PAGE}{run.pk}/start/", {"seen": run.fingerprint})
    take = work._Work._take

    def cancel_meanwhile(self: Any, locked: ImportRun, batch: Any) -> None:
        """The transaction of the batch holds the row, so the organiser's comes right after it."""
        take(self, locked, batch)
        callbacks.append(lambda: editor.post(f"{PAGE}{run.pk}/cancel/"))

    callbacks: list[Any] = []
    step = work._Work._step

    def step_then_cancel(self: Any, batch: Any, table: Any) -> bool:
        more = step(self, batch, table)
        while callbacks:
            assert callbacks.pop()().status_code == 303
        return more

    monkeypatch.setattr(work._Work, "_take", cancel_meanwhile)
    monkeypatch.setattr(work._Work, "_step", step_then_cancel)
    with django_capture_on_commit_callbacks(execute=True):
        work_on_import(run_id=run.pk)
    run.refresh_from_db()
    assert counts(run) == ("cancelled", 1, 0, 0)
    assert Signature.objects.count() == 1
    assert due_imports() == []
    assert not run.path.exists()
    seen = {"seen": run.fingerprint}
    page = editor.post(f"{PAGE}{run.pk}/start/", seen, follow=True).content.decode()
    assert "has moved on meanwhile" in page
    run.refresh_from_db()
    assert run.status == ImportStatus.CANCELLED


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


def test_import_of_another_coalition_is_not_there(editor: Client, letter: Letter) -> None:
    other = a_letter("other", coalition=a_coalition("others"))
    run = ImportRun.objects.create(letter=other, key="k", bytes=1, encoding="utf-8-sig")
    assert editor.get(f"{PAGE}{run.pk}/").status_code == 404
    assert editor.post(f"{PAGE}{run.pk}/start/").status_code == 404


def test_closed_letter_takes_no_import(editor: Client, letter: Letter) -> None:
    Letter.objects.filter(pk=letter.pk).update(status=LetterStatus.CLOSED)
    file = SimpleUploadedFile("people.csv", b"Name,Email\n")
    response = editor.post(f"{PAGE}new/", {"file": file})
    assert response.status_code == 422
    assert "takes no signatures" in response.content.decode()


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


def test_start_is_bound_to_what_was_checked(editor: Client, letter: Letter) -> None:
    """Two tabs: one would ask people by mail, the other attests; the first one's button does
    neither."""
    by_mail = check(editor, upload(editor, "Name,Email\nAda,ada@mail.example\n"))
    attested = check(editor, by_mail, **ATTESTED)
    start_url = f"{PAGE}{by_mail.pk}/start/"
    page = editor.post(start_url, {"seen": by_mail.fingerprint}, follow=True).content.decode()
    assert "has moved on meanwhile" in page
    assert f'name="seen" value="{attested.fingerprint}"' in page
    assert not Signature.objects.exists()
    assert counts(start(editor, attested)) == ("done", 1, 0, 0)


def test_import_runs_in_the_name_of_who_starts_it(editor: Client, letter: Letter) -> None:
    run = check(editor, upload(editor, "Name,Email\nAda,ada@mail.example\n"), **ATTESTED)
    owner = a_member(letter.coalition, Role.OWNER)
    starter = Client(headers=SAME_ORIGIN)
    starter.force_login(owner)
    assert start(starter, run).created_by != owner
    actors = AuditEntry.objects.order_by("id").values_list("action", "actor_id")
    assert list(actors) == [("import", owner.pk), ("attest", owner.pk), ("import_end", owner.pk)]


@pytest.mark.parametrize("end", ["removed", "viewer", "closed"])
def test_import_stops_where_its_starter_may_no_longer_import(
    editor: Client, letter: Letter, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    monkeypatch.setattr(work, "BATCH", 1)
    people = "Name,Email\nA,a@mail.example\nB,b@mail.example\n"
    run = check(editor, upload(editor, people), **ATTESTED)
    step = work._Work._step

    def step_then_end(self: Any, batch: Any, table: Any) -> bool:
        more = step(self, batch, table)
        membership = Membership.objects.filter(user=run.created_by)
        if end == "removed":
            membership.delete()
        elif end == "viewer":
            membership.update(role=Role.VIEWER)
        else:
            User.objects.filter(memberships__in=membership).update(is_active=False)
        return more

    monkeypatch.setattr(work._Work, "_step", step_then_end)
    run = start(editor, run)
    assert (*counts(run), run.error) == ("failed", 1, 0, 0, "role_ended")
    assert Signature.objects.get().name == "A"
    owner = Client()
    owner.force_login(a_member(letter.coalition, Role.OWNER))
    assert "may no longer import" in owner.get(f"{PAGE}{run.pk}/").content.decode()


def test_import_does_not_start_on_a_closed_letter(editor: Client, letter: Letter) -> None:
    run = check(editor, upload(editor, "Name,Email\nAda,ada@mail.example\n"), **ATTESTED)
    Letter.objects.filter(pk=letter.pk).update(status=LetterStatus.CLOSED)
    assert start(editor, run).status == ImportStatus.CHECKED
    assert not Signature.objects.exists()


def test_shift_that_only_finds_its_way_back_does_a_batch_all_the_same(
    editor: Client, letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "BATCH", 1)
    monkeypatch.setattr(work, "SHIFT_SECONDS", -1.0)
    run = check(editor, upload(editor, "Name,Email\nA,a@mail.example\nB,b@mail.example\n"))
    assert run.position == 1
    work_on_import(run_id=run.pk)
    run.refresh_from_db()
    assert run.position == 2


def test_faulty_rows_say_why_in_the_organisers_language(editor: Client, letter: Letter) -> None:
    editor.defaults["HTTP_ACCEPT_LANGUAGE"] = "fr"
    run = check(editor, upload(editor, HEADER + "No Address,,,\n"))
    assert "Ce champ est obligatoire." in run.faults_path.read_text("utf-8-sig")
