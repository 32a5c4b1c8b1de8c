"""Promise 3: a stolen database reveals no signatory's email address and no IP address."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest
from django.core import mail
from django.db import connection
from django.test import Client

from letters.models import Letter, Role
from signatories.models import Signature
from tests.builders import a_member, sign_data
from tests.conftest import SAME_ORIGIN
from verification.links import manage_url
from verification.services.send_due_mail import send_due_mail

pytestmark = pytest.mark.django_db

ADDRESS = "Xanthippe.Unfindable+letters@rare-domain.example"
NETWORK = "203.0.113.77"


def test_no_table_has_the_address_or_the_network_of_a_signatory(letter: Letter) -> None:
    _whole_journey(letter)
    everything = list(_dump())
    assert any(b"Xa Example" in value for _, value in everything), "the dump reads the tables"
    found = {
        (where, clue)
        for where, value in everything
        for clue in _clues()
        if clue.lower() in value.lower()
    }
    assert found == set()


def _whole_journey(letter: Letter) -> None:
    """Signs, asks again, confirms, edits, is looked at and searched for, withdraws."""
    client = Client(headers=SAME_ORIGIN, REMOTE_ADDR=NETWORK)
    sign = f"/letters/{letter.slug}/sign/"
    data = sign_data(letter, name="Xa Example", email=ADDRESS)
    assert client.post(sign, data).status_code == 303
    send_due_mail()
    link = re.search(r"http\S+/confirm/\S+", str(mail.outbox[-1].body))
    assert link is not None
    assert client.post(link.group().removeprefix("http://localhost:8000")).status_code == 303
    assert client.post(sign, {**data, "city": "Nice"}).status_code == 303
    send_due_mail()
    row = Signature.objects.get(confirmed_at__isnull=False)
    manage = manage_url(row.pk).removeprefix("http://localhost:8000")
    details = {"name": "Xa Example", "show_name": "yes", "consent_web": "on", "city": "Metz"}
    assert client.post(manage, details).status_code == 303
    moderator = Client(headers=SAME_ORIGIN, REMOTE_ADDR=NETWORK)
    moderator.force_login(a_member(letter.coalition, Role.MODERATOR))
    queue = f"/organise/letters/{letter.slug}/signatures/"
    row.refresh_from_db()
    assert moderator.get(queue, {"q": ADDRESS}).status_code == 200
    decision = {"action": "hold", "seen": f"{row.pk}-{row.fingerprint}", "note": "Asked by phone"}
    assert moderator.post(f"{queue}decide/", decision).status_code == 303
    assert client.post(f"{manage}withdraw/").status_code == 303


def _clues() -> list[bytes]:
    """The address, its parts, other spellings, what anybody could compute from it, the network."""
    spellings = {ADDRESS, ADDRESS.lower(), "xanthippe.unfindable@rare-domain.example"}
    clues = [spelling.encode() for spelling in spellings]
    clues += [b"unfindable", b"rare-domain", NETWORK.encode(), bytes(map(int, NETWORK.split(".")))]
    for spelling in (*spellings, NETWORK):
        clues.append(base64.b64encode(spelling.encode()))
        for algorithm in ("md5", "sha1", "sha256", "sha512", "blake2b", "blake2s"):
            digest = hashlib.new(algorithm, spelling.encode()).digest()
            clues += [digest[:12], digest.hex()[:24].encode(), base64.b64encode(digest)[:16]]
    return clues


def _dump() -> list[tuple[str, bytes]]:
    """Every value of every column of every table, as bytes."""
    values = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for name, value in zip(names, row, strict=True):
                    raw = bytes(value) if isinstance(value, memoryview) else str(value).encode()
                    values.append((f"{table}.{name}", raw))
    return values
