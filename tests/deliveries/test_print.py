from __future__ import annotations

from pathlib import Path

import pikepdf
import pytest
from django.utils import timezone

from deliveries.models import DeliveryStatus
from deliveries.print import child, roll
from deliveries.print.child import PrintFailed
from deliveries.print.page import print_document
from deliveries.print.whole import DEFAULTS
from deliveries.services.write_tables import plain_cell
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
    child.warm_up.cache_clear()
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


def test_nothing_is_fetched(tmp_path: Path) -> None:
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
