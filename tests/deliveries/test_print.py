from __future__ import annotations

import re
import subprocess
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.utils import timezone

from deliveries.models import DeliveryStatus
from deliveries.print import child, roll
from deliveries.print.child import PrintFailed
from deliveries.print.grid import grid_of
from deliveries.print.page import print_document
from deliveries.print.whole import DEFAULTS
from letters.models import Letter, Version
from tests.builders import a_signature
from tests.deliveries.builders import a_delivery, an_office, typeset


@pytest.mark.slow
def test_in_arabic_the_letter_reads_from_the_right(letter: Letter) -> None:
    version = Version.objects.create(letter=letter, number=2)
    text = version.translations.create(
        language="ar", is_authoritative=True, title="رسالة عن الورق", body_markdown="نطلب ورقا أفضل"
    )
    version.text_sha256, version.published_at = text.text_sha256, timezone.now()
    version.save()
    letter.current_version = version
    letter.save()
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


def test_printing_has_nothing_to_complain_of(
    letter: Letter, capfd: pytest.CaptureFixture[str]
) -> None:
    a_signature(letter, consent_government=True)
    typeset(a_delivery(letter))
    assert capfd.readouterr().err == ""


def test_a_font_that_is_not_cut_down_goes_in_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from weasyprint.pdf import fonts

    def work(path: Path) -> None:
        monkeypatch.setattr(fonts.Font, "subset", lambda *_: None)
        path.write_bytes(print_document(DEFAULTS, "letter", "<p>All of Noto").pdf)

    child.write_in_child(work, tmp_path / "page.pdf")
    assert (tmp_path / "page.pdf").stat().st_size > 100_000


def printed_roll(tmp_path: Path, *entries: Sequence[object], **more: object) -> tuple[str, Path]:
    """Text and file of a piece, made as workers do."""
    job = {
        **DEFAULTS,
        "type_pt": "12",
        "detail": "full",
        "sections": [{"title": "People", "entries": entries}],
    }
    path = tmp_path / "roll.pdf"
    child.write_in_child(partial(roll.write_roll, {**job, **more}), path)
    done = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, check=True, text=True)
    return "".join(done.stdout.split()), path


# Their vowel signs, reph and dots are drawn off the line.
SHAPED_NAMES = [
    "अनिरुद्ध शुक्ल",
    "अनुराधा कुलकर्णी",
    "अखिलेश ठाकुर",
    "मृत्युंजय अग्निहोत्री",
    "নুনু নু",
    "অনির্বাণ ঘোষাল",
    "ইন্দ্রাণী চৌধুরী",
    "Ẹ̀bùn Ọ̀ṣúnfúnmi",
    "ศรีสุดา แก้วมณี",
]


def test_names_copy_out_of_the_roll_as_they_were_typed(tmp_path: Path) -> None:
    text, _ = printed_roll(tmp_path, *[[name, "", ["Writer"], "■◆"] for name in SHAPED_NAMES])
    for name in SHAPED_NAMES:
        assert f"{name.replace(' ', '')}■◆,Writer" in text


# One glyph or place for several letters; no joint between two; both directions.
TURNED_NAMES = [
    *("عبد الله محمد", "محمّد علي", "مُحَمَّد", "لا ألا", "فاطمه\u200cزهرا رضایی", "שׁלמה בֶּן־דָּוִד"),
    *("Ahmed أحمد", "أحمد Ahmed", "ليلى Marchbanks-البستاني", "עדינה בן־שושן (O’Halloran)"),
    *("Ahmed (أحمد)", "סרט ABC תל אביב"),
]


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_names_from_the_right_copy_out_of_the_roll_as_they_were_typed(
    tmp_path: Path, direction: str
) -> None:
    entries = [[name, "", [], ""] for name in TURNED_NAMES]
    # Poppler reads a page as most of its letters run.
    entries += [[{"ltr": "Ada Lovelace", "rtl": "علي حسن"}[direction], "", [], ""]] * 20
    entries.append(["😀 Bo", "", [], ""])  # drawn with a font that has no letters
    text, _ = printed_roll(tmp_path, *entries, direction=direction, type_pt="8")
    text = re.sub("[\u200e\u200f\u202a-\u202e]", "", text)
    assert [name for name in TURNED_NAMES if name.replace(" ", "") not in text] == []


def test_a_character_in_no_font_costs_neither_the_roll_nor_its_neighbours(tmp_path: Path) -> None:
    shaped = "葛\U000e0100城"  # with a selector of its shape, as some Japanese names have it
    others = [[name, "", [], ""] for name in ("Bo", shaped)]
    text, _ = printed_roll(tmp_path, ["Ada \ue000 Lovelace 😀", "", [], ""], *others)
    assert "Ada\ufffdLovelace" in text
    assert "😀" in text
    assert "Bo" in text
    assert shaped in text


def test_a_roll_from_the_right_hangs_on_the_right(tmp_path: Path) -> None:
    details = ["Maximiliane-von-und-zu-Donaudampfschiff " * 3]
    entries = [["محمد الحسيني", "", details, "✓"]] * 4
    text, path = printed_roll(tmp_path, *entries, direction="rtl", language="ar")
    assert text.count("الحسيني") == 4
    with pikepdf.open(path) as pdf:
        assert str(pdf.Root.Lang) == "ar"
    boxes = subprocess.run(["pdftotext", "-bbox", str(path), "-"], capture_output=True, check=True)
    words = re.findall(r'xMin="([\d.]+)" .*xMax="([\d.]+)".*>(.*)</word>', boxes.stdout.decode())
    edges = {text: float(right) for _, right, text in words if "محمد" in text or "دمحم" in text}
    assert edges
    assert all(float(right) <= edge for edge in edges.values() for *_, right, _ in words)


def test_in_a_roll_from_the_right_a_name_from_the_left_stands_before_what_is_beside_it(
    tmp_path: Path,
) -> None:
    entries = [["Ada Muster", "", ["Writer", "Paris"], "✓"]]
    _, path = printed_roll(tmp_path, *entries, direction="rtl", language="ar", detail="full")
    boxes = subprocess.run(["pdftotext", "-bbox", str(path), "-"], capture_output=True, check=True)
    words = re.findall(r'xMin="([\d.]+)" .*>(.*)</word>', boxes.stdout.decode())
    starts = {word.strip("،"): float(left) for left, word in words}
    assert starts["Ada"] < starts["Muster"]
    assert starts["Paris"] < starts["Writer"] < starts["Ada"]


def test_no_word_leaves_its_column(tmp_path: Path) -> None:
    entries = [["A" * 110, "", ["x" * 60], ""], ["é" * 90, "", [], "¶"], ["漢" * 60, "", [], ""]]
    _, path = printed_roll(tmp_path, *entries * 10, opening=None)
    boxes = subprocess.run(["pdftotext", "-bbox", str(path), "-"], capture_output=True, check=True)
    edges = re.findall(r'xMin="([\d.]+)" .*xMax="([\d.]+)"', boxes.stdout.decode())
    grid = grid_of("letter", 12, "full")
    starts = [grid.side + n * (grid.width + grid.gutter) for n in range(grid.columns)]
    for left, right in edges:
        start = max(start for start in starts if start <= float(left) + 1)
        assert float(right) <= start + grid.width + 1


def test_nothing_is_fetched(tmp_path: Path) -> None:
    def work(path: Path) -> None:
        page = print_document(DEFAULTS, "letter", '<img src="file:///etc/passwd" alt="">')
        path.write_bytes(page.pdf)

    with pytest.raises(PrintFailed, match="FetchRefused"):
        child.write_in_child(work, tmp_path / "page.pdf")


def test_pieces_are_even_and_busy_both_workers() -> None:
    assert roll.piece_ranges(0) == []
    assert roll.piece_ranges(100) == [(1, 100)]
    ranges = roll.piece_ranges(10_500)
    assert len(ranges) == 6
    assert ranges[0] == (1, 1750)
    assert ranges[-1] == (8751, 10_500)


def test_larger_type_has_fewer_columns_and_each_page_whole_lines() -> None:
    grids = [grid_of(paper, size, "full") for paper in ("letter", "a4") for size in (12, 16, 30)]
    assert [grid.columns for grid in grids] == [3, 2, 1] * 2
    for grid in grids:
        assert grid.top + grid.lines * grid.pitch + grid.bottom in (792, 841.89)


def spin(path: Path) -> None:
    path.write_bytes(b"%PDF-1.7 of somebody")
    while True:
        pass


@pytest.mark.parametrize(
    ("limit", "work", "reason"),
    [
        ({"MOST_SECONDS": 0.2}, spin, "too long"),
        ({"MOST_BUSY_SECONDS": 1}, spin, "too long"),
        ({"MOST_MEMORY": 1 << 31}, lambda _: bytes(1 << 32), "MemoryError"),
    ],
)
def test_what_never_ends_or_eats_the_memory_is_ended(
    limit: dict[str, Any],
    work: Any,
    reason: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    [(name, most)] = limit.items()
    monkeypatch.setattr(child, name, most)
    with pytest.raises(PrintFailed, match=reason):
        child.write_in_child(work, tmp_path / "roll.pdf")
    assert list(tmp_path.iterdir()) == []
