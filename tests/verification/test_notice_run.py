"""How far the mails about a new text are; pausing them."""

from __future__ import annotations

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from letters.models import ChangeKind, Letter, Role, User
from signatories.services.withdraw_signature import withdraw_signature
from tests.builders import a_coalition, a_member, a_signature
from tests.conftest import SAME_ORIGIN
from verification.models import AuditEntry, VersionNotice
from verification.services.change_text import change_text
from verification.services.reconsent_signature import reconsent_signature
from verification.services.send_notices import send_notices

pytestmark = pytest.mark.django_db
RUN = "/organise/letters/a-letter/text/2/mails/"


@pytest.fixture
def editor(letter: Letter) -> User:
    return a_member(letter.coalition, Role.EDITOR)


def client_of(user: User) -> Client:
    client = Client(headers=SAME_ORIGIN)
    client.force_login(user)
    return client


def change(letter: Letter, editor: User) -> None:
    change_text(
        letter=letter,
        base=1,
        kind=ChangeKind.MATERIAL,
        note="More.",
        texts={"en": {"title": "T", "addressee": "", "body_markdown": "Other."}},
        actor=editor,
    )


def test_progress_adds_up_and_says_what_was_answered(letter: Letter, editor: User) -> None:
    names = ("Ada", "Ben", "Cleo", "Dora", "Eve")
    signers = {name: a_signature(letter, name, email=f"{name}@x.example") for name in names}
    change(letter, editor)
    version = letter.versions.get(number=2)
    notices = VersionNotice.objects.filter(version=version)
    withdraw_signature(signature_id=signers["Eve"].pk)
    notices.filter(signature=signers["Dora"]).update(due_at=None, attempts=8)
    notices.filter(signature=signers["Cleo"]).update(due_at=timezone.now().replace(year=2099))
    assert send_notices() == 2
    reconsent_signature(signature_id=signers["Ada"].pk, version_number=2, language="en")
    assert VersionNotice.objects.progress(version) == {
        "total": 5,
        "sent": 2,
        "waiting": 1,
        "failed": 1,
        "spared": 1,
        "resigned": 1,
        "asked": 3,
        "withdrew": 1,
    }
    client = client_of(editor)
    assert "Mails about version 2" in client.get(RUN).content.decode()
    part = client.get(RUN, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert 'hx-trigger="every 3s"' in part
    listed = client.get("/organise/letters/a-letter/text/").context["versions"]
    rows = [(v.number, v.counted, v.resigned, v.asked, v.withdrew) for v in listed]
    assert rows == [(2, 1, 1, 0, 0), (1, 0, None, 3, 1)]


def test_paused_run_sends_nothing_and_goes_on_where_it_stopped(
    letter: Letter, editor: User
) -> None:
    a_signature(letter)
    change(letter, editor)
    client = client_of(editor)
    for _ in range(2):
        assert client.post(f"{RUN}pause/", {"paused": "yes"}).status_code == 303
    assert send_notices() == 0
    assert "paused" in client.get(RUN).content.decode()
    client.post(f"{RUN}pause/", {"paused": "no"})
    assert send_notices() == 1
    assert len(mail.outbox) == 1
    actions = list(AuditEntry.objects.filter(letter=letter).values_list("action", flat=True))
    assert actions == ["go_on_mails", "pause_mails", "new_text"]


def test_only_editors_pause_and_strangers_see_nothing(letter: Letter, editor: User) -> None:
    change(letter, editor)
    viewer = client_of(a_member(letter.coalition, Role.VIEWER))
    stranger = client_of(a_member(a_coalition("others"), Role.OWNER))
    assert viewer.get(RUN).status_code == 200
    assert viewer.post(f"{RUN}pause/", {"paused": "yes"}).status_code == 403
    assert stranger.get(RUN).status_code == 404
    assert client_of(editor).get(RUN.replace("/2/", "/9/")).status_code == 404
