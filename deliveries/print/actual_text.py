"""Text that copies out of the PDF as it was typed, for scripts whose letters join and move.

WeasyPrint notes for each glyph the first text it stood for. In Indic and South-East Asian scripts
one glyph stands for different texts in different syllables, so names would copy out wrong. Where
a line has such letters its text goes beside the glyphs, as /ActualText (PDF 32000-1, 14.9.4).
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

# Devanagari to Myanmar, Khmer.
_SHAPED = re.compile("[\u0900-\u109f\u1780-\u17ff]")


@cache
def install() -> None:
    """Makes WeasyPrint's pages carry it, in this process."""
    import pydyf  # type: ignore[import-untyped]
    from weasyprint import pdf
    from weasyprint.pdf.stream import Stream

    class SpeakingStream(Stream):  # type: ignore[misc]
        @contextmanager
        def marked(self, box: Any, tag: str) -> Iterator[None]:
            with super().marked(box, tag):
                text = getattr(box, "text", None)
                if text and self._tags is not None and _SHAPED.search(text):
                    # What was just written is: tag, properties, BDC.
                    self.stream[-2]["ActualText"] = pydyf.String(" ".join(text.split()))
                yield

    pdf.Stream = SpeakingStream
