"""Text that a camera reads."""

from __future__ import annotations

import segno
from markupsafe import Markup


def qr(text: str) -> Markup:
    """As SVG, as large as what it stands in; black on white in a dark theme too, or no camera reads it."""
    drawn = segno.make(text, error="m").svg_inline(omitsize=True, border=4, dark="#000", light="#fff")
    return Markup(drawn)  # noqa: S704 — squares alone; the text is not in it
