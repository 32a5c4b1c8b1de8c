"""Importing people: their checks, their mails, and a worker that dies."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from letters.models import Letter, ReviewPolicy, Role
from signatories.models import Signature, Source, Status
from tests.builders import a_member, a_signature
from tests.verification.importing import ATTESTED, HEADER, PAGE, check, counts, start, upload
from verification.models import AuditEntry, Block, ImportRun, ImportStatus
from verification.services import work_on_import as work
from verification.services.block_senders import block_sender, read_sender
from verification.services.confirm_signature import confirm_signature
from verification.services.protect_names import protect_names
from verification.services.send_due_mail import send_due_mail
from verification.services.work_on_import import due_imports, work_on_import

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_media")]


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
