"""Time stamps of seals: an authority that answers, and one that does not."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from asn1crypto import tsp
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.utils import timezone
from pyhanko.keys.internal import (
    translate_pyca_cryptography_cert_to_asn1,
    translate_pyca_cryptography_key_to_asn1,
)
from pyhanko.sign.timestamps import DummyTimeStamper, TimestampRequestError

from deliveries.models import Delivery, SealStatus
from deliveries.seal import authority
from deliveries.services.seal_delivery import seal_delivery
from tests.deliveries.sealing import check, seal_of


class Responder(BaseHTTPRequestHandler):
    """An RFC 3161 authority over HTTP; `mood` is what it does instead of its duty."""

    stamper: DummyTimeStamper
    mood = ""

    def do_POST(self) -> None:
        question = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
        answer = asyncio.run(self.stamper.async_request_tsa_response(question)).dump()
        self.send_response(500 if self.mood == "error" else 200)
        self.send_header("Content-Type", "application/timestamp-reply")
        self.end_headers()
        if self.mood == "silent":
            authority_waits.wait(2)
        self.wfile.write({"nonsense": b"<html>", "large": b"x" * 200_000}.get(self.mood, answer))

    def log_message(self, *args: Any) -> None:
        pass


authority_waits = threading.Event()


@cache
def an_authority() -> DummyTimeStamper:
    """pyHanko's takes RSA keys only."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "A clock of a test")])
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(timezone.now() - timedelta(days=1))
        .not_valid_after(timezone.now() + timedelta(days=1))
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )
    return DummyTimeStamper(
        translate_pyca_cryptography_cert_to_asn1(certificate),
        translate_pyca_cryptography_key_to_asn1(key),
    )


@pytest.fixture
def responder(settings: Any) -> Iterator[type[Responder]]:
    class Own(Responder):
        stamper = an_authority()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Own)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    settings.SEAL_TSA = f"http://127.0.0.1:{server.server_port}/"
    authority_waits.clear()
    yield Own
    authority_waits.set()
    server.shutdown()
    server.server_close()


def test_an_authority_stamps_the_time(to_seal: Delivery, responder: type[Responder]) -> None:
    seal_delivery(delivery_id=to_seal.pk)
    seal = seal_of(to_seal)
    assert seal.time_stamped_at is not None
    assert abs(seal.time_stamped_at - timezone.now()) < timedelta(minutes=1)
    assert "A clock of a test" in seal.time_stamped_by
    status = check((to_seal.folder / "letter-sealed.pdf").read_bytes())
    assert status.timestamp_validity.valid
    assert status.intact


@pytest.mark.parametrize("mood", ["error", "nonsense", "large", "silent", "gone"])
def test_an_authority_that_fails_is_told_from_one_that_stamps(
    responder: type[Responder], settings: Any, monkeypatch: pytest.MonkeyPatch, mood: str
) -> None:
    monkeypatch.setattr(authority, "SECONDS", 0.3)
    responder.mood = mood
    url = "http://user:key@127.0.0.1:1/" if mood == "gone" else settings.SEAL_TSA
    with pytest.raises(TimestampRequestError) as error:
        asyncio.run(authority.HttpAuthority(url).async_timestamp(b"x" * 32, "sha256"))
    assert "key" not in str(error.value)


def test_without_its_answer_the_seal_says_that_it_has_no_time_stamp(
    to_seal: Delivery, responder: type[Responder]
) -> None:
    responder.mood = "error"
    assert seal_delivery(delivery_id=to_seal.pk)
    seal = seal_of(to_seal)
    assert (seal.status, seal.time_stamped_at) == (SealStatus.SEALED, None)
    assert seal.time_stamp_error == "it answered 500"
    assert check((to_seal.folder / "letter-sealed.pdf").read_bytes()).intact
