from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from common.merkle import leaf_hash, root_of_path
from deliveries.models import Delivery, DeliveryEntry, DeliveryStatus
from deliveries.models.entry import leaf_data
from deliveries.services.erase_entries import erase_entries
from deliveries.services.receipt import receipt_of
from deliveries.services.send_delivery import publish_delivery
from letters.models import Letter
from signatories.models import Signature
from tests.builders import a_signature
from tests.deliveries.builders import a_delivery, an_office, made_ready
from verification.links import manage_path
from verification.services.erase_signature import erase_signature

GOV = {"consent_government": True}
NAMES = ["Zoë “Zed” Müller", "علي حسن", "李小龍", "O’Brien \\ Söhne", "Ada Ant"]


@pytest.fixture
def five(letter: Letter) -> Delivery:
    for name in NAMES:
        a_signature(letter, name, role_title="Novelist", country="FR", **GOV)
    return a_delivery(letter)


def leads_to_root(entry: DeliveryEntry) -> bool:
    receipt = receipt_of(entry)
    path = [bytes.fromhex(beside) for beside in receipt["path"]]
    root = root_of_path(
        leaf_hash(leaf_data(receipt["entry"])), receipt["index"], receipt["size"], path
    )
    return root is not None and root.hex() == entry.delivery.list_root


def test_every_receipt_leads_to_the_list_root(five: Delivery) -> None:
    entries = list(five.entries.all())
    assert len({entry.salt for entry in entries}) == 5
    assert [leads_to_root(entry) for entry in entries] == [True] * 5


def test_asking_again_and_again_reads_the_list_once(
    five: Delivery, django_assert_num_queries: Any
) -> None:
    entry = five.entries.select_related("delivery__letter").get(position=3)
    first = receipt_of(entry)
    with django_assert_num_queries(0):
        assert receipt_of(entry) == first


def test_a_forged_receipt_does_not(five: Delivery) -> None:
    entry = five.entries.get(position=2)
    entry.name = "Somebody Else"
    assert not leads_to_root(entry)


def said_by_the_docs(receipt: Any, file: Path) -> str:
    """What the program of docs/delivery.md prints of a receipt."""
    [program] = re.findall(
        r"```python\n(.*?)```", (settings.BASE_DIR / "docs/delivery.md").read_text(), re.DOTALL
    )
    file.write_text(json.dumps(receipt, ensure_ascii=False), encoding="utf-8")
    command = [sys.executable, "-X", "utf8", "-c", program, file]
    return subprocess.run(command, capture_output=True, encoding="utf-8", timeout=10).stdout


def test_the_program_of_the_docs_finds_the_list_root(five: Delivery, tmp_path: Path) -> None:
    for entry in five.entries.all():
        said = said_by_the_docs(receipt_of(entry), tmp_path / "receipt.json")
        assert said.startswith(f"{five.list_root} [{entry.name!r}, 'Novelist'")


def test_the_program_of_the_docs_is_not_led_astray(five: Delivery, tmp_path: Path) -> None:
    receipt = receipt_of(five.entries.get(position=2))
    root = five.list_root
    over = f"\x1b[2K\r{root}"  # a terminal would write it over the root that was found
    forged: list[dict[str, Any]] = [
        {"entry": [*receipt["entry"][:3], over]},
        {"index": 0, "size": 0},
        {"index": -1},
        {"size": float("inf")},
        {"path": [*receipt["path"], root]},
        {"path": receipt["path"][1:]},
    ]
    for change in forged:
        said = said_by_the_docs({**receipt, **change}, tmp_path / "receipt.json")
        assert not said.startswith(root), change
        assert "\x1b" not in said


def test_erasing_empties_the_entry_and_leaves_the_others_receipts(five: Delivery) -> None:
    erased = five.entries.get(name="Ada Ant")
    others = list(five.entries.exclude(pk=erased.pk))
    assert erase_entries() == 0
    erase_signature(signature_id=erased.signature_id)
    assert erase_entries() == 1
    assert erase_entries() == 0
    after = five.entries.get(pk=erased.pk)
    words = (after.name, after.role_title, after.affiliation, after.city, str(after.country))
    assert (words, after.salt, after.marks) == (("",) * 5, None, [])
    assert after.erased_at is not None
    assert bytes(after.leaf) == bytes(erased.leaf)
    assert all(leads_to_root(entry) for entry in others)


def test_nothing_else_of_an_entry_can_change(five: Delivery) -> None:
    entry = five.entries.get(position=1)
    for change in ({"name": "Other"}, {"leaf": b"\0" * 32}, {"salt": None, "name": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            DeliveryEntry.objects.filter(pk=entry.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.filter(pk=five.pk).update(list_root="ab" * 32)


def test_the_next_delivery_says_what_changed(letter: Letter) -> None:
    office = an_office()
    stays, goes, changes = (
        a_signature(letter, name, **GOV) for name in ("Stays Put", "Goes Away", "Changes Mind")
    )
    first = made_ready(a_delivery(letter, office))
    assert first.totals["changes"] is None
    never_sent = a_delivery(letter, office)
    assert never_sent.since is None
    first.status, first.sent_at = DeliveryStatus.SENT, first.ready_at
    first.save(update_fields=["status", "sent_at"])

    Signature.objects.filter(pk=goes.pk).update(consent_government=False)
    Signature.objects.filter(pk=changes.pk).update(role_title="Composer")
    a_signature(letter, "Comes Late", **GOV)
    second = a_delivery(letter, office)

    assert second.since == first
    assert second.totals["changes"] == {"since": 1, "added": 1, "withdrawn": 1, "corrected": 1}
    assert [e.name for e in second.entries.absent_from(first)] == ["Comes Late"]
    assert [e.name for e in first.entries.absent_from(second)] == ["Goes Away"]
    assert [e.name for e in second.entries.corrected_since(first)] == ["Changes Mind"]
    assert stays.pk in second.entries.values_list("signature_id", flat=True)
    assert a_delivery(letter, an_office("another")).since is None


def receipts_path(entry: DeliveryEntry) -> str:
    assert entry.signature_id is not None
    return f"{manage_path(entry.signature_id)}deliveries/"


@pytest.fixture
def published(five: Delivery) -> Delivery:
    made_ready(five)
    publish_delivery(delivery=five, actor=five.created_by)
    five.refresh_from_db()
    return five


def test_a_signatory_downloads_their_receipt(published: Delivery, browser_client: Client) -> None:
    entry = published.entries.get(name="علي حسن")
    page = browser_client.get(receipts_path(entry))
    assert "علي حسن" in page.content.decode()
    assert "Ada Ant" not in page.content.decode()
    url = f"{receipts_path(entry)}1/receipt.json"
    assert browser_client.get(url).status_code == 303
    file = browser_client.post(url)
    assert json.loads(file.content) == receipt_of(entry)
    assert file["Content-Disposition"].startswith("attachment")
    assert browser_client.post(url.replace("/1/", "/2/")).status_code == 404


def test_a_receipt_needs_the_private_link(published: Delivery, browser_client: Client) -> None:
    for name, more in (("receipts", {}), ("receipt", {"number": 1})):
        url = reverse(name, kwargs={"token": "forged", **more})
        assert browser_client.post(url).status_code == 404


def test_no_receipt_before_the_delivery_is_public(five: Delivery, browser_client: Client) -> None:
    url = receipts_path(five.entries.get(position=1))
    page = browser_client.get(url)
    assert "in no delivery yet" in page.content.decode()
    assert browser_client.post(f"{url}1/receipt.json").status_code == 404


def test_machines_read_the_delivery_as_json(published: Delivery) -> None:
    page = Client().get(reverse("delivery_json", args=[published.letter.slug, 1])).json()
    assert page["list_root"] == published.list_root
    assert page["totals"]["named"] == 5
    assert [file["name"] for file in page["files"]] == [
        "letter.pdf",
        "letter-public.pdf",
        "roll.pdf",
    ]
    assert not any(name in json.dumps(page, ensure_ascii=False) for name in NAMES)
