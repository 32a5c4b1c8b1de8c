"""Sealed copies: what they are, what their check finds, and what goes wrong without harm."""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import subprocess
import threading
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from asn1crypto import tsp
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.test import Client
from django.utils import timezone
from pyhanko.keys.internal import (
    translate_pyca_cryptography_cert_to_asn1,
    translate_pyca_cryptography_key_to_asn1,
)
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.timestamps import DummyTimeStamper, TimestampRequestError
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from deliveries.models import Delivery, DeliveryStatus, Seal, SealStatus
from deliveries.print.child import PrintFailed
from deliveries.seal import authority
from deliveries.seal.certificate import Fault, SealUnusable, read_certificate
from deliveries.seal.self_signed import self_signed, write_development_seal
from deliveries.services import seal_delivery as seal_service
from deliveries.services.request_seal import request_seal, seal_again
from deliveries.services.resume_deliveries import resume_deliveries
from deliveries.services.seal_delivery import seal_delivery
from letters.models import Letter, Role
from tests.builders import a_member, a_signature
from tests.deliveries.builders import a_delivery, address, client_of, made_ready, typeset

PASSPHRASE = "open sesame"
PLAIN = ("letter.pdf", "letter-public.pdf", "roll.pdf")


@pytest.fixture(scope="session")
def pkcs12() -> bytes:
    return self_signed("Seal of a test", PASSPHRASE)


@pytest.fixture
def seal_file(settings: Any, tmp_path: Path, pkcs12: bytes) -> Path:
    """The installation's seal."""
    path = tmp_path / "seal.p12"
    path.write_bytes(pkcs12)
    settings.SEAL_PKCS12, settings.SEAL_PASSPHRASE = str(path), PASSPHRASE
    return path


@pytest.fixture
def ready(delivery: Delivery, seal_file: Path) -> Delivery:
    """Finished, with real if empty PDFs, waiting to be sealed."""
    made_ready(delivery)
    for file in delivery.files.all():
        with pikepdf.new() as pdf:
            pdf.add_blank_page()
            pdf.save(file.path, deterministic_id=True)
        file.bytes = file.path.stat().st_size
        file.sha256 = hashlib.sha256(file.path.read_bytes()).hexdigest()
        file.save(update_fields=["bytes", "sha256"])
    request_seal(delivery=delivery)
    return delivery


def check(content: bytes) -> Any:
    """pyHanko's own word on a sealed file, its certificate being trusted."""
    [signature] = PdfFileReader(io.BytesIO(content)).embedded_regular_signatures
    context = ValidationContext(trust_roots=[signature.signer_cert], allow_fetching=False)
    return validate_pdf_signature(signature, context)


def seal_of(delivery: Delivery) -> Seal:
    return Seal.objects.get(delivery=delivery)


@pytest.mark.slow
def test_a_finished_dossier_is_sealed_beside_its_plain_files(
    letter: Letter,
    seal_file: Path,
    queued: list[tuple[str, int]],
    django_capture_on_commit_callbacks: Any,
) -> None:
    a_signature(letter, "Zoë Müller", consent_government=True)
    with django_capture_on_commit_callbacks(execute=True):
        delivery = typeset(a_delivery(letter))
    assert ("render_seal", delivery.pk) in queued
    before = {file.name: file.path.read_bytes() for file in delivery.files.all()}

    assert seal_delivery(delivery_id=delivery.pk)

    for name, content in before.items():
        assert (delivery.folder / name).read_bytes() == content
    copies = list(delivery.files.filter(seals__isnull=False).select_related("seals"))
    assert {copy.seals.name for copy in copies if copy.seals} == set(PLAIN)
    for copy in copies:
        content = copy.path.read_bytes()
        assert hashlib.sha256(content).hexdigest() == copy.sha256
        assert content.startswith(before[copy.name.replace("-sealed", "")])
        status = check(content)
        assert status.bottom_line
        assert status.coverage == SignatureCoverageLevel.ENTIRE_FILE
        subprocess.run(["qpdf", "--check", str(copy.path)], check=True, capture_output=True)
        with pikepdf.open(copy.path) as pdf, pdf.open_metadata() as metadata:
            assert metadata["{http://www.aiim.org/pdfua/ns/id/}part"] == "1"
            assert metadata["dc:title"]
            assert pdf.Root.MarkInfo.Marked
            [field] = pdf.Root.AcroForm.Fields
            assert int(field.F) & 2, "hidden, so that PDF/UA needs no place for it"
            assert pdf.pages[0].obj.Tabs == "/S"
    assert check(copies[0].path.read_bytes()).signing_cert.sha256.hex() == (
        seal_of(delivery).fingerprint
    )


def test_one_byte_changed_breaks_the_seal(ready: Delivery) -> None:
    seal_delivery(delivery_id=ready.pk)
    content = bytearray((ready.folder / "roll-sealed.pdf").read_bytes())
    assert check(bytes(content)).intact
    content[content.index(b"MediaBox") + 12] ^= 1
    assert not check(bytes(content)).intact
    whole = (ready.folder / "roll-sealed.pdf").read_bytes()
    assert check(whole + b"\n%more\n").coverage != SignatureCoverageLevel.ENTIRE_FILE


def test_the_manifest_of_the_seals_says_what_was_sealed_by_what(ready: Delivery) -> None:
    seal_delivery(delivery_id=ready.pk)
    seal = seal_of(ready)
    manifest = json.loads((ready.folder / "seals.json").read_text())
    assert manifest["certificate"]["sha256"] == seal.fingerprint
    assert manifest["certificate"]["self_signed"]
    assert manifest["certificate"]["subject"] == "CN=Seal of a test"
    assert manifest["time_stamp"] is None
    for entry in manifest["files"]:
        sealed = (ready.folder / entry["name"]).read_bytes()
        assert hashlib.sha256(sealed).hexdigest() == entry["sha256"]
        plain = sealed[: entry["seals"]["bytes"]]
        assert hashlib.sha256(plain).hexdigest() == entry["seals"]["sha256"]
    assert {entry["name"]: entry["public"] for entry in manifest["files"]} == {
        "letter-sealed.pdf": False,
        "letter-public-sealed.pdf": True,
        "roll-sealed.pdf": False,
    }


def test_a_second_call_makes_no_second_seal(ready: Delivery) -> None:
    assert seal_delivery(delivery_id=ready.pk)
    before = dict(ready.files.values_list("name", "sha256"))
    assert not seal_delivery(delivery_id=ready.pk)
    assert not seal_again(delivery=ready)
    assert dict(ready.files.values_list("name", "sha256")) == before


def test_sealed_copies_do_not_go_with_the_mail(ready: Delivery) -> None:
    seal_delivery(delivery_id=ready.pk)
    assert [file.name for file in ready.files.for_office()] == ["letter.pdf", "roll.pdf"]


@pytest.mark.parametrize(
    ("fault", "passphrase"),
    [
        (Fault.EXPIRED, PASSPHRASE),
        (Fault.EARLY, PASSPHRASE),
        (Fault.LOCKED, "wrong words"),
        (Fault.MISSING, PASSPHRASE),
    ],
)
def test_an_unusable_seal_loses_nothing_and_names_its_mend(
    ready: Delivery, seal_file: Path, settings: Any, fault: Fault, passphrase: str
) -> None:
    days = {Fault.EXPIRED: -20, Fault.EARLY: 20}.get(fault, 0)
    if days:
        begins = timezone.now() + timedelta(days=days)
        seal_file.write_bytes(self_signed("Other time", PASSPHRASE, begins=begins, days=10))
    if fault == Fault.MISSING:
        seal_file.unlink()
    settings.SEAL_PASSPHRASE = passphrase
    assert not seal_delivery(delivery_id=ready.pk)
    ready.refresh_from_db()
    seal = seal_of(ready)
    assert (seal.status, seal.fault) == (SealStatus.FAILED, fault)
    assert ready.status == DeliveryStatus.READY
    assert [file.name for file in ready.files.all()] == list(PLAIN)
    editor = client_of(a_member(ready.letter.coalition, Role.OWNER))
    page = editor.get(address("delivery_detail", ready)).content.decode()
    assert fault.mend in page
    assert passphrase not in page


def test_after_the_mend_an_editor_has_it_sealed(
    ready: Delivery, seal_file: Path, pkcs12: bytes
) -> None:
    seal_file.unlink()
    seal_delivery(delivery_id=ready.pk)
    seal_file.write_bytes(pkcs12)
    url = f"{address('delivery_detail', ready)}seal/"
    assert client_of(a_member(ready.letter.coalition, Role.VIEWER)).post(url).status_code == 403
    editor = client_of(a_member(ready.letter.coalition, Role.OWNER))
    assert editor.get(url).status_code == 405
    assert editor.post(url).status_code == 303
    assert seal_delivery(delivery_id=ready.pk)
    assert seal_of(ready).status == SealStatus.SEALED


def test_a_plain_file_that_was_changed_is_not_sealed(ready: Delivery) -> None:
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(100, 100))
        pdf.save(ready.folder / "roll.pdf")
    assert not seal_delivery(delivery_id=ready.pk)
    assert ready.files.count() == len(PLAIN)
    assert seal_of(ready).status == SealStatus.WAITING


def test_a_worker_that_dies_is_followed_by_another(
    ready: Delivery,
    monkeypatch: pytest.MonkeyPatch,
    queued: list[tuple[str, int]],
    django_capture_on_commit_callbacks: Any,
) -> None:
    real = seal_service.write_in_child

    def dies(*args: Any) -> None:
        real(*args)
        raise PrintFailed("killed after writing")

    monkeypatch.setattr(seal_service, "write_in_child", dies)
    assert not seal_delivery(delivery_id=ready.pk)
    assert not list(ready.folder.glob("*-sealed.pdf"))
    Seal.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    with django_capture_on_commit_callbacks(execute=True):
        resume_deliveries()
    assert ("render_seal", ready.pk) in queued
    monkeypatch.setattr(seal_service, "write_in_child", real)
    assert seal_delivery(delivery_id=ready.pk)


def test_what_fails_five_times_is_left_to_people(
    ready: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: Any) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(seal_service, "write_in_child", full)
    for _ in range(6):
        assert not seal_delivery(delivery_id=ready.pk)
    assert seal_of(ready).fault == Fault.BROKEN


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


def test_an_authority_stamps_the_time(ready: Delivery, responder: type[Responder]) -> None:
    seal_delivery(delivery_id=ready.pk)
    seal = seal_of(ready)
    assert seal.time_stamped_at is not None
    assert abs(seal.time_stamped_at - timezone.now()) < timedelta(minutes=1)
    assert "A clock of a test" in seal.time_stamped_by
    status = check((ready.folder / "letter-sealed.pdf").read_bytes())
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
    ready: Delivery, responder: type[Responder]
) -> None:
    responder.mood = "error"
    assert seal_delivery(delivery_id=ready.pk)
    seal = seal_of(ready)
    assert (seal.status, seal.time_stamped_at) == (SealStatus.SEALED, None)
    assert seal.time_stamp_error == "it answered 500"
    assert check((ready.folder / "letter-sealed.pdf").read_bytes()).intact


def test_a_site_without_a_seal_delivers_without(delivery: Delivery) -> None:
    made_ready(delivery)
    request_seal(delivery=delivery)
    assert not Seal.objects.exists()
    assert not seal_again(delivery=delivery)


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


def test_the_public_pages_show_the_seal_and_the_public_sealed_copy(ready: Delivery) -> None:
    seal_delivery(delivery_id=ready.pk)
    client = Client()
    own = f"{ready.get_absolute_url()}seal/"
    assert client.get(own).status_code == 404
    published(ready)
    seal = seal_of(ready)
    page = client.get(ready.get_absolute_url()).content.decode()
    assert own in page
    for copy in ready.files.filter(seals__isnull=False):
        assert f'data-sha256="{copy.sha256}"' in page
        kept = client.get(f"{ready.get_absolute_url()}{copy.name}").status_code
        assert kept == (200 if copy.name == "letter-public-sealed.pdf" else 404)
    answer = client.get(own)
    assert not answer.cookies
    for part in (seal.fingerprint, "CN=Seal of a test", "self-signed", "What it does not prove"):
        assert part in answer.content.decode()
    facts = client.get(f"{ready.get_absolute_url()}delivery.json").json()
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
