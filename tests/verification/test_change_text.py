"""Editors publish the next version of a letter that people have signed."""

from __future__ import annotations

import pytest
from django.test import Client

from letters.models import Draft, Letter, Role, User
from letters.services.take_drafts import fingerprint
from tests.builders import a_member, a_signature
from tests.conftest import SAME_ORIGIN
from verification.models import Action, AuditEntry

pytestmark = pytest.mark.django_db
FORM = "/organise/letters/a-letter/text/new/"


@pytest.fixture
def editor(letter: Letter) -> User:
    return a_member(letter.coalition, Role.EDITOR)


def logged_in(user: User) -> Client:
    client = Client(headers=SAME_ORIGIN)
    client.force_login(user)
    return client


def drafted(letter: Letter, client: Client, **texts: str) -> dict[str, str]:
    """The letter's drafts with these words in English; what the form of the change then sends."""
    client.post("/organise/letters/a-letter/text/begin/")
    letter.drafts.filter(language="en").update(**texts, revision=2)
    assert letter.current_version is not None
    return {
        "base": str(letter.current_version.number),
        "seen": fingerprint(letter),
        "kind": "material",
        "note": "More paper",
    }


def test_drafts_are_shown_and_published_as_the_next_version(letter: Letter, editor: User) -> None:
    a_signature(letter)
    client = logged_in(editor)
    data = drafted(letter, client, body_markdown="We ask for *free* paper.", share_text="Free!")
    page = client.get(FORM).content.decode()
    assert "[added: </span>free" in page
    assert f'value="{data["seen"]}"' in page
    answer = client.post(FORM, data)
    assert (answer.status_code, answer["Location"]) == (303, "/organise/letters/a-letter/text/")
    version = letter.versions.get(number=2)
    english = version.translations.get(is_authoritative=True)
    french = version.translations.get(language="fr")
    assert (version.kind, version.note, version.published_by) == ("material", "More paper", editor)
    assert version.text_sha256 == english.text_sha256
    assert (english.share_text, french.body_markdown) == ("Free!", "Une lettre sur le papier")
    assert not letter.drafts.exists()
    entry = AuditEntry.objects.get(letter=letter, action=Action.NEW_TEXT)
    assert (entry.actor, entry.note) == (editor, "More paper")
    listed = client.get(answer["Location"]).content.decode()
    assert "Version 2 is published. 1 signatory gets a mail." in listed


def test_translation_joins_with_a_new_version(letter: Letter, editor: User) -> None:
    client = logged_in(editor)
    drafted(letter, client)
    Draft.objects.create(letter=letter, language="de", title="Papier")
    page = client.get(FORM).content.decode()
    assert "A title or a text is missing." in page
    Draft.objects.filter(language="de").update(body_markdown="Wir bitten um Papier.")
    data = {"base": "1", "seen": fingerprint(letter), "kind": "correction", "note": "In German"}
    assert client.post(FORM, data).status_code == 303
    version = letter.versions.get(number=2)
    assert {t.language for t in version.translations.all()} == {"ar", "de", "en", "fr"}
    assert "Wir bitten um Papier." in Client().get("/letters/a-letter/de/").content.decode()


@pytest.mark.parametrize(
    ("texts", "changes", "said"),
    [
        ({"title": "New"}, {"kind": ""}, "This field is required."),
        ({"title": "New"}, {"note": ""}, "This field is required."),
        ({"body_markdown": ""}, {}, "A title or a text is missing."),
        ({}, {}, "The text is the same as before."),
        ({"title": "New"}, {"base": "7"}, "Somebody changed the text meanwhile."),
        ({"title": "New"}, {"seen": "en:1"}, "Somebody changed the text meanwhile."),
    ],
)
def test_change_that_is_wrong_publishes_nothing_and_keeps_what_was_typed(
    letter: Letter, editor: User, texts: dict[str, str], changes: dict[str, str], said: str
) -> None:
    client = logged_in(editor)
    answer = client.post(FORM, drafted(letter, client, **texts) | changes)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert changes.get("note", "More paper") in page
    assert f'value="{fingerprint(letter)}"' in page
    assert letter.versions.count() == 1
    assert letter.drafts.count() == 3
