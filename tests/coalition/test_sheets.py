from __future__ import annotations

import os
import struct
import threading
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.test import Client

from coalition.sheets import shelf
from letters.models import Letter, LetterStatus
from signatories.services.refresh_tallies import refresh_tallies
from tests.builders import a_letter, a_signature

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The jobs that were drawn; nothing is."""
    jobs: list[dict[str, Any]] = []

    def draw(kind: str, job: Any, path: Path) -> None:
        jobs.append(dict(job))
        path.write_bytes(b"drawn %d" % len(jobs))

    monkeypatch.setattr(shelf, "_draw", draw)
    return jobs


def age(folder: Path, minutes: int) -> None:
    for path in (folder / "sheets").glob("card-*"):
        then = path.stat().st_mtime - minutes * 60
        os.utime(path, (then, then))


@pytest.mark.parametrize("language", ["", "ar/"])
def test_card_is_a_picture_of_the_usual_size(client: Client, letter: Letter, language: str) -> None:
    response = client.get(f"/letters/a-letter/{language}card.png")
    assert response["Content-Type"] == "image/png"
    assert struct.unpack(">II", response.content[16:24]) == (1200, 630)
    assert response["Cache-Control"] == "public, max-age=300"
    assert not response.cookies


@pytest.mark.parametrize(("path", "size"), [("poster-a4.pdf", 595), ("fr/poster.pdf", 612)])
def test_poster_is_one_tagged_page(
    client: Client, letter: Letter, media: Path, path: str, size: int
) -> None:
    response = client.get(f"/letters/a-letter/{path}")
    assert response["Content-Type"] == "application/pdf"
    (media / "poster.pdf").write_bytes(response.content)
    with pikepdf.open(media / "poster.pdf") as pdf:
        [page] = pdf.pages
        assert round(float(page.mediabox[2])) == size
        assert pdf.Root.MarkInfo.Marked


def test_title_that_no_font_has_and_that_is_long_is_drawn() -> None:
    job = {
        "title": "\U000e0fff" + "Une lettre sur le papier " * 12,
        "coalition": "#x",
        "language": "fr",
        "direction": "ltr",
        "label": "*y*",
        "invitation": "z",
        "host": "h",
    }
    changing = {"number": "", "counted": ""}
    assert shelf.sheet("card", job, changing=changing).startswith(b"\x89PNG")


def test_count_is_drawn_anew_after_five_minutes(
    client: Client, letter: Letter, drawn: list[dict[str, Any]], media: Path
) -> None:
    def card() -> bytes:
        return client.get("/letters/a-letter/card.png").content

    assert card() == b"drawn 1"
    a_signature(letter)
    refresh_tallies()
    assert card() == b"drawn 1"
    age(media, 6)
    assert card() == b"drawn 2"
    assert [job["number"] for job in drawn] == ["", "1"]


def test_many_at_once_cost_one_drawing(letter: Letter, monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = threading.Event()
    drawings = []

    def draw(kind: str, job: Any, path: Path) -> None:
        drawings.append(kind)
        go_on.wait(5)
        path.write_bytes(b"drawn")

    monkeypatch.setattr(shelf, "_draw", draw)
    found: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: found.append(shelf.sheet("card", {"title": "x"})))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    go_on.set()
    for thread in threads:
        thread.join()
    assert (found, drawings) == ([b"drawn"] * 8, ["card"])


def test_one_that_cannot_wait_is_told_to_come_again(
    client: Client, letter: Letter, monkeypatch: pytest.MonkeyPatch, media: Path
) -> None:
    monkeypatch.setattr(shelf, "PATIENCE_SECONDS", 0.0)
    (media / "sheets").mkdir()
    with shelf._turn(media / "sheets" / "lock", wait=False) as mine:
        assert mine
        response = client.get("/letters/a-letter/card.png")
    assert (response.status_code, response["Retry-After"]) == (503, "5")


@pytest.mark.parametrize("status", [LetterStatus.DRAFT, LetterStatus.EMBARGOED])
def test_nothing_of_a_hidden_letter_is_drawn(
    client: Client, db: None, drawn: list[dict[str, Any]], status: LetterStatus
) -> None:
    a_letter("hidden", status=status)
    for path in ("card.png", "fr/card.png", "poster.pdf", "poster-a4.pdf"):
        assert client.get(f"/letters/hidden/{path}").status_code == 404
        assert client.post(f"/letters/hidden/{path}").status_code == 405
    assert drawn == []


def test_letter_page_names_its_card(client: Client, letter: Letter) -> None:
    page = client.get("/letters/a-letter/fr/").content.decode()
    card = "http://localhost:8000/letters/a-letter/fr/card.png"
    assert f'<meta property="og:image" content="{card}">' in page
    assert '<meta name="twitter:card" content="summary_large_image">' in page
