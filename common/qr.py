"""QR codes as SVG: for pages (inline, so that nothing more is loaded) and for print."""

from io import BytesIO

import segno


def qr_svg(address: str, *, border: int = 0) -> str:
    """The code of an address, black on white, as an `<svg>` of no size of its own."""
    out = BytesIO()
    segno.make(address, error="m", micro=False).save(
        out, kind="svg", xmldecl=False, border=border, light="#fff", omitsize=True, nl=False
    )
    return out.getvalue().decode()
