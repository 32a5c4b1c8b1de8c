"""Sealed copies: what they are, what their check finds, and what goes wrong without harm."""

from __future__ import annotations

import hashlib
import json
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.utils import timezone
from pyhanko.sign.validation.status import SignatureCoverageLevel

from deliveries.models import Delivery, DeliveryStatus, Seal, SealStatus
from deliveries.print.child import PrintFailed
from deliveries.seal.certificate import Fault
from deliveries.seal.self_signed import self_signed
from deliveries.services import seal_delivery as seal_service
from deliveries.services.request_seal import request_seal, seal_again
from deliveries.services.resume_deliveries import resume_deliveries
from deliveries.services.seal_delivery import seal_delivery
from letters.models import Letter, Role
from tests.builders import a_member, a_signature
from tests.deliveries.builders import a_delivery, address, client_of, made_ready, typeset
from tests.deliveries.sealing import PASSPHRASE, check, seal_of
from verification.models import Action, AuditEntry

PLAIN = ("letter.pdf", "letter-public.pdf", "roll.pdf")


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


def test_one_byte_changed_breaks_the_seal(to_seal: Delivery) -> None:
    seal_delivery(delivery_id=to_seal.pk)
    content = bytearray((to_seal.folder / "roll-sealed.pdf").read_bytes())
    assert check(bytes(content)).intact
    content[content.index(b"MediaBox") + 12] ^= 1
    assert not check(bytes(content)).intact
    whole = (to_seal.folder / "roll-sealed.pdf").read_bytes()
    assert check(whole + b"\n%more\n").coverage != SignatureCoverageLevel.ENTIRE_FILE


def test_the_manifest_of_the_seals_says_what_was_sealed_by_what(to_seal: Delivery) -> None:
    seal_delivery(delivery_id=to_seal.pk)
    seal = seal_of(to_seal)
    manifest = json.loads((to_seal.folder / "seals.json").read_text())
    assert manifest["certificate"]["sha256"] == seal.fingerprint
    assert manifest["certificate"]["self_signed"]
    assert manifest["certificate"]["subject"] == "CN=Seal of a test"
    assert manifest["time_stamp"] is None
    for entry in manifest["files"]:
        sealed = (to_seal.folder / entry["name"]).read_bytes()
        assert hashlib.sha256(sealed).hexdigest() == entry["sha256"]
        plain = sealed[: entry["seals"]["bytes"]]
        assert hashlib.sha256(plain).hexdigest() == entry["seals"]["sha256"]
    assert {entry["name"]: entry["public"] for entry in manifest["files"]} == {
        "letter-sealed.pdf": False,
        "letter-public-sealed.pdf": True,
        "roll-sealed.pdf": False,
    }


def test_a_second_call_makes_no_second_seal(to_seal: Delivery) -> None:
    assert seal_delivery(delivery_id=to_seal.pk)
    before = dict(to_seal.files.values_list("name", "sha256"))
    assert not seal_delivery(delivery_id=to_seal.pk)
    assert not seal_again(delivery=to_seal, actor=a_member(to_seal.letter.coalition, Role.OWNER))
    assert dict(to_seal.files.values_list("name", "sha256")) == before


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
    to_seal: Delivery, seal_file: Path, settings: Any, fault: Fault, passphrase: str
) -> None:
    days = {Fault.EXPIRED: -20, Fault.EARLY: 20}.get(fault, 0)
    if days:
        begins = timezone.now() + timedelta(days=days)
        seal_file.write_bytes(self_signed("Other time", PASSPHRASE, begins=begins, days=10))
    if fault == Fault.MISSING:
        seal_file.unlink()
    settings.SEAL_PASSPHRASE = passphrase
    assert not seal_delivery(delivery_id=to_seal.pk)
    to_seal.refresh_from_db()
    seal = seal_of(to_seal)
    assert (seal.status, seal.fault) == (SealStatus.FAILED, fault)
    assert to_seal.status == DeliveryStatus.READY
    assert [file.name for file in to_seal.files.all()] == list(PLAIN)
    editor = client_of(a_member(to_seal.letter.coalition, Role.OWNER))
    page = editor.get(address("delivery_detail", to_seal)).content.decode()
    assert fault.mend in page
    assert passphrase not in page


def test_after_the_mend_an_editor_has_it_sealed(
    to_seal: Delivery, seal_file: Path, pkcs12: bytes
) -> None:
    seal_file.unlink()
    seal_delivery(delivery_id=to_seal.pk)
    seal_file.write_bytes(pkcs12)
    url = f"{address('delivery_detail', to_seal)}seal/"
    assert client_of(a_member(to_seal.letter.coalition, Role.VIEWER)).post(url).status_code == 403
    editor = client_of(a_member(to_seal.letter.coalition, Role.OWNER))
    assert editor.get(url).status_code == 405
    assert editor.post(url).status_code == 303
    assert AuditEntry.objects.filter(action=Action.SEAL_AGAIN).count() == 1
    assert seal_delivery(delivery_id=to_seal.pk)
    assert seal_of(to_seal).status == SealStatus.SEALED


def test_a_plain_file_that_was_changed_is_not_sealed(to_seal: Delivery) -> None:
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(100, 100))
        pdf.save(to_seal.folder / "roll.pdf")
    assert not seal_delivery(delivery_id=to_seal.pk)
    assert to_seal.files.count() == len(PLAIN)
    assert seal_of(to_seal).status == SealStatus.WAITING


def test_a_worker_that_dies_is_followed_by_another(
    to_seal: Delivery,
    monkeypatch: pytest.MonkeyPatch,
    queued: list[tuple[str, int]],
    django_capture_on_commit_callbacks: Any,
) -> None:
    real = seal_service.write_in_child

    def dies(*args: Any) -> None:
        real(*args)
        raise PrintFailed("killed after writing")

    monkeypatch.setattr(seal_service, "write_in_child", dies)
    assert not seal_delivery(delivery_id=to_seal.pk)
    assert not list(to_seal.folder.glob("*-sealed.pdf"))
    Seal.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    with django_capture_on_commit_callbacks(execute=True):
        resume_deliveries()
    assert ("render_seal", to_seal.pk) in queued
    monkeypatch.setattr(seal_service, "write_in_child", real)
    assert seal_delivery(delivery_id=to_seal.pk)


def test_what_fails_five_times_is_left_to_people(
    to_seal: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: Any) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(seal_service, "write_in_child", full)
    for _ in range(6):
        assert not seal_delivery(delivery_id=to_seal.pk)
    assert seal_of(to_seal).fault == Fault.BROKEN


def test_a_site_without_a_seal_delivers_without(delivery: Delivery) -> None:
    made_ready(delivery)
    request_seal(delivery=delivery)
    assert not Seal.objects.exists()
    assert not seal_again(delivery=delivery, actor=a_member(delivery.letter.coalition, Role.OWNER))
