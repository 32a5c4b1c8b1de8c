"""A scanner that opens every link in every mail changes nothing."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import connection
from django.test import Client
from django.test.signals import template_rendered

from letters.models import ChangeKind, Letter, Role
from letters.services.invite_member import invite_member
from letters.services.send_member_invitations import send_member_invitations
from signatories.models import Source, Status
from tests.builders import a_member, a_signature, an_invitation
from verification.services.change_text import change_text
from verification.services.send_due_invitations import send_due_invitations
from verification.services.send_due_mail import send_due_mail
from verification.services.send_my_signatures import send_my_signatures
from verification.services.send_notices import send_notices
from verification.services.send_updates import send_updates
from verification.services.steer_update import send_update
from verification.services.write_update import Words, write_update

pytestmark = pytest.mark.django_db

SITE = "http://localhost:8000"
SCANNERS: list[tuple[str, dict[str, str]]] = [
    ("head", {}),
    ("get", {}),
    ("get", {"Sec-Purpose": "prefetch", "Purpose": "prefetch"}),
    ("get", {"X-Purpose": "preview", "User-Agent": "SafeLinks"}),
    ("get", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}),
]


def confirmation(letter: Letter) -> None:
    a_signature(letter, "Waiting One", status=Status.UNCONFIRMED, confirmation_sent_at=None)
    send_due_mail()


def already_signed(letter: Letter) -> None:
    """To one who stands on the letter, and to one who withdrew."""
    for name, status in (("signed", Status.COUNTED), ("gone", Status.WITHDRAWN)):
        email = f"{name}@mail.example"
        a_signature(letter, f"{name} One", email=email, status=status)
        again = {"status": Status.UNCONFIRMED, "confirmation_sent_at": None}
        a_signature(letter, f"{name} Again", email=email, **again)
    send_due_mail()


def imported(letter: Letter) -> None:
    """To one whom an organiser attested."""
    a_signature(letter, source=Source.IMPORT, confirmation_sent_at=None)
    send_due_mail()


def invitation(letter: Letter) -> None:
    an_invitation(letter)
    send_due_invitations()


def my_signatures(letter: Letter) -> None:
    for status in (Status.COUNTED, Status.HELD, Status.WITHDRAWN, Status.REJECTED):
        a_signature(letter, email=f"{status}@mail.example", status=status)
        send_my_signatures(email=f"{status}@mail.example", language="en")
    send_my_signatures(email="nobody@mail.example", language="en")


def new_text(letter: Letter) -> None:
    """Of a correction, and of a material change."""
    editor = a_member(letter.coalition, Role.EDITOR)
    a_signature(letter)
    for base, kind in ((1, ChangeKind.CORRECTION), (2, ChangeKind.MATERIAL)):
        texts = {"en": {"title": "T", "addressee": "A", "body_markdown": f"Demand {base}."}}
        change_text(letter=letter, base=base, kind=kind, note="More", texts=texts, actor=editor)
        send_notices()


def update(letter: Letter) -> None:
    editor = a_member(letter.coalition, Role.EDITOR)
    a_signature(letter, consent_updates=True)
    words = Words(subject="We were heard", body_markdown="The office answered.")
    written = write_update(letter=letter, update_id=None, seen=1, texts={"en": words}, actor=editor)
    send_update(letter=letter, update_id=written.pk, seen=1, actor=editor)
    send_updates()


def member_invitation(letter: Letter) -> None:
    owner = a_member(letter.coalition, Role.OWNER)
    invite_member(
        coalition=letter.coalition,
        email="new@makers.example",
        role=Role.EDITOR,
        language="en",
        actor=owner,
    )
    send_member_invitations()


# Each mail that this site sends (its template's name), and what sends it.
MAILS: dict[str, Callable[[Letter], None]] = {
    "letters/mail/member_invitation": member_invitation,
    "verification/mail/confirm": confirmation,
    "verification/mail/already_signed": already_signed,
    "verification/mail/imported": imported,
    "verification/mail/invitation": invitation,
    "verification/mail/my_signatures": my_signatures,
    "verification/mail/new_text": new_text,
    "verification/mail/update": update,
}


def test_every_mail_has_a_case() -> None:
    root = settings.BASE_DIR / "templates"
    found = {
        str(path.relative_to(root)).removesuffix(".subject.txt")
        for path in root.glob("*/mail/*.subject.txt")
    }
    assert found == set(MAILS), "a mail without a case: write what sends it in MAILS"


@pytest.mark.parametrize("template", MAILS)
def test_opening_every_link_of_the_mail_changes_nothing(letter: Letter, template: str) -> None:
    rendered: set[str] = set()

    def note(template: Any, **_: Any) -> None:
        rendered.add(str(template.name))

    template_rendered.connect(note)
    try:
        MAILS[template](letter)
    finally:
        template_rendered.disconnect(note)
    assert f"{template}.txt" in rendered
    links = links_in(mail.outbox)
    assert links
    before = digest_of_everything()
    open_like_scanners(links)
    assert digest_of_everything() == before


def links_in(messages: Iterable[object]) -> set[str]:
    """Every address of this site in every part of the mails."""
    found: set[str] = set()
    for message in messages:
        assert isinstance(message, EmailMultiAlternatives)
        parts = [str(message.body), *(str(part.content) for part in message.alternatives)]
        for part in parts:
            found |= set(re.findall(rf"{SITE}(/[^\s\"<>]+)", part))
    return found


def open_like_scanners(paths: Iterable[str]) -> None:
    """Opens each, and follows what leads on, with every habit of mail scanners."""
    for method, headers in SCANNERS:
        for path in paths:
            response = getattr(Client(headers=headers), method)(path, follow=True)
            assert response.status_code < 500, path


def digest_of_everything() -> str:
    """A hash over every row of every table."""
    digest = hashlib.sha256()
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(
                f"SELECT t::text FROM {connection.ops.quote_name(table)} t ORDER BY 1"  # noqa: S608
            )
            digest.update(repr((table, cursor.fetchall())).encode())
    return digest.hexdigest()
