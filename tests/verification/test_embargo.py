"""A letter under embargo: signed in private by invitation, public from its second on."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
import time_machine
from django.conf import settings
from django.core import mail
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from common import pagecache
from letters.models import ChangeKind, Letter, LetterStatus, Role
from signatories.models import Signature, Status
from signatories.services.refresh_tallies import refresh_tallies
from tests.builders import a_member, a_new_text, a_signature, an_invitation, sign_data
from tests.conftest import SAME_ORIGIN
from tests.promises.public_pages import public_paths
from verification.links import confirm_url, invited_url
from verification.services.confirm_signature import confirm_signature
from verification.services.erase_signature import erase_signature
from verification.services.send_due_invitations import send_due_invitations
from verification.services.send_due_mail import send_due_mail
from verification.services.send_notices import send_notices

pytestmark = pytest.mark.django_db
ADDRESS = "ada@mail.example"
REVEAL = datetime.fromisoformat("2026-12-01T18:00:00+00:00")


@pytest.fixture
def sealed(letter: Letter) -> Letter:
    letter.status = LetterStatus.EMBARGOED
    letter.opens_at = timezone.now() + timedelta(days=1)
    letter.save()
    return letter


@pytest.fixture
def founder() -> Client:
    return Client(headers=SAME_ORIGIN)


def path_in_mail(kind: str) -> str:
    found = re.search(rf"{settings.SITE_URL}(/{kind}/\S+)", str(mail.outbox[-1].body))
    assert found is not None
    return found.group(1)


def sent(letter: Letter, **changes: str | None) -> dict[str, str]:
    """What the form behind an invitation sends: it has no address."""
    return sign_data(letter, **{"email": None, **changes})


def test_founder_signs_in_private_and_stands_on_the_roll_from_the_reveal_on(
    sealed: Letter, founder: Client
) -> None:
    an_invitation(sealed)
    assert send_due_invitations() == 1
    assert "under embargo until" in str(mail.outbox[-1].body)
    page = founder.get(path_in_mail("invited"))
    assert page.status_code == 200
    assert page["Cache-Control"] == "no-store"
    shown = page.content.decode()
    assert "We ask for <em>better</em> paper." in shown
    assert 'value="Ada Example"' in shown
    assert ADDRESS not in shown
    assert 'name="email"' not in shown

    inbox = founder.post(path_in_mail("invited"), sent(sealed), follow=True)
    assert inbox.redirect_chain[-1][1] == 303
    assert "Check your inbox" in inbox.content.decode()
    assert send_due_mail() == 1
    assert mail.outbox[-1].to == [ADDRESS]
    thanks = founder.post(path_in_mail("confirm"), follow=True).content.decode()
    assert "the minute it goes public" in thanks
    assert "Pass it on" not in thanks
    assert not founder.cookies

    refresh_tallies()
    assert founder.get(sealed.get_absolute_url()).status_code == 404
    assert sealed.opens_at is not None
    with time_machine.travel(sealed.opens_at, tick=False):
        pagecache.pages.clear()
        assert "Ada Example" in founder.get(sealed.get_absolute_url()).content.decode()
        assert founder.get(f"{sealed.get_absolute_url()}count.json").json()["counted"] == 1
    row = Signature.objects.get()
    assert (row.status, row.marks) == (Status.COUNTED, ["invitation"])


def test_code_of_the_mail_works_behind_the_invitation(sealed: Letter, founder: Client) -> None:
    path = invited_url(an_invitation(sealed).pk).removeprefix(settings.SITE_URL)
    founder.post(path, sent(sealed))
    send_due_mail()
    found = re.search(r"\b[2-9A-Z]{4}-[2-9A-Z]{4}\b", str(mail.outbox[-1].body))
    assert found is not None
    answer = founder.post(f"{path}code/", {"email": ADDRESS, "code": found.group()})
    assert answer.status_code == 303
    assert answer["Location"].startswith("/confirm/")


def without_nonce(response: HttpResponse) -> tuple[int, bytes, list[str]]:
    return response.status_code, response.content, sorted(response.headers)


def test_stranger_sees_of_it_what_is_seen_of_no_letter(sealed: Letter) -> None:
    """Every public address of the letter, for reading and sending, is as one that never was."""
    a_signature(sealed)
    refresh_tallies()
    entry = Signature.objects.get().public_id
    paths = [path for path in public_paths() if f"/{sealed.slug}/" in path]
    assert len(paths) > 15
    for path in [*paths, f"/letters/{sealed.slug}/roll/{entry}/"]:
        nowhere = path.replace(sealed.slug, "no-such-x")
        for method in ("get", "post", "head"):
            answers = [getattr(Client(), method)(at, sign_data(sealed)) for at in (path, nowhere)]
            assert without_nonce(answers[0]) == without_nonce(answers[1]), path
            assert answers[0].status_code in (404, 405), path
    assert sealed.slug not in Client().get("/").content.decode()
    assert Signature.objects.count() == 1


@pytest.mark.parametrize(
    ("at", "is_public"),
    [(REVEAL - timedelta(microseconds=1), False), (REVEAL, True)],
)
def test_embargo_ends_in_its_second(letter: Letter, at: datetime, is_public: bool) -> None:
    letter.status = LetterStatus.EMBARGOED
    letter.opens_at = REVEAL
    letter.save()
    with time_machine.travel(at, tick=False):
        assert Letter.objects.visible().exists() is is_public
        assert letter.accepts_signatures() is is_public
        assert letter.is_sealed() is not is_public
        assert letter.accepts_invited()
        assert (Client().get("/letters/a-letter/").status_code == 200) is is_public


def test_without_a_minute_it_stays_sealed(letter: Letter) -> None:
    letter.status, letter.opens_at = LetterStatus.EMBARGOED, None
    assert letter.is_sealed()
    assert not letter.accepts_signatures()
    assert letter.accepts_invited()


def test_link_signs_for_the_invited_address_only(sealed: Letter, founder: Client) -> None:
    path = invited_url(an_invitation(sealed).pk).removeprefix(settings.SITE_URL)
    founder.post(path, sent(sealed, email="else@mail.example"))
    assert [row.email for row in Signature.objects.all()] == [ADDRESS]


def test_link_serves_across_the_reveal(sealed: Letter, founder: Client) -> None:
    """Whoever opened the form under embargo may send it afterwards."""
    path = invited_url(an_invitation(sealed).pk).removeprefix(settings.SITE_URL)
    Letter.objects.filter(pk=sealed.pk).update(status=LetterStatus.OPEN, opens_at=None)
    assert founder.post(path, sent(sealed)).status_code == 303
    Letter.objects.filter(pk=sealed.pk).update(status=LetterStatus.CLOSED)
    assert founder.post(path, sent(sealed)).status_code == 410


def test_form_with_a_mistake_comes_back_with_the_text(sealed: Letter, founder: Client) -> None:
    path = invited_url(an_invitation(sealed).pk).removeprefix(settings.SITE_URL)
    page = founder.post(path, sent(sealed, name="<b>"))
    assert page.status_code == 422
    assert f'action="{path}"' in page.content.decode()
    french = founder.post(path, sent(sealed, read_in="fr")).content.decode()
    assert "Une lettre sur le papier" in french


def test_answer_is_the_same_for_a_founder_who_has_signed(sealed: Letter, founder: Client) -> None:
    path = invited_url(an_invitation(sealed).pk).removeprefix(settings.SITE_URL)
    first = founder.post(path, sent(sealed))
    assert send_due_mail() == 1
    confirm_signature(signature_id=Signature.objects.get().pk)
    second = founder.post(path, sent(sealed))
    assert (first.status_code, first["Location"]) == (second.status_code, second["Location"])
    assert send_due_mail() == 1
    assert "You have signed that letter already" in str(mail.outbox[-1].body)


def test_no_page_of_a_founder_leads_to_a_page_that_is_not_there(
    sealed: Letter, founder: Client
) -> None:
    """Confirm, thanks, manage, withdraw and erase, and the new mail for an expired link."""
    path = invited_url(an_invitation(sealed).pk).removeprefix(settings.SITE_URL)
    founder.post(path, sent(sealed))
    row = Signature.objects.get()
    confirm = confirm_url(row.pk).removeprefix(settings.SITE_URL)
    pages = [founder.get(path), founder.get(f"{path}check-inbox/"), founder.get(f"{path}code/")]
    pages += [founder.get(confirm), founder.post(f"{confirm}resend/")]
    pages += [founder.post(confirm, follow=True)]
    manage = re.search(r'href="[^"]*(/manage/[^"]+)"', pages[-1].content.decode())
    assert manage is not None
    pages += [founder.get(f"{manage.group(1)}{end}") for end in ("", "withdraw/", "erase/")]
    for page in pages:
        assert page.status_code == 200
        assert f"/letters/{sealed.slug}/" not in page.content.decode()
    assert founder.post(f"{manage.group(1)}withdraw/").status_code == 303
    again = founder.post(f"{manage.group(1)}sign-again/")
    assert again["Location"].endswith("notice=restored")
    erase_signature(signature_id=row.pk)
    assert founder.get(path).status_code == 410


def test_editor_may_invite_to_a_letter_under_embargo(sealed: Letter) -> None:
    editor = Client(headers=SAME_ORIGIN)
    editor.force_login(a_member(sealed.coalition, Role.EDITOR))
    at = f"/organise/letters/{sealed.slug}/evidence/invitations/"
    assert editor.post(at, {"people": "Ada, ada@mail.example"}).status_code == 303
    assert send_due_invitations() == 1


def test_founder_proves_no_work_in_surge_mode(sealed: Letter, founder: Client) -> None:
    Letter.objects.filter(pk=sealed.pk).update(surge_mode=True)
    path = invited_url(an_invitation(sealed).pk).removeprefix(settings.SITE_URL)
    assert founder.post(path, sent(sealed)).status_code == 303
    assert "unchecked" not in Signature.objects.get().signals


def test_correction_is_told_after_the_reveal_and_a_material_change_at_once(
    sealed: Letter, founder: Client
) -> None:
    """The mail of a correction leads to the public page of changes, which is not there before."""
    editor = a_member(sealed.coalition, Role.EDITOR)
    a_signature(sealed, email=ADDRESS)
    a_new_text(sealed, editor, ChangeKind.CORRECTION, "Mended demands.")
    assert send_notices() == 0
    a_new_text(sealed, editor, ChangeKind.MATERIAL, "More demands.")
    assert send_notices() == 1
    assert founder.get(path_in_mail("manage")).status_code == 200
    sealed.refresh_from_db()
    a_signature(sealed, "Berta", email="berta@mail.example")
    a_new_text(sealed, editor, ChangeKind.CORRECTION, "Mended again.")
    send_notices()
    with time_machine.travel(sealed.opens_at):
        pagecache.pages.clear()
        assert send_notices() == 1
        assert founder.get(path_in_mail("letters")).status_code == 200
