"""A letter's picture: made anew, small, and nothing of the sender in it."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image, ImageFile

from common.pictures import BUDGETS, MOST_BYTES, NotAPicture, TooLarge, make_picture
from letters.models import Letter, LetterStatus, Picture, User
from tests.builders import a_letter
from tests.letters.conftest import client_of
from verification.models import AuditEntry

PICTURE = "/organise/letters/a-letter/picture/"
WHERE = b"48 deg 51 min north"


def photograph(
    width: int = 1600,
    height: int = 1000,
    kind: str = "JPEG",
    *,
    grain: int = 5,
    **more: Any,
) -> bytes:
    grey = Image.linear_gradient("L").resize((width, height))
    noise = Image.effect_noise((width, height), grain)
    out = io.BytesIO()
    Image.merge("RGB", (grey, noise, grey)).save(out, kind, **more)
    return out.getvalue()


def bomb() -> bytes:
    """A PNG of a hundred bytes that says it has 30,000 by 30,000 pixels."""

    def chunk(name: bytes, content: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(name + content))
        return struct.pack(">I", len(content)) + name + content + checksum

    head = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def upload(
    content: bytes, name: str = "picture.jpg", kind: str = "image/jpeg"
) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type=kind)


def test_picture_is_made_anew_without_metadata_and_within_its_budget() -> None:
    exif = Image.Exif()
    exif[0x010E] = WHERE.decode()
    exif[0x0112] = 6  # lies on its side
    made = make_picture(io.BytesIO(photograph(exif=exif, comment=WHERE)))
    for width, content in made.files.items():
        assert len(content) <= BUDGETS[width]
        assert WHERE not in content
        with Image.open(io.BytesIO(content)) as picture:
            assert (picture.format, picture.width) == ("WEBP", width)
            assert not picture.getexif()
            assert "icc_profile" not in picture.info
    assert (made.width, made.height) == (960, 1536)


def test_picture_that_compresses_badly_keeps_to_its_budget() -> None:
    made = make_picture(io.BytesIO(photograph(1000, 3000, grain=255)))
    assert {width for width, file in made.files.items() if len(file) > BUDGETS[width]} == set()


def test_what_is_transparent_lies_on_white() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (400, 400), (0, 0, 0, 0)).save(out, "PNG")
    out.seek(0)
    with Image.open(io.BytesIO(make_picture(out).files[480])) as picture:
        assert picture.convert("RGB").getpixel((5, 5)) == (255, 255, 255)
        assert picture.width == 400


def test_picture_taller_than_webp_holds_is_too_large() -> None:
    out = io.BytesIO()
    Image.new("L", (320, 16_384)).save(out, "PNG")
    out.seek(0)
    with pytest.raises(TooLarge):
        make_picture(out)


@pytest.mark.parametrize("cut", [20, 200, 5000])
def test_broken_picture_is_none(cut: int, monkeypatch: pytest.MonkeyPatch) -> None:
    # WeasyPrint, which tests load and web processes do not, makes Pillow take what is cut off.
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", False)
    with pytest.raises(NotAPicture):
        make_picture(io.BytesIO(photograph()[:cut]))


@pytest.fixture
def letter(coalition: object, settings: Any, tmp_path: Path) -> Letter:
    settings.MEDIA_ROOT = tmp_path
    return a_letter()


@pytest.mark.django_db
def test_picture_stands_on_the_letters_page_and_is_kept_by_caches(
    letter: Letter, editor: User, tmp_path: Path
) -> None:
    client = client_of(editor)
    data = {"file": upload(photograph()), "alt": "A reading room"}
    assert client.post(PICTURE, data).status_code == 303
    picture = Picture.objects.get(letter=letter)
    page = Client().get("/letters/a-letter/").content.decode()
    assert f'src="/letters/a-letter/picture/{picture.digest}-480.webp"' in page
    assert 'alt="A reading room"' in page
    answer = Client().get(picture.small_url)
    assert answer["Content-Type"] == "image/webp"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert len(b"".join(answer)) <= BUDGETS[480]
    assert Client().get(picture.url(961)).status_code == 404
    assert AuditEntry.objects.get(letter=letter).action == "picture"
    assert client.get(PICTURE).status_code == 200

    assert client.post(PICTURE, {"alt": "Another reading room"}).status_code == 303
    picture.refresh_from_db()
    assert picture.alt == "Another reading room"
    assert client.post(f"{PICTURE}remove/").status_code == 303
    assert "letter-picture" not in Client().get("/letters/a-letter/fr/").content.decode()


@pytest.mark.django_db
def test_picture_of_a_letter_that_is_not_public_is_for_members(
    letter: Letter, editor: User
) -> None:
    Letter.objects.update(status=LetterStatus.EMBARGOED)
    client = client_of(editor)
    client.post(PICTURE, {"file": upload(photograph()), "alt": "A reading room"})
    picture = Picture.objects.get()
    assert Client().get(picture.small_url).status_code == 404
    assert client.get(f"/organise{picture.small_url}").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"This is a letter, not a picture.", "no picture that can be read"),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "An SVG drawing"),
        (b"<!DOCTYPE html><script>alert(1)</script>", "no picture that can be read"),
        (b"%PDF-1.7", "no picture that can be read"),
        (bomb(), "too large"),
        (photograph(100, 100), "too small"),
        (photograph(400, 400, "GIF"), "no picture that can be read"),
        (b"\xff\xd8\xff" + bytes(MOST_BYTES), "too large"),
    ],
    ids=["text", "svg", "html", "pdf", "bomb", "tiny", "gif", "bytes"],
)
def test_what_is_no_fit_picture_is_refused_kindly(
    letter: Letter, editor: User, content: bytes, said: str
) -> None:
    data = {"file": upload(content), "alt": "A reading room"}
    answer = client_of(editor).post(PICTURE, data)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert said in page
    assert 'value="A reading room"' in page
    assert not Picture.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("data", [{"alt": "No file"}, {"file": "x", "alt": "A text"}])
def test_file_and_alternative_text_are_needed(
    letter: Letter, editor: User, data: dict[str, str]
) -> None:
    client = client_of(editor)
    assert client.post(PICTURE, data).status_code == 422
    assert client.post(PICTURE, {"file": upload(photograph()), "alt": " "}).status_code == 422
    assert not Picture.objects.exists()
