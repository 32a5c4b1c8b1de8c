"""Who may import, into which letter, and until when."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from letters.models import Letter, LetterStatus, Membership, Role, User
from signatories.models import Signature
from tests.builders import a_coalition, a_letter, a_member
from tests.conftest import SAME_ORIGIN
from tests.verification.importing import ATTESTED, PAGE, check, counts, start, upload
from verification.models import AuditEntry, ImportRun, ImportStatus
from verification.services import work_on_import as work

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_media")]


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
