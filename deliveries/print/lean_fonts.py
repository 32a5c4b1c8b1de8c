"""Fonts that are cut down where they lie, instead of being copied into memory first.

WeasyPrint 70 copies each font's whole file (`Font.__init__`; 26 MB for one weight of the Chinese,
Japanese and Korean faces) and reads every page of it, only to put the cut-down font in its place.
"""

from functools import cache
from typing import Any


@cache
def install() -> None:
    """Makes WeasyPrint's pages use them, in this process."""
    from weasyprint.pdf import fonts, stream

    read_file = fonts.get_hb_object_data

    class LeanFont(fonts.Font):  # type: ignore[misc]
        file_content: bytes

        def __init__(self, *args: Any) -> None:
            fonts.get_hb_object_data = lambda face: b""
            try:
                super().__init__(*args)
            finally:
                fonts.get_hb_object_data = read_file

        def subset(self, *args: Any) -> None:
            super().subset(*args)
            if not self.file_content:  # it was not cut down, so it goes in whole
                self.file_content = read_file(self.hb_face)

    stream.Font = LeanFont
