"""The checklist, the publication, and what a letter's status may become."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from letters.checklist import checklist
from letters.models import Draft, Letter, LetterStatus, SetAside, Translation, User
from letters.services.change_status import ClosingIsPast, NotPossible, change_status
from letters.services.publish_letter import AlreadyPublished, NotReady, publish_letter
from letters.services.take_drafts import TextChanged, fingerprint
from tests.builders import a_letter
from tests.letters.conftest import client_of
from verification.models import AuditEntry

pytestmark = pytest.mark.django_db
PUBLISH = "/organise/letters/a-draft/publish/"
STATUS = "/organise/letters/a-letter/status/"


def states(letter: Letter) -> dict[str, str]:
    return {item.key: str(item.state) for item in checklist(letter, letter.drafts.all())}


def test_whole_letter_lacks_nothing_and_goes_public(draft: Draft, editor: User) -> None:
    client = client_of(editor)
    page = client.get(PUBLISH)
    assert "Nothing is missing." in page.content.decode()
    assert client.post(PUBLISH, {"seen": page.context["seen"]}).status_code == 303
    letter = Letter.objects.get(slug="a-draft")
    version = letter.current_version
    assert version is not None
    text = version.translations.get()
    assert (letter.status, version.number, version.published_by) == ("open", 1, editor)
    assert version.text_sha256 == text.text_sha256
    assert not letter.drafts.exists()
    public = Client().get("/letters/a-draft/").content.decode()
    assert "We ask for <em>better</em> paper." in public
    assert "privacy@makers.example" in public
    entry = AuditEntry.objects.get(letter=letter)
    assert (entry.action, entry.after["sha256"]) == ("publish", version.text_sha256)
    with pytest.raises(IntegrityError), transaction.atomic():
        Translation.objects.filter(version=version).update(title="Other")


@pytest.mark.parametrize(
    ("change", "key", "state"),
    [
        ({"title": " "}, "title", "missing"),
        ({"body_markdown": "\n"}, "text", "missing"),
        ({"summary": ""}, "summary", "warning"),
        ({"is_authoritative": False}, "language", "missing"),
        ({"offices": []}, "recipients", "warning"),
        ({"offices": [], "addressee": ""}, "recipients", "missing"),
        ({"privacy_contact": ""}, "privacy", "missing"),
        ({"closes_at": timezone.now() - timedelta(hours=1)}, "schedule", "missing"),
        ({"french": "Sur le papier"}, "translation-fr", "warning"),
    ],
)
def test_checklist_names_what_is_missing(
    draft: Draft, editor: User, change: dict[str, Any], key: str, state: str
) -> None:
    letter = draft.letter
    for name, value in change.items():
        if name == "offices":
            letter.offices.clear()
        elif name == "french":
            Draft.objects.create(letter=letter, language="fr", title=value)
        elif hasattr(draft, name):
            setattr(draft, name, value)
        else:
            setattr(letter, name, value)
    draft.save()
    letter.save()
    found = states(letter)
    assert {k: s for k, s in found.items() if s != "done"} == {key: state}
    page = client_of(editor).get(PUBLISH)
    assert ("Publish the letter" in page.content.decode()) is (state != "missing")
    seen = page.context["seen"]
    if state == "missing":
        with pytest.raises(NotReady):
            publish_letter(letter=letter, seen=seen, actor=editor)
        answer = client_of(editor).post(PUBLISH, {"seen": seen}, follow=True)
        assert "Something is still missing" in answer.content.decode()
    else:
        version = publish_letter(letter=letter, seen=seen, actor=editor)
        assert [t.language for t in version.translations.all()] == ["en"]
    assert SetAside.objects.count() == (1 if "french" in change else 0)


def test_text_that_changed_since_it_was_read_is_not_published(draft: Draft, editor: User) -> None:
    seen = fingerprint(draft.letter)
    Draft.objects.filter(pk=draft.pk).update(revision=2)
    with pytest.raises(TextChanged):
        publish_letter(letter=draft.letter, seen=seen, actor=editor)
    answer = client_of(editor).post(PUBLISH, {"seen": seen}, follow=True)
    assert "read it again first" in answer.content.decode()
    assert draft.letter.drafts.count() == 1


def test_publishing_twice_is_once(draft: Draft, editor: User) -> None:
    seen = fingerprint(draft.letter)
    publish_letter(letter=draft.letter, seen=seen, actor=editor)
    with pytest.raises(AlreadyPublished):
        publish_letter(letter=draft.letter, seen=seen, actor=editor)
    assert client_of(editor).get(PUBLISH).status_code == 302
    assert draft.letter.versions.count() == 1


def test_letter_that_opens_later_is_public_and_takes_nobody_yet(draft: Draft, editor: User) -> None:
    Letter.objects.update(opens_at=timezone.now() + timedelta(days=1))
    publish_letter(letter=draft.letter, seen=fingerprint(draft.letter), actor=editor)
    page = Client().get("/letters/a-draft/").content.decode()
    assert "This letter is not open for signatures yet." in page


def test_embargo_begins_with_the_publication_and_ends_by_hand(draft: Draft, editor: User) -> None:
    Letter.objects.update(opens_at=timezone.now() + timedelta(days=1))
    client = client_of(editor)
    client.post(PUBLISH, {"seen": fingerprint(draft.letter), "sealed": "yes"})
    letter = Letter.objects.get(slug="a-draft")
    assert (letter.status, letter.is_sealed()) == ("embargoed", True)
    assert Client().get("/letters/a-draft/").status_code == 404
    with pytest.raises(NotPossible):  # a paused letter is public
        change_status(letter=letter, to=LetterStatus.PAUSED, actor=editor)
    assert (
        "End the embargo now" in client.get("/organise/letters/a-draft/settings/").content.decode()
    )
    client.post("/organise/letters/a-draft/status/", {"to": "open"})
    assert Client().get("/letters/a-draft/").status_code == 200
    letter.refresh_from_db()
    assert letter.accepts_signatures()


@pytest.mark.parametrize(
    ("steps", "ends"),
    [
        (["paused"], "paused"),
        (["paused", "open"], "open"),
        (["closed", "open"], "open"),
        (["paused", "closed"], "closed"),
    ],
)
def test_status_changes_and_is_logged(editor: User, steps: list[str], ends: str) -> None:
    letter = a_letter()
    client = client_of(editor)
    for step in steps:
        assert client.post(STATUS, {"to": step}).status_code == 303
    letter.refresh_from_db()
    assert letter.status == ends
    assert AuditEntry.objects.filter(letter=letter, actor=editor).count() == len(steps)


@pytest.mark.parametrize("to", ["open", "draft", "embargoed", "nonsense", ""])
def test_step_that_does_not_exist_changes_nothing(editor: User, to: str) -> None:
    letter = a_letter()
    answer = client_of(editor).post(STATUS, {"to": to}, follow=True)
    assert "Somebody changed the letter meanwhile" in answer.content.decode()
    letter.refresh_from_db()
    assert letter.status == LetterStatus.OPEN
    if to in LetterStatus.values:
        with pytest.raises(NotPossible):
            change_status(letter=letter, to=LetterStatus(to), actor=editor)


def test_letter_whose_closing_has_passed_wants_a_later_one_first(editor: User) -> None:
    letter = a_letter(status=LetterStatus.CLOSED, closes_at=timezone.now() - timedelta(hours=1))
    with pytest.raises(ClosingIsPast):
        change_status(letter=letter, to=LetterStatus.OPEN, actor=editor)
    answer = client_of(editor).post(STATUS, {"to": "open"})
    assert answer["Location"] == "/organise/letters/a-letter/schedule/"
