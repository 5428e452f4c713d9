"""Small signs in pictures: of a level (as on the pages), of a dimension, of what stands around a household.

The strokes are those of Lucide (ISC licence), in a square of 24.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import yaml

from songtor_web.pictures.drawing import STRONG, Drawing, number


def level_sign(drawing: Drawing, level: str, x: float, y: float, size: float) -> None:
    """A triangle, a diamond, a disc or a ring, its middle there; nothing where there is no level."""
    if not level:
        return
    colour, half = STRONG[level], size / 2
    if level == "red":
        drawing.polygon(
            [(x, y - half), (x + half * 1.1, y + half * 0.9), (x - half * 1.1, y + half * 0.9)], fill=colour
        )
    elif level == "yellow":
        drawing.polygon(
            [(x, y - half * 1.1), (x + half * 1.1, y), (x, y + half * 1.1), (x - half * 1.1, y)], fill=colour
        )
    elif level == "green":
        drawing.circle(x, y, half * 0.95, fill=colour)
    else:
        drawing.circle(x, y, half * 0.8, fill="none", stroke=colour, stroke_width=size / 5)


def sign(drawing: Drawing, name: str, x: float, y: float, size: float, *, stroke: str) -> None:
    """In lines of that colour, its middle there; one that nobody drew is left out."""
    strokes = _strokes().get(name)
    if strokes:
        scale = size / 24
        drawing.path(
            strokes,
            stroke=stroke,
            stroke_width=2,
            stroke_linecap="round",
            stroke_linejoin="round",
            transform=f"translate({number(x - size / 2)} {number(y - size / 2)}) scale({number(scale)})",
        )


@cache
def _strokes() -> dict[str, str]:
    text = (files("songtor_web.pictures") / "signs.yaml").read_text("utf-8")
    found: dict[str, str] = yaml.load(text, yaml.CSafeLoader)
    return found
