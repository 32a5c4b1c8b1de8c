"""After an erasure our copies of a delivery's files name the person no more; the record stays."""

from __future__ import annotations

import csv
import hashlib
import io
import subprocess
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.test import Client

from deliveries import tasks
from deliveries.models import Delivery, DeliveryPiece, DeliveryStatus, PieceStatus
from deliveries.print import roll
from deliveries.print.child import PrintFailed
from deliveries.services import redact_delivery as redaction
from deliveries.services.erase_entries import erase_entries
from deliveries.services.inspect_delivery import inspect_delivery
from deliveries.services.redact_delivery import due_redactions, redact_delivery
from deliveries.services.send_delivery import Erased, check_sendable, publish_delivery
from letters.models import Letter
from tests.builders import a_signature
from tests.deliveries.builders import a_delivery, made_ready, sealed, typeset
from tests.deliveries.test_receipts import leads_to_root
from verification.models import AuditEntry
from verification.services.erase_signature import erase_signature

GOV = {"consent_government": True}
GONE = ("Zaphod Vanishing", "Erased Orchestra")
REMOVED = "entry removed at the person’s request"


def pdf_text(path: Path) -> str:
    command = ["pdftotext", str(path), "-"]
    return " ".join(
        subprocess.run(command, capture_output=True, check=True, text=True).stdout.split()
    )


def said_by(path: Path) -> str:
    """All that a file says, bookmarks included."""
    if path.suffix != ".pdf":
        return path.read_text(encoding="utf-8-sig", errors="replace")
    with pikepdf.open(path) as pdf, pdf.open_outline() as outline:
        return pdf_text(path) + " ".join(item.title for item in outline.root)


def erase(delivery: Delivery, *names: str) -> None:
    for signature_id in delivery.entries.filter(name__in=names).values_list(
        "signature_id", flat=True
    ):
        assert signature_id is not None
        erase_signature(signature_id=signature_id)


@pytest.mark.slow
def test_the_files_lose_whom_the_record_keeps_by_hash_alone(
    letter: Letter,
    monkeypatch: pytest.MonkeyPatch,
    queued: list[tuple[str, int]],
    django_capture_on_commit_callbacks: Any,
) -> None:
    monkeypatch.setattr(roll, "PIECE_NAMES", 2)
    for name in ("Ada Ant", "Ben Bee", "Cid Cow", "Dot Dog"):
        a_signature(letter, name, **GOV)
    a_signature(letter, GONE[0], role_title="Captain", country="GB", featured_rank=1, **GOV)
    a_signature(letter, "Rep", organisation_name=GONE[1], **GOV)
    delivery = sealed(typeset(a_delivery(letter)))
    for copy in delivery.files.filter(seals__isnull=False):
        copy.path.write_bytes(copy.seals.path.read_bytes())  # type: ignore[union-attr]
    publish_delivery(delivery=delivery, actor=delivery.created_by)
    inspect_delivery(delivery_id=delivery.pk)
    before = {file.name: file.sha256 for file in delivery.files.all()}
    keys = dict(delivery.pieces.values_list("pk", "key"))
    public_copy = (delivery.folder / "letter-public.pdf").read_bytes()

    erase(delivery, *GONE)
    queued.clear()
    with django_capture_on_commit_callbacks(execute=True):
        tasks.erase_entries()
    assert queued == [("render_redaction", delivery.pk)], "two erasures, one rendering"

    def dies(*args: Any) -> None:
        raise PrintFailed("killed")

    with monkeypatch.context() as death:
        death.setattr(redaction, "write_files", dies)
        assert not redact_delivery(delivery_id=delivery.pk)
    assert redact_delivery(delivery_id=delivery.pk)
    assert not redact_delivery(delivery_id=delivery.pk)
    assert not due_redactions().exists()

    delivery.refresh_from_db()
    files = {file.name: file for file in delivery.files.all()}
    assert {name: file.sha256 for name, file in files.items()} == before
    everything = [path for path in delivery.folder.rglob("*") if path.is_file()]
    assert {path.suffix for path in everything} == {".pdf", ".csv", ".json"}
    for path in everything:
        assert not any(name in said_by(path) for name in GONE), path
        assert path.stat().st_mode & 0o077 == 0
    for name in ("letter.pdf", "roll.pdf", "roll.csv"):
        assert REMOVED in said_by(files[name].path), name
        assert files[name].copy_sha256 == hashlib.sha256(files[name].path.read_bytes()).hexdigest()
    rows = list(csv.reader(io.StringIO(said_by(files["roll.csv"].path))))
    assert len(rows) == 1 + delivery.totals["named"], "the count stays explained"
    assert [row[2] for row in rows[1:]].count(REMOVED) == 2
    assert (delivery.folder / "letter-public.pdf").read_bytes() == public_copy
    assert files["manifest.json"].redacted_at is None
    assert files["roll-sealed.pdf"].is_gone
    assert not files["roll-sealed.pdf"].path.exists()
    unchanged = delivery.pieces.filter(kind="roll", first__gt=2, last__lt=6)
    assert unchanged.exists()
    assert all(piece.key == keys[piece.pk] for piece in unchanged)
    assert all(leads_to_root(entry) for entry in delivery.entries.filter(erased_at__isnull=True))

    inspect_delivery(delivery_id=delivery.pk)
    assert delivery.files.get(name="roll.pdf").facts["absent_count"] == 0
    entry = AuditEntry.objects.get(action="redact")
    assert entry.after["entries"] == 2
    assert not any(name in str(entry.after) + entry.note for name in GONE)

    page = Client().get(delivery.get_absolute_url()).content.decode()
    assert "2 entries were erased" in page
    for part in (before["roll.pdf"], before["roll-sealed.pdf"], files["roll.pdf"].copy_sha256):
        assert f'data-sha256="{part}"' in page
    facts = Client().get(f"{delivery.get_absolute_url()}delivery.json").json()
    assert facts["erased_entries"] == 2
    copies = {file["name"]: file.get("copy", "as delivered") for file in facts["files"]}
    assert copies["roll.pdf"]["sha256"] == files["roll.pdf"].copy_sha256
    assert (copies["roll-sealed.pdf"], copies["manifest.json"]) == (None, "as delivered")


def test_a_letter_that_fits_otherwise_without_the_erased_says_so(
    ready: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    def print_piece(piece: DeliveryPiece) -> None:
        piece.last = 3

    monkeypatch.setattr(redaction, "print_piece", print_piece)
    monkeypatch.setattr(redaction, "_replace_files", lambda *_: [])
    erase(ready, ready.entries.get().name)
    erase_entries()
    assert redact_delivery(delivery_id=ready.pk)
    assert ready.pieces.get(kind="letter").last == 3


@pytest.mark.slow
def test_who_is_erased_before_a_retry_is_not_typeset_again(delivery: Delivery) -> None:
    typeset(delivery)
    delivery.files.all().delete()
    pieces = list((delivery.folder / "pieces").glob("*.pdf"))
    Delivery.objects.filter(pk=delivery.pk).update(status=DeliveryStatus.FAILED, ready_at=None)
    erase(delivery, delivery.entries.get().name)
    erase_entries()
    assert redact_delivery(delivery_id=delivery.pk)
    assert set(delivery.pieces.exclude(kind="public").values_list("status", flat=True)) == {
        PieceStatus.WAITING
    }
    assert len(list((delivery.folder / "pieces").glob("*.pdf"))) == 1 < len(pieces)


def test_what_was_not_sent_goes_no_more(ready: Delivery) -> None:
    check_sendable(ready)
    erase(ready, ready.entries.get().name)
    erase_entries()
    with pytest.raises(Erased):
        check_sendable(ready)


def test_a_delivery_under_way_is_left_until_it_is_finished(delivery: Delivery) -> None:
    erase(delivery, delivery.entries.get().name)
    erase_entries()
    assert not due_redactions().exists()
    made_ready(delivery)
    assert due_redactions().get() == delivery


def test_each_delivery_that_names_somebody_counts_them_once(letter: Letter) -> None:
    a_signature(letter, "Goes Later", **GOV)
    first = made_ready(a_delivery(letter))
    first.status, first.sent_at = DeliveryStatus.SENT, first.ready_at
    first.save(update_fields=["status", "sent_at"])
    second = made_ready(a_delivery(letter, first.office))
    assert second.since == first
    erase(first, "Goes Later")
    erase_entries()
    assert dict(due_redactions().values_list("pk", "erased")) == {first.pk: 1, second.pk: 1}


def test_what_a_dead_worker_left_half_done_names_nobody(ready: Delivery) -> None:
    left = [ready.folder / name for name in ("roll.pdf.7.part", "roll.pdf.facts")]
    left += [ready.folder / "sealing" / "roll-sealed.pdf", ready.folder / "pieces" / "a.7.part"]
    for path in left:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"Zaphod Vanishing")
    redaction._forget_rest(ready)
    kept = {path.name for path in ready.folder.rglob("*")}
    assert kept == {"pieces", "letter.pdf", "letter-public.pdf", "roll.pdf"}


def test_who_starts_a_failed_delivery_again_is_not_overtaken(delivery: Delivery) -> None:
    Delivery.objects.filter(pk=delivery.pk).update(status=DeliveryStatus.FAILED)
    delivery.refresh_from_db()
    assert redaction._hold_failed(delivery)
    Delivery.objects.filter(pk=delivery.pk).update(status=DeliveryStatus.RENDERING)
    assert not redaction._hold_failed(delivery)
