"""The certificate of a seal: what can be wrong with its file, and the pages that show it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from deliveries.models import Delivery
from deliveries.seal.certificate import Fault, SealUnusable, read_certificate, spoken
from deliveries.seal.self_signed import write_development_seal
from deliveries.services.seal_delivery import seal_delivery
from tests.deliveries.sealing import PASSPHRASE, seal_of


def test_a_file_without_a_key_says_so(pkcs12: bytes) -> None:
    from cryptography.hazmat.primitives.serialization import NoEncryption
    from cryptography.hazmat.primitives.serialization import pkcs12 as library

    _, certificate, _ = library.load_key_and_certificates(pkcs12, PASSPHRASE.encode())
    assert certificate is not None
    alone = library.serialize_key_and_certificates(None, None, None, [certificate], NoEncryption())
    with pytest.raises(SealUnusable) as found:
        read_certificate(alone, "")
    assert found.value.fault == Fault.KEYLESS


def test_the_seal_of_a_first_look_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "seal.p12"
    assert write_development_seal(path, "localhost")
    before = path.read_bytes()
    assert not write_development_seal(path, "localhost")
    assert path.read_bytes() == before
    assert path.stat().st_mode & 0o077 == 0
    assert [each.name for each in tmp_path.iterdir()] == ["seal.p12"]
    certificate = read_certificate(before, "")
    assert certificate.is_self_signed
    assert certificate.subject == "CN=Self-signed seal of localhost"


def published(delivery: Delivery) -> Delivery:
    delivery.published_at = delivery.ready_at
    delivery.save(update_fields=["published_at"])
    return delivery


def test_the_public_pages_show_the_seal_and_the_public_sealed_copy(to_seal: Delivery) -> None:
    seal_delivery(delivery_id=to_seal.pk)
    client = Client()
    own = f"{to_seal.get_absolute_url()}seal/"
    assert client.get(own).status_code == 404
    published(to_seal)
    seal = seal_of(to_seal)
    page = client.get(to_seal.get_absolute_url()).content.decode()
    assert own in page
    for copy in to_seal.files.filter(seals__isnull=False):
        assert f'data-sha256="{copy.sha256}"' in page
        kept = client.get(f"{to_seal.get_absolute_url()}{copy.name}").status_code
        assert kept == (200 if copy.name == "letter-public-sealed.pdf" else 404)
    answer = client.get(own)
    assert not answer.cookies
    for part in (seal.fingerprint, "self-signed", "What it does not prove"):
        assert part in answer.content.decode()
    assert "<bdi>Seal of a test</bdi>" in answer.content.decode(), "in words"
    assert ">CN=Seal of a test<" in answer.content.decode(), "and as PDF readers say it"
    facts = client.get(f"{to_seal.get_absolute_url()}delivery.json").json()
    assert facts["seal"]["certificate"]["sha256"] == seal.fingerprint
    assert {file["name"]: file["kind"] for file in facts["files"]}["roll-sealed.pdf"] == "sealed"


def test_the_page_of_this_sites_seal(seal_file: Path, settings: Any, pkcs12: bytes) -> None:
    certificate = read_certificate(pkcs12, PASSPHRASE)
    page = Client().get("/deliveries/seal/fr/").content.decode()
    assert certificate.fingerprint in page
    assert PASSPHRASE not in page
    assert Client().get("/deliveries/seal/xx/").status_code == 404
    settings.SEAL_PKCS12 = ""
    assert "no seal at the moment" in Client().get("/deliveries/seal/en/").content.decode()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("CN=Seal,O=Paper Guild\\, Inc.,C=US", "Seal, Paper Guild, Inc."),
        ("CN=Paper Guild,O=Paper Guild", "Paper Guild"),
        ("OU=Paper", "OU=Paper"),
        ("what no certificate says", "what no certificate says"),
    ],
)
def test_a_certificate_s_name_is_said_in_words(name: str, words: str) -> None:
    assert spoken(name) == words
