"""The organisers' pages of updates, and the page that ends them."""

from __future__ import annotations

import pytest
from django.core import mail
from django.test import Client

from letters.models import Letter, Role, User
from signatories.models import Signature
from tests.builders import a_coalition, a_letter, a_member, a_signature
from verification.links import manage_url, unsubscribe_url
from verification.models import Action, AuditEntry, Update, UpdateState
from verification.services.send_updates import send_updates

pytestmark = pytest.mark.django_db

LIST = "/organise/letters/a-letter/updates/"
TYPED = {"seen": "1", "en-subject": "We were heard", "en-body_markdown": "The office *answered*."}


@pytest.fixture
def editor(letter: Letter) -> User:
    return a_member(letter.coalition, Role.EDITOR)


@pytest.fixture
def client(editor: User) -> Client:
    client = Client()
    client.force_login(editor)
    return client


def test_editor_writes_tries_and_sends(letter: Letter, client: Client, editor: User) -> None:
    a_signature(letter, consent_updates=True)
    answer = client.post(f"{LIST}new/", {**TYPED, "fr-subject": "Entendus"})
    assert answer.status_code == 422
    assert "leave both empty" in answer.content.decode()
    typed = {**TYPED, "fr-subject": "Entendus", "fr-body_markdown": "Répondu."}
    answer = client.post(f"{LIST}new/", typed)
    update = Update.objects.get()
    assert answer.headers["Location"] == f"{LIST}{update.pk}/"
    page = client.get(f"{LIST}{update.pk}/").content.decode()
    assert "1 signatory has asked for updates and gets this mail." in page
    framed = client.get(f"{LIST}{update.pk}/mail/en/")
    assert "<em>answered</em>" in framed.content.decode()
    assert "sandbox" in framed.headers["Content-Security-Policy"]
    assert client.get(f"{LIST}{update.pk}/mail/ar/").status_code == 404

    client.post(f"{LIST}{update.pk}/test/")
    assert [message.to for message in mail.outbox] == [[editor.email]] * 2
    assert "List-Unsubscribe" not in mail.outbox[0].extra_headers
    past = {"seen": "1", "starts_at": "2020-01-01T10:00"}
    assert client.post(f"{LIST}{update.pk}/send/", past).status_code == 422
    assert client.post(f"{LIST}{update.pk}/send/", {"seen": "1"}).status_code == 303
    send_updates()
    assert len(mail.outbox) == 3
    page = client.get(f"{LIST}{update.pk}/").content.decode()
    assert "<dt>Sent</dt><dd>1</dd>" in page
    assert client.get(f"{LIST}{update.pk}/edit/").status_code == 302


def test_two_editors_do_not_overwrite_each_other(letter: Letter, client: Client) -> None:
    client.post(f"{LIST}new/", TYPED)
    update = Update.objects.get()
    edit = f"{LIST}{update.pk}/edit/"
    client.post(edit, {**TYPED, "en-subject": "First"})
    answer = client.post(edit, {**TYPED, "en-subject": "Second"})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Second" in page
    assert 'name="seen" value="2"' in page
    assert client.post(edit, {**TYPED, "seen": "2", "en-subject": "Second"}).status_code == 303
    assert update.texts.get().subject == "Second"


def test_viewer_sees_and_cannot_change(letter: Letter, client: Client) -> None:
    client.post(f"{LIST}new/", TYPED)
    update = Update.objects.get()
    viewer = Client()
    viewer.force_login(a_member(letter.coalition, Role.VIEWER))
    assert "We were heard" in viewer.get(LIST).content.decode()
    page = viewer.get(f"{LIST}{update.pk}/").content.decode()
    assert "Send the update" not in page
    for end in ("send/", "step/", "test/", "edit/"):
        assert viewer.post(f"{LIST}{update.pk}/{end}", TYPED).status_code == 403


def test_update_of_another_coalition_is_not_there(letter: Letter, client: Client) -> None:
    client.post(f"{LIST}new/", TYPED)
    number = Update.objects.get().pk
    other = a_letter("other-letter", coalition=a_coalition("others"))
    stranger = Client()
    stranger.force_login(a_member(other.coalition, Role.OWNER))
    there = f"/organise/letters/other-letter/updates/{number}/"
    for end in ("", "edit/", "mail/en/", "progress/"):
        assert stranger.get(there + end).status_code == 404
        assert stranger.get(f"{LIST}{number}/{end}").status_code == 404
    for end in ("send/", "step/", "test/", "edit/"):
        assert stranger.post(there + end, TYPED).status_code == 404
    assert Update.objects.get().state == UpdateState.DRAFT


def test_draft_is_discarded_and_a_sent_one_stays(letter: Letter, client: Client) -> None:
    client.post(f"{LIST}new/", TYPED)
    client.post(f"{LIST}new/", TYPED)
    first, second = Update.objects.order_by("id")
    client.post(f"{LIST}{first.pk}/step/", {"step": "discard"})
    client.post(f"{LIST}{second.pk}/send/", {"seen": "1"})
    client.post(f"{LIST}{second.pk}/step/", {"step": "discard"})
    assert list(Update.objects.all()) == [second]
    assert AuditEntry.objects.filter(action=Action.DROP_UPDATE).count() == 1


def test_letter_without_a_text_has_no_update(letter: Letter, client: Client) -> None:
    Letter.objects.update(current_version=None, status="draft")
    assert client.post(f"{LIST}new/", TYPED).status_code == 302
    assert not Update.objects.exists()


def test_unsubscribe_page_asks_and_the_button_ends(letter: Letter) -> None:
    signature = a_signature(letter, consent_updates=True)
    url = unsubscribe_url(signature.pk)
    page = Client().get(url)
    assert "Get no more updates?" in page.content.decode()
    assert page.headers["Cache-Control"] == "no-store"
    assert manage_url(signature.pk).rpartition("/manage/")[2] not in page.content.decode()
    signature.refresh_from_db()
    assert signature.consent_updates
    for _ in range(2):
        answer = Client().post(url)
        assert (answer.status_code, len(answer.cookies)) == (200, 0)
    signature.refresh_from_db()
    assert not signature.consent_updates
    assert AuditEntry.objects.filter(action=Action.UNSUBSCRIBE).count() == 1


def test_one_click_of_a_mail_program_needs_nothing_but_the_link(letter: Letter) -> None:
    """RFC 8058, 3.2: without cookies, from anywhere, answered at once."""
    for status in ("counted", "asked", "held", "withdrawn"):
        signature = a_signature(letter, f"{status} One", status=status, consent_updates=True)
        program = Client(
            enforce_csrf_checks=True,
            headers={"Origin": "https://mail.example", "Sec-Fetch-Site": "cross-site"},
        )
        answer = program.post(unsubscribe_url(signature.pk), {"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
        assert not Signature.objects.get(pk=signature.pk).consent_updates


def test_other_tokens_end_nothing(letter: Letter) -> None:
    signature = a_signature(letter, consent_updates=True)
    manage = manage_url(signature.pk).rstrip("/").rpartition("/")[2]
    assert Client().post(f"/unsubscribe/{manage}/").status_code == 404
    assert Client().post("/unsubscribe/forged/").status_code == 404
    assert Client().put(unsubscribe_url(signature.pk)).status_code == 405
    signature.refresh_from_db()
    assert signature.consent_updates
