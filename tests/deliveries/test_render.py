from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from django.db import connection, transaction

from deliveries.models import Delivery, DeliveryPiece, DeliveryStatus, PieceStatus
from deliveries.print import roll
from deliveries.print.child import PrintFailed
from deliveries.services import render_piece as render_service
from deliveries.services.finish_delivery import finish_delivery
from deliveries.services.render_piece import MAX_ATTEMPTS, Outcome, render_piece
from deliveries.services.resume_deliveries import resume_deliveries
from deliveries.services.start_rendering import retry_rendering
from letters.models import Letter
from tests.builders import a_letter, a_signature
from tests.deliveries.builders import a_delivery, typeset

NAMES = {
    "Zoë Müller-Łukasiewicz": "FR",
    "Олександр Шевченко": "UA",
    "Μαρία Παπαδοπούλου": "GR",
    "محمد الحسيني": "EG",
    "נועה כהן": "IL",
    "अनिता शर्मा": "IN",
    "สมชาย ศรีสุวรรณ": "TH",
    "王小明": "CN",
    "佐藤さくら": "JP",
    "김민준": "KR",
    "Nguyễn Thị Hương": "VN",
    "A" * 100: "US",
}


def sign_in_every_script(letter: Letter) -> None:
    for name, country in NAMES.items():
        a_signature(letter, name, country=country, role_title="Writer", consent_government=True)
    a_signature(
        letter,
        "Rep Person",
        organisation_name="Guild of Paper",
        country="FR",
        consent_government=True,
    )


def text_of(path: Path) -> str:
    """The text in reading order, without the marks by which pdftotext wraps right-to-left runs."""
    command = ["pdftotext", str(path), "-"]
    text = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    return re.sub("[\u202a-\u202e]", "", text)


@pytest.fixture
def delivery(letter: Letter, monkeypatch: pytest.MonkeyPatch) -> Delivery:
    """Four pieces of roll."""
    monkeypatch.setattr(roll, "PIECE_NAMES", 4)
    sign_in_every_script(letter)
    return a_delivery(letter)


@pytest.mark.slow
def test_a_dossier_holds_every_name_and_says_what_is_in_it(delivery: Delivery) -> None:
    typeset(delivery)

    assert delivery.status == DeliveryStatus.READY
    files = {file.name: file for file in delivery.files.all()}
    assert list(files) == [
        *("letter.pdf", "letter-public.pdf", "roll.pdf", "roll.csv", "manifest.json")
    ]
    for file in files.values():
        assert hashlib.sha256(file.path.read_bytes()).hexdigest() == file.sha256

    text = text_of(files["roll.pdf"].path)
    flat = "".join(text.split())
    for name in NAMES:
        assert "".join(name.split()) in flat, name
    assert "Guild of Paper" in text
    assert "Rep Person" not in text
    with pikepdf.open(files["roll.pdf"].path) as pdf:
        assert len(pdf.pages) == 4
        assert not pdf.is_encrypted
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang) == "en"
        assert len(pdf.Root.StructTreeRoot.K[0].K) >= 4
        assert [int(page.StructParents) for page in pdf.pages] == [0, 1, 2, 3]
        with pdf.open_outline() as outline:
            assert [part.title for part in outline.root] == ["Organisations", "People"]
    assert [f"Page {n} of 4" in text for n in range(1, 6)] == [True] * 4 + [False]

    letter_text = text_of(files["letter.pdf"].path)
    words = " ".join(letter_text.split())
    for part in (
        "The makers of things",
        "Office of Paper",
        "A letter about paper",
        "We ask for better paper.",
        "12 people and 1 organisation",
        "Guild of Paper",
        "This document is approved for public dissemination.",
        "Page 1 of",
    ):
        assert part in words
    assert delivery.text_sha256 in letter_text.replace("\n", "")

    public_words = " ".join(text_of(files["letter-public.pdf"].path).split())
    assert "12 people and 1 organisation" in public_words
    assert "It names nobody" in public_words
    assert "Guild of Paper" not in public_words

    fonts = subprocess.run(
        ["pdffonts", str(files["roll.pdf"].path)], capture_output=True, check=True, text=True
    ).stdout.splitlines()[2:]
    assert all(line.split()[-5:-2] == ["yes", "yes", "yes"] for line in fonts)

    manifest = json.loads(files["manifest.json"].path.read_text())
    assert {f["name"]: f["sha256"] for f in manifest["files"]} == {
        name: file.sha256 for name, file in files.items() if name != "manifest.json"
    }
    assert [f["name"] for f in manifest["files"] if f["public"]] == ["letter-public.pdf"]
    rows = list(csv.reader(io.StringIO(files["roll.csv"].path.read_text("utf-8-sig"))))
    assert [row[2] for row in rows[1:]] == list(
        delivery.entries.order_by("position").values_list("name", flat=True)
    )


@pytest.mark.slow
def test_the_same_delivery_gives_the_same_bytes(delivery: Delivery) -> None:
    typeset(delivery)
    before = dict(delivery.files.values_list("name", "sha256"))

    for piece in delivery.pieces.all():
        piece.path.unlink()
    delivery.pieces.update(status=PieceStatus.WAITING, attempts=0)
    delivery.files.all().delete()
    Delivery.objects.filter(pk=delivery.pk).update(status=DeliveryStatus.RENDERING)
    typeset(delivery)

    assert dict(delivery.files.values_list("name", "sha256")) == before


def test_a_piece_that_fails_is_tried_again_and_then_fails_the_delivery(
    delivery: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    def burst(*args: object) -> None:
        raise PrintFailed("no paper")

    piece = delivery.pieces.filter(kind="roll").first()
    assert piece is not None
    with monkeypatch.context() as patch:
        patch.setattr(render_service, "write_in_child", burst)
        outcomes = [render_piece(piece_id=piece.pk) for _ in range(MAX_ATTEMPTS + 1)]
    again = [Outcome.AGAIN] * (MAX_ATTEMPTS - 1)
    assert outcomes == [*again, Outcome.FAILED, Outcome.NOT_OURS]
    delivery.refresh_from_db()
    assert (delivery.status, delivery.error) == (DeliveryStatus.FAILED, "no paper")

    actor = delivery.created_by
    assert actor
    assert retry_rendering(delivery=delivery, actor=actor)
    assert not retry_rendering(delivery=delivery, actor=actor)
    assert typeset(delivery).status == DeliveryStatus.READY


def test_a_piece_that_kills_its_workers_fails_in_the_end(delivery: Delivery) -> None:
    piece = delivery.pieces.filter(kind="roll").first()
    assert piece is not None
    DeliveryPiece.objects.filter(pk=piece.pk).update(
        attempts=MAX_ATTEMPTS, status=PieceStatus.RUNNING
    )
    assert render_piece(piece_id=piece.pk) is Outcome.NOT_OURS
    delivery.refresh_from_db()
    assert delivery.status == DeliveryStatus.FAILED


def test_a_lost_piece_is_asked_for_again(
    delivery: Delivery, queued: list[tuple[str, int]], django_capture_on_commit_callbacks: object
) -> None:
    dead = delivery.pieces.filter(kind="roll").first()
    assert dead is not None
    DeliveryPiece.objects.filter(pk=dead.pk).update(status=PieceStatus.RUNNING, attempts=1)
    queued.clear()
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        assert resume_deliveries() == 1
    assert queued == [("render_piece", dead.pk)]


@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_bytes(b"")])
def test_a_damaged_piece_is_made_again(
    damage: Callable[[Path], object], delivery: Delivery
) -> None:
    for piece in delivery.pieces.all():
        render_piece(piece_id=piece.pk)
    broken = delivery.pieces.get(kind="roll", index=0)
    whole = broken.path.read_bytes()
    damage(broken.path)
    assert not finish_delivery(delivery_id=delivery.pk)
    assert typeset(delivery).status == DeliveryStatus.READY
    assert broken.path.read_bytes() == whole


def test_what_a_power_cut_left_of_a_piece_is_typeset_again(delivery: Delivery) -> None:
    piece = delivery.pieces.get(kind="roll", index=0)
    render_piece(piece_id=piece.pk)
    piece.refresh_from_db()
    piece.path.write_bytes(b"")
    delivery.pieces.filter(pk=piece.pk).update(status=PieceStatus.RUNNING)
    assert [render_piece(piece_id=piece.pk) for _ in range(2)] == [Outcome.AGAIN, Outcome.DONE]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_nobody_renders_what_another_is_at() -> None:
    import threading

    letter = a_letter()
    a_signature(letter, consent_government=True)
    delivery = a_delivery(letter)
    piece = delivery.pieces.get(kind="roll")
    outcome: list[Outcome] = []

    def other() -> None:
        outcome.append(render_piece(piece_id=piece.pk))
        connection.close()

    with transaction.atomic():
        DeliveryPiece.objects.select_for_update().get(pk=piece.pk)
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert outcome == [Outcome.NOT_OURS]


def test_the_files_are_nobody_else_s_to_read(delivery: Delivery) -> None:
    typeset(delivery)
    made = [delivery.folder, *delivery.folder.rglob("*")]
    assert len(made) > 10
    modes = {(path.is_dir(), path.stat().st_mode & 0o777) for path in made}
    assert modes == {(True, 0o700), (False, 0o600)}
