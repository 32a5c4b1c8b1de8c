"""The block list: what is confirmed from there waits for a moderator."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client

from common.crypto import network_digest, network_of
from letters.models import Letter
from signatories.models import Status
from tests.builders import a_coalition, a_letter, a_signature
from tests.verification.test_protection import PAGE, confirmed
from verification.models import AuditEntry, Block

pytestmark = pytest.mark.django_db


def block(client: Client, sender: str) -> Any:
    return client.post(f"{PAGE}blocks/", {"sender": sender, "note": "A script in the night"})


@pytest.mark.parametrize(
    ("sender", "held"),
    [
        ("Ada@Mail.example", True),
        ("mail.example", True),
        ("@example", False),
        ("sub.mail.example", False),
        ("other@mail.example", False),
        ("203.0.113.7", True),
        ("203.0.113.8", False),
    ],
)
def test_blocked_sender_is_held(editor: Client, letter: Letter, sender: str, held: bool) -> None:
    block(editor, sender)
    row = confirmed(letter, email="ada@mail.example", network_digest=network_digest("203.0.113.7"))
    assert row.signals == (["blocked"] if held else [])
    assert row.status == (Status.HELD if held else Status.COUNTED)


def test_domain_blocks_the_ones_below_it(editor: Client, letter: Letter) -> None:
    block(editor, "mail.example")
    assert confirmed(letter, email="ada@deep.mail.example").signals == ["blocked"]
    assert confirmed(letter, "Bo", email="bo@notmail.example").signals == []


def test_ipv6_is_blocked_by_its_64_bits(editor: Client, letter: Letter) -> None:
    block(editor, "2001:db8:1:2::/64")
    inside = network_digest(network_of("2001:db8:1:2:3:4:5:6"))
    assert confirmed(letter, network_digest=inside).signals == ["blocked"]


@pytest.mark.parametrize(
    "sender",
    ["", "x", "a@b", "10.0.0.0/8", "2001:db8::/32", "203.0.113", "::g", "a b.example", "\x00"],
)
def test_nonsense_is_not_blocked(editor: Client, sender: str) -> None:
    assert block(editor, sender).status_code == 422
    assert not Block.objects.exists()


def test_network_is_blocked_from_a_signature_and_unblocked(editor: Client, letter: Letter) -> None:
    row = a_signature(letter, network_digest=network_digest("203.0.113.7"))
    url = f"/organise/letters/a-letter/signatures/{row.pk}/block/"
    data = {"kind": "network"}
    assert [editor.post(url, data).status_code for _ in range(2)] == [303, 303]
    assert confirmed(letter, "Bo", network_digest=network_digest("203.0.113.7")).signals == [
        "blocked"
    ]
    assert editor.post(f"{PAGE}blocks/{Block.objects.get().pk}/remove/").status_code == 303
    assert not Block.objects.exists()
    actions = AuditEntry.objects.order_by("id").values_list("action", flat=True)
    assert list(actions) == ["block", "unblock"]


@pytest.mark.parametrize(
    ("email", "kind", "blocked"),
    [
        ("spam@fakes.example", "address", True),
        ("spam@fakes.example", "domain", True),
        ("somebody@gmail.com", "address", True),
        ("somebody@gmail.com", "domain", False),
        ("spam@fakes.example", "network", False),
        ("spam@fakes.example", "", False),
    ],
)
def test_sender_of_a_signature_is_blocked(
    editor: Client, letter: Letter, email: str, kind: str, blocked: bool
) -> None:
    row = a_signature(letter, email=email)
    url = f"/organise/letters/a-letter/signatures/{row.pk}/block/"
    assert editor.post(url, {"kind": kind}).status_code == 303
    assert list(Block.objects.values_list("kind", flat=True)) == ([kind] if blocked else [])


def test_block_of_another_coalition_does_nothing_here(editor: Client, letter: Letter) -> None:
    other = a_letter("other", coalition=a_coalition("others"))
    block(editor, "mail.example")
    assert confirmed(other).signals == []


def test_no_blocked_address_or_network_is_stored_or_shown(editor: Client) -> None:
    block(editor, "ada.secret@mail.example")
    block(editor, "203.0.113.7")
    page = editor.get(PAGE).content.decode()
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(b::text, ' ') FROM verification_block b")
        stored = cursor.fetchone()[0]
    for secret in ("ada.secret", "203.0.113.7"):
        assert secret not in page
        assert secret not in stored
        assert secret.encode().hex() not in stored
        assert secret not in str(list(AuditEntry.objects.values()))
