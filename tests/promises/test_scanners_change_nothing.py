"""A scanner that opens every link in every mail changes nothing."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import connection
from django.test import Client

from letters.models import Letter
from signatories.models import Status
from tests.builders import a_signature
from verification.services.send_due_mail import send_due_mail

pytestmark = pytest.mark.django_db

SITE = "http://localhost:8000"
SCANNERS: list[tuple[str, dict[str, str]]] = [
    ("head", {}),
    ("get", {}),
    ("get", {"Sec-Purpose": "prefetch", "Purpose": "prefetch"}),
    ("get", {"X-Purpose": "preview", "User-Agent": "SafeLinks"}),
    ("get", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}),
]


def test_opening_every_link_of_every_mail_changes_nothing(letter: Letter) -> None:
    a_signature(letter, "Waiting One", status=Status.UNCONFIRMED, confirmation_sent_at=None)
    a_signature(letter, "Signed One", email="signed@mail.example")
    for name, address in (("Signed Again", "signed"), ("Gone Again", "gone")):
        a_signature(
            letter,
            name,
            email=f"{address}@mail.example",
            status=Status.UNCONFIRMED,
            confirmation_sent_at=None,
        )
    a_signature(letter, "Gone One", email="gone@mail.example", status=Status.WITHDRAWN)
    assert send_due_mail() == 3
    links = links_in(mail.outbox)
    assert len(links) >= 4
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
