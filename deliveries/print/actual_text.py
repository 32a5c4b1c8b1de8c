"""Text that copies out of the letter as it was typed, for scripts whose letters join and move.

WeasyPrint notes for each glyph the first text it stood for. In Indic and South-East Asian scripts
one glyph stands for different texts in different syllables, so names would copy out wrong. Where
a line has such letters its text goes beside the glyphs, as /ActualText (PDF 32000-1, 14.9.4). Where
it has letters from right to left, each of these has a text of its own, as in the roll (`spelled`).
"""

import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple

from deliveries.print.isolates import is_right_to_left
from deliveries.print.spelled import silent, spell

# Devanagari to Myanmar, Khmer.
_SHAPED = re.compile("[\u0900-\u109f\u1780-\u17ff]")
_ISOLATE = re.compile("[\u2066-\u2069]")
# What Pango draws nothing for, but what was typed: joiners, marks of direction.
_DRAWN = re.compile("[^\u200c-\u200f]")
_TOKEN = re.compile("<([0-9a-f]*)>|([^<>]+)")


class Glyph(NamedTuple):
    """What a glyph stands for with its neighbours of the same cluster, unless the font says that,
    and whether it is the last of them."""

    words: str | None
    is_last: bool


PLAIN = Glyph(None, True)


@cache
def install() -> None:
    """Makes WeasyPrint's pages carry it, in this process."""
    import pydyf  # type: ignore[import-untyped]
    from weasyprint import pdf
    from weasyprint.pdf.stream import Stream

    class SpeakingStream(Stream):  # type: ignore[misc]
        _turned: Any = None  # the text box with right-to-left letters that is being drawn
        _glyphs: Iterator[Glyph] | None = None

        @contextmanager
        def marked(self, box: Any, tag: str) -> Iterator[None]:
            with super().marked(box, tag):
                text = getattr(box, "text", None)
                if text and self._tags is not None:
                    if _SHAPED.search(text):
                        # What was just written is: tag, properties, BDC.
                        self.stream[-2]["ActualText"] = pydyf.String(
                            " ".join(_ISOLATE.sub("", text).split())
                        )
                    elif is_right_to_left(text):
                        self._turned, self._glyphs = box, None
                yield
                self._turned = None

        def show_text(self, text: str) -> None:
            if self._turned is None:
                super().show_text(text)
                return
            if self._glyphs is None:
                self._glyphs = drawn_glyphs(self._turned.pango_layout)
            self.stream.append(b"".join(_spelled(text, self._glyphs)))

    pdf.Stream = SpeakingStream


def drawn_glyphs(layout: Any) -> Iterator[Glyph]:
    """The glyphs of a layout's first line that are drawn, in the order in which they are."""
    from weasyprint.text.ffi import ffi, pango

    text = layout.text.encode()
    line, _ = layout.get_first_line()
    drawn: list[Glyph] = []
    before = ""  # undrawn, and typed before the next
    signs = ""  # drawn, and typed behind the next
    run = line.runs[0]
    while run != ffi.NULL:
        item, glyphs, turned = run.data.item, run.data.glyphs, run.data.item.analysis.level % 2
        starts = list(glyphs.log_clusters[0 : glyphs.num_glyphs])
        ends = dict(pairwise([*sorted(set(starts)), item.length]))
        empty = [each.glyph == pango.PANGO_GLYPH_EMPTY for each in glyphs.glyphs[0 : len(starts)]]
        for at, start in enumerate(starts):
            words = text[item.offset + start : item.offset + ends[start]].decode()
            if not empty[at]:
                is_last = at + 1 == len(starts) or starts[at + 1] != start
                is_sign = turned and all(unicodedata.category(char) == "Mn" for char in words)
                words = before + words + signs
                drawn.append(Glyph(words if turned or before else None, is_last and not is_sign))
                before, signs = "", words if is_sign else ""
            elif undrawn := _DRAWN.sub("", words):
                if not turned:
                    before += undrawn
                elif drawn and drawn[-1].words is not None:
                    drawn[-1] = Glyph(undrawn + drawn[-1].words, True)
        run = run.next
    return iter(drawn)


def _spelled(shown: str, glyphs: Iterator[Glyph]) -> Iterator[bytes]:
    """What a TJ shows, in parts where glyphs have a text of their own."""
    row: list[str] = []
    begun = False
    for codes, distance in _TOKEN.findall(shown):
        if distance:
            row.append(distance)
        for at in range(0, len(codes), 4):
            code = codes[at : at + 4]
            glyph = next(glyphs, PLAIN)
            if glyph.words is not None and not begun:
                # A sign is moved over its letter, whose place is before that.
                moved = [] if glyph.is_last else [each for each in row[-1:] if each[0] != "<"]
                yield _show(row[: len(row) - len(moved)])
                row, begun = moved, True
            row.append(f"<{code}>")
            if glyph.words is not None and glyph.is_last:
                yield spell(glyph.words, code, _show(row))
                row, begun = [], False
    yield silent(_show(row)) if begun else _show(row)


def _show(row: list[str]) -> bytes:
    return f"[{' '.join(row)}]TJ\n".encode() if row else b""
