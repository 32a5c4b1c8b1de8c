from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import subprocess
from pathlib import Path

import pikepdf
import pytest
from django.db import connection, transaction

from deliveries.models import Delivery, DeliveryPiece, DeliveryStatus, PieceStatus
from deliveries.print import child, roll
from deliveries.print.child import PrintFailed
from deliveries.services import render_piece as render_service
from deliveries.services.finish_delivery import finish_delivery
from deliveries.services.render_piece import MAX_ATTEMPTS, Outcome, render_piece
from deliveries.services.resume_deliveries import resume_deliveries
from deliveries.services.start_rendering import retry_rendering
from deliveries.services.write_tables import plain_cell
from letters.models import Letter, Version
from tests.builders import a_letter, a_signature
from tests.deliveries.builders import a_delivery, an_office, typeset

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
    command = ["pdftotext", "-layout", str(path), "-"]
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
    assert list(files) == ["letter.pdf", "roll.pdf", "roll.csv", "manifest.json"]
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
            assert len(outline.root) == 4
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

    fonts = subprocess.run(
        ["pdffonts", str(files["roll.pdf"].path)], capture_output=True, check=True, text=True
    ).stdout.splitlines()[2:]
    assert all(line.split()[-5:-2] == ["yes", "yes", "yes"] for line in fonts)

    manifest = json.loads(files["manifest.json"].path.read_text())
    assert {f["name"]: f["sha256"] for f in manifest["files"]} == {
        name: file.sha256 for name, file in files.items() if name != "manifest.json"
    }
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


@pytest.mark.slow
def test_in_arabic_the_letter_reads_from_the_right(letter: Letter) -> None:
    assert letter.current_version is not None
    Version.objects.filter(pk=letter.current_version.pk).update(published_at=None)
    translations = letter.current_version.translations
    translations.filter(language="en").update(is_authoritative=False)
    translations.filter(language="ar").update(is_authoritative=True)
    a_signature(letter, "محمد الحسيني", consent_government=True)
    delivery = typeset(a_delivery(letter))
    assert delivery.status == DeliveryStatus.READY
    with pikepdf.open(delivery.folder / "letter.pdf") as pdf:
        assert str(pdf.Root.Lang) == "ar"


def test_an_office_s_least_type_size_and_sheet_are_kept(letter: Letter) -> None:
    a_signature(letter, consent_government=True)
    delivery = a_delivery(letter, an_office(min_type_pt="12.0", page_size="a4"))
    typeset(delivery)
    with pikepdf.open(delivery.folder / "roll.pdf") as pdf:
        assert [round(float(n)) for n in pdf.pages[0].mediabox] == [0, 0, 595, 842]
        sizes = {
            float(instruction.operands[1])
            for page in pdf.pages
            for instruction in pikepdf.parse_content_stream(page, "Tf")
        }
    # WeasyPrint draws at 96 dpi under a scale of 0.75.
    assert min(sizes) >= 12


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

    assert retry_rendering(delivery=delivery)
    assert not retry_rendering(delivery=delivery)
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


def test_a_damaged_piece_is_made_again(delivery: Delivery) -> None:
    for piece in delivery.pieces.all():
        render_piece(piece_id=piece.pk)
    broken = delivery.pieces.filter(kind="roll").first()
    assert broken is not None
    broken.path.unlink()
    assert not finish_delivery(delivery_id=delivery.pk)
    assert typeset(delivery).status == DeliveryStatus.READY


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


def test_nothing_is_fetched(tmp_path: Path) -> None:
    from deliveries.print.page import print_document
    from deliveries.print.whole import DEFAULTS

    def work(path: Path) -> None:
        page = print_document(DEFAULTS, "letter", '<img src="file:///etc/passwd" alt="">')
        path.write_bytes(page.pdf)

    with pytest.raises(PrintFailed, match="FetchRefused"):
        child.write_in_child(work, tmp_path / "page.pdf")


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@cmd", "\tx", "\rx"])
def test_a_spreadsheet_sees_no_formula(cell: str) -> None:
    assert plain_cell(cell) == f"'{cell}"


def test_pieces_are_even_and_busy_both_workers() -> None:
    assert roll.piece_ranges(0) == []
    assert roll.piece_ranges(100) == [(1, 100)]
    ranges = roll.piece_ranges(10_500)
    assert len(ranges) == 6
    assert ranges[0] == (1, 1750)
    assert ranges[-1] == (8751, 10_500)
