"""QR codes as pictures for papers and pages."""

import io
from typing import TYPE_CHECKING

from backend.common.later import Later

if TYPE_CHECKING:
    import segno
else:
    segno = Later("segno")


def code_drawn(address: str) -> str:
    """Draw a code as SVG, as wide as its place, that is still read when a quarter of it is scratched off.

    Readers take every mask; to look for the best one takes 8 ms of the 10 that a code would take.
    """
    drawn = io.BytesIO()
    segno.make(address, error="q", mask=4).save(drawn, kind="svg", border=3, xmldecl=False, omitsize=True)
    return drawn.getvalue().decode()
