"""Pictures that people upload, made anew: small WebP files with nothing of the sender in them."""

import hashlib
import io
from dataclasses import dataclass
from typing import BinaryIO

from PIL import Image, ImageOps, UnidentifiedImageError

MOST_BYTES = 8 * 1024 * 1024
# What decoding takes in memory is about four bytes a pixel.
MOST_PIXELS = 30_000_000
# WebP holds no picture of more.
MOST_HEIGHT = 16_383
LEAST_WIDTH = 320
FORMATS = ("JPEG", "PNG", "WEBP")
# Width in pixels → how many bytes that file may have. The first one is what a letter's page loads
# on a small screen, within its 60 KB.
BUDGETS = {480: 14_000, 960: 40_000}
QUALITIES = (82, 72, 62, 52, 42, 32)


class NotAPicture(ValueError):
    """No file of one of FORMATS."""


class IsADrawing(NotAPicture):
    """SVG, which is a program as much as a picture."""


class TooLarge(ValueError):
    """More pixels or bytes than a server should decode."""


class TooSmall(ValueError):
    """Fewer pixels than a page shows."""


@dataclass(frozen=True, slots=True)
class Picture:
    """`files` has WebP bytes by width, `digest` names them; `width` and `height` of the largest."""

    digest: str
    width: int
    height: int
    files: dict[int, bytes]


def make_picture(upload: BinaryIO) -> Picture:
    """Looks at the header first: nothing is decoded that is not a picture or has too many pixels.

    Metadata (place, camera, comments) and further frames do not survive. Raises NotAPicture,
    IsADrawing, TooLarge, TooSmall.
    """
    data = upload.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise TooLarge
    if b"<svg" in data[:4096].lower():
        raise IsADrawing
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as source:
            if source.width * source.height > MOST_PIXELS or source.height > MOST_HEIGHT:
                raise TooLarge
            if source.width < LEAST_WIDTH:
                raise TooSmall
            source.draft("RGB", (2 * max(BUDGETS), 2 * max(BUDGETS)))
            bare = _bare(source)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise TooLarge from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        if isinstance(error, TooLarge | TooSmall):
            raise
        raise NotAPicture from None
    sizes = {width: _fitted(bare, width) for width in BUDGETS}
    files = {width: _webp(sizes[width], most) for width, most in BUDGETS.items()}
    largest = sizes[max(BUDGETS)]
    digest = hashlib.blake2b(files[max(BUDGETS)], digest_size=16).hexdigest()
    return Picture(digest, largest.width, largest.height, files)


def _bare(source: Image.Image) -> Image.Image:
    """The upright pixels alone; what is transparent lies on white."""
    upright = ImageOps.exif_transpose(source)
    bare = Image.new("RGB", upright.size, "white")
    pixels = upright.convert("RGBA") if upright.has_transparency_data else upright.convert("RGB")
    bare.paste(pixels, mask=pixels if pixels.mode == "RGBA" else None)
    return bare


def _fitted(bare: Image.Image, width: int) -> Image.Image:
    if bare.width <= width:
        return bare
    return bare.resize((width, max(1, round(bare.height * width / bare.width))), reducing_gap=2.0)


def _webp(picture: Image.Image, most: int) -> bytes:
    """The best of QUALITIES that fits; where none does, of the picture at half its size."""
    for quality in QUALITIES:
        out = io.BytesIO()
        picture.save(out, "WEBP", quality=quality, method=4)
        if out.tell() <= most:
            return out.getvalue()
    return _webp(picture.reduce(2), most)
