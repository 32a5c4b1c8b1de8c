"""The composer keeps a dossier within the office's limits."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from deliveries.models import PieceKind
from deliveries.print import roll
from deliveries.services import volumes
from deliveries.services.compose_jobs import FITS
from deliveries.services.inspect_delivery import lines_of
from deliveries.services.render_piece import render_piece
from deliveries.services.volumes import volumes_of
from letters.models import Letter
from tests.builders import a_signature
from tests.deliveries.builders import a_delivery, an_office, typeset


def words_of(path: Path) -> str:
    command = ["pdftotext", "-raw", str(path), "-"]
    text = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    return " ".join(text.split())


@pytest.mark.slow
def test_a_large_roll_is_divided_into_volumes_with_their_own_numbers(
    letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(roll, "PIECE_NAMES", 2)
    monkeypatch.setattr(volumes, "MOST_IN_VOLUME", 4)
    names = [f"Person {letter_of}" for letter_of in "ABCDEFGH"]
    for name in names:
        a_signature(letter, name, consent_government=True)
    delivery = typeset(a_delivery(letter))

    files = {file.name: file for file in delivery.files.for_office()}
    assert list(files) == ["letter.pdf", "roll-1.pdf", "roll-2.pdf"]
    words = words_of(delivery.folder / "roll-2.pdf")
    assert "Volume 2 of 2: from Person E to Person H." in words
    assert "Volume 2 of 2 · Page 2 of 2" in words
    assert "Person D" not in words
    assert [name for name, _ in lines_of(delivery, files["roll-2.pdf"])] == names[4:]


def test_a_volume_keeps_below_the_bytes_of_a_file(letter: Letter) -> None:
    for number in range(6):
        a_signature(letter, f"Person {number}", consent_government=True)
    delivery = a_delivery(letter, an_office(max_file_bytes=volumes.FONTS + 3 * 600))
    (piece,) = delivery.pieces.filter(kind=PieceKind.ROLL)
    assert len(volumes_of(delivery, [piece])) == 1  # a piece is not divided
    parts = [type(piece)(first=1, last=3), type(piece)(first=4, last=6)]
    assert [part.file_name for part in volumes_of(delivery, parts)] == ["roll-1.pdf", "roll-2.pdf"]


@pytest.mark.slow
def test_a_letter_shortens_its_lists_until_it_fits_and_keeps_statement_and_size(
    letter: Letter,
) -> None:
    for number in range(90):
        name = f"Guild {number}"
        a_signature(letter, f"R {name}", organisation_name=name, consent_government=True)
    delivery = a_delivery(letter, an_office(max_pages=2, min_type_pt="12.0"))
    piece = delivery.pieces.get(kind=PieceKind.LETTER)
    render_piece(piece_id=piece.pk)
    piece.refresh_from_db()
    assert piece.pages <= 2
    most, is_tight = FITS[piece.last]
    assert 0 < most < 90
    assert not is_tight
    words = words_of(piece.path)
    assert f"and {90 - most} more, in the roll" in words
    assert delivery.required_statement in words
