"""Right-to-left letters that copy out of a PDF in the order in which they were typed.

Where one glyph stands for several letters, it says them in the order in which they are read (PDF
32000-1, 14.9.4). Poppler takes all text as it lies on the page and turns it around where it runs
from right to left, the letters of one glyph as well: لله came out as هلل. Here each letter gets an
/ActualText of its own, from left to right like the glyphs beside it, so that both ways of reading
agree. A sign, which Typst lets stand for the letter that bears it, is silent: its letter says it.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import NamedTuple

import pikepdf

from deliveries.print.isolates import is_right_to_left

_SIGNS = ("Mn", "Cf")
_TEXT = rb"(?:[^()\\]|\\.)*"
for _ in range(4):  # Typst leaves brackets that match as they are
    _TEXT = rb"(?:[^()\\]|\\.|\(" + _TEXT + rb"\))*"
_STRING = rb"(?:\(" + _TEXT + rb"\)|<\w+>)"
_SHOWN = rb"\[(?:[^](<]|" + _STRING + rb")*\]TJ|" + _STRING + rb"Tj"
# A change of font, glyphs that are said in other words, or glyphs; as Typst writes them.
_PART = re.compile(
    rb"/(?P<font>f\d+) \S+ Tf"
    rb"|/Span<</ActualText<FEFF(?P<words>\w*)>>>BDC(?P<turned>/ReversedChars BMC)?"
    rb"(?P<before>[^[(<]*)(?P<within>.*?)(?(turned)EMC\s*)EMC"
    rb"|(?P<shown>" + _SHOWN + rb")",
    re.DOTALL,
)
_TOKEN = re.compile(_STRING + rb"|[-.\d]+")
_FONT = re.compile(rb"/(f\d+) ")
_SAID = b"/Span<</ActualText<FEFF%s>>>BDC %sEMC\n"
# What is not seen (3 Tr) has its place by its glyph and takes no room: a thousandth of its width.
_UNSEEN = b"3 Tr 0.1 Tz<%s>Tj 100 Tz 0 Tr "


class Glyphs(NamedTuple):
    """A font's glyphs (two bytes): whether any has right-to-left letters, the text of those that
    stand for several, and which are as wide as a letter; signs are not."""

    turned: bool
    joined: Mapping[bytes, str]
    wide: frozenset[bytes]


def read_glyphs(font: pikepdf.Object, texts: Mapping[bytes, str]) -> Glyphs:
    """`texts` is the font's ToUnicode. What is drawn in colour (Type 3) has no letters."""
    if font.Subtype != "/Type0":
        return Glyphs(turned=False, joined={}, wide=frozenset())
    joined = {glyph: text for glyph, text in texts.items() if is_joined(text)}
    widths = [int(number) for number in font.DescendantFonts[0].W]
    wide = {
        code.to_bytes(2)
        for first, last, width in zip(widths[::3], widths[1::3], widths[2::3], strict=True)
        for code in range(first, last + 1)
        if width
    }
    return Glyphs(any(map(is_right_to_left, texts.values())), joined, frozenset(wide))


def is_joined(text: str) -> bool:
    """Not a space, which Poppler takes for a gap, with a mark of direction."""
    return len(text.strip()) > 1 and is_right_to_left(text)


def spelled(content: bytes, fonts: Mapping[str, Glyphs]) -> bytes:
    """A page's content by Typst, with a text for each letter where a glyph stands for several."""
    font: Glyphs | None = None

    def respell(part: re.Match[bytes]) -> bytes:
        nonlocal font
        if name := part["font"]:
            font = fonts[name.decode()]
        elif part["words"]:
            text = bytes.fromhex(part["words"].decode()).decode("utf-16-be")
            if is_joined(text):
                font = fonts[_FONT.findall(part["before"])[-1].decode()]
                glyph = _glyphs(_TOKEN.findall(part["within"])[-1])[-1]
                return part["before"] + said(text, glyph, part["within"], font)
        elif font and font.joined:
            return _reshow(part["shown"], font)
        return part[0]

    return _PART.sub(respell, content)


def _reshow(shown: bytes, font: Glyphs) -> bytes:
    """What a Tj or TJ shows, in parts where a glyph stands for several letters."""
    row: list[bytes] = []
    parts = []
    for token in _TOKEN.findall(shown):
        if not token.startswith((b"(", b"<")):
            row.append(token)
            continue
        for glyph in _glyphs(token):
            if text := font.joined.get(glyph):
                parts += [b"[%s]TJ\n" % b" ".join(row), said(text, glyph, _show(glyph), font)]
                row = []
            else:
                row.append(b"<%s>" % glyph.hex().encode())
    return b"".join([*parts, b"[%s]TJ\n" % b" ".join(row)]) if parts else shown


def _show(glyph: bytes) -> bytes:
    return b"<%s>Tj\n" % glyph.hex().encode()


def _glyphs(string: bytes) -> list[bytes]:
    codes = bytes(pikepdf.Object.parse(string))
    return [codes[at : at + 2] for at in range(0, len(codes), 2)]


def said(text: str, glyph: bytes, shown: bytes, font: Glyphs) -> bytes:
    """`shown`, which ends with that glyph, with a text for each letter; with none if it is but a
    sign."""
    return spell(text, glyph.hex(), shown) if glyph in font.wide else silent(shown)


def silent(shown: bytes) -> bytes:
    return _SAID % (b"", shown)


def spell(text: str, glyph: str, shown: bytes) -> bytes:
    """`shown`, which ends with that glyph (in hex), with a text for each letter, last ones first.

    What is seen stands where the first is that is no sign and no mark.
    """
    if not is_joined(text):
        return _SAID % (_hex(text), shown)
    base = next((at for at, char in enumerate(text) if unicodedata.category(char) not in _SIGNS), 0)
    unseen = _UNSEEN % glyph.encode()
    return b"".join(
        _SAID % (_hex(text[at]), unseen + (shown if at == base else b""))
        for at in reversed(range(len(text)))
    )


def _hex(text: str) -> bytes:
    return text.encode("utf-16-be").hex().encode()
