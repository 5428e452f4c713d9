"""The signs of a genogram: of a person, of a couple, of a child's line, of a bond.

After McGoldrick, Gerson and Petry: a square for a man and a circle for a woman, a double outline for the
index person, an X for the dead, a triangle for a pregnancy, one slash for separated and two for divorced. The
rest is near to common use, and every sign that a picture uses is explained beneath it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import sqrt

from songtor_web.pictures.drawing import INK, SHEET, SOFT, STRONG, TEAL, Drawing
from songtor_web.pictures.genogram import strokes
from songtor_web.pictures.genogram.model import Person
from songtor_web.pictures.genogram.route import Point

_CORNER = 7.0
_CLEAR = 0.52  # of an X, from its middle, left free for the age


def symbol(
    drawing: Drawing, person: Person, x: float, y: float, size: float = 22.0, *, words: str = ""
) -> None:
    """`size`: half of its height. `words`: the age, within it."""
    if person.born:
        _LOSSES.get(person.born, _unborn)(drawing, person, x, y, size)
        return
    _outline(drawing, person.sex, x, y, size, fill=SHEET, stroke_width=2.0)
    if person.index:
        _outline(drawing, person.sex, x, y, size - 4, fill="none", stroke_width=1.6)
    if person.dead:
        _cross(drawing, person.sex, x, y, size, clear=bool(words))
    if person.sex == "unknown" and not words and not person.dead:
        drawing.text(x, y + 6, "?", size=16, anchor="middle", fill=SOFT)
    elif words:
        drawing.text(x, y + 5, words, size=14, bold=True, anchor="middle")


def _outline(drawing: Drawing, sex: str, x: float, y: float, size: float, **look: object) -> None:
    look = {"stroke": INK, **look}
    if sex == "male":
        drawing.rect(x - size, y - size, 2 * size, 2 * size, radius=0, **look)
    elif sex == "female":
        drawing.circle(x, y, size, **look)
    else:
        if sex == "unknown":
            look["stroke_dasharray"] = "4 3"
        drawing.polygon([(x, y - size), (x + size, y), (x, y + size), (x - size, y)], **look)


def _cross(drawing: Drawing, sex: str, x: float, y: float, size: float, *, clear: bool) -> None:
    reach = {"male": size, "female": size / sqrt(2)}.get(sex, size / 2)
    free = min(reach * _CLEAR, 10.5) if clear else 0.0
    for dx, dy in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
        ends = [(x + dx * reach, y + dy * reach), (x + dx * free, y + dy * free)]
        drawing.line(ends, stroke=INK, stroke_width=1.6)


def _unborn(drawing: Drawing, person: Person, x: float, y: float, size: float) -> None:
    corners = [(x, y - size), (x + size, y + size), (x - size, y + size)]
    drawing.polygon(corners, fill=SHEET, stroke=INK, stroke_width=2.0)


def _miscarried(drawing: Drawing, person: Person, x: float, y: float, size: float) -> None:
    drawing.circle(x, y, size / 2.4, fill=INK)


def _ended(drawing: Drawing, person: Person, x: float, y: float, size: float) -> None:
    half = size / 2
    for dx in (-half, half):
        drawing.line([(x - dx, y - half), (x + dx, y + half)], stroke=INK, stroke_width=2.4)


def _stillborn(drawing: Drawing, person: Person, x: float, y: float, size: float) -> None:
    _outline(drawing, person.sex, x, y, size / 2, fill=SHEET, stroke_width=2.0, stroke_dasharray=None)
    _cross(drawing, person.sex, x, y, size / 2, clear=False)


_LOSSES: Mapping[str, Callable[[Drawing, Person, float, float, float], None]] = {
    "miscarriage": _miscarried, "abortion": _ended, "stillbirth": _stillborn,
}  # fmt: skip

_UNION_DASHES = {"cohabiting": "8 5", "couple": "2 4", "": "2 4"}
_SLASHES = {"separated": 1, "divorced": 2}


def union(drawing: Drawing, kind: str, points: Sequence[Point], slashes: Point) -> None:
    """`kind`: of the tie, empty where only a child joins the two. `slashes`: where those stand."""
    drawing.path(
        strokes.rounded(points, _CORNER),
        stroke=INK if kind else SOFT,
        stroke_width=2.0,
        stroke_dasharray=_UNION_DASHES.get(kind),
    )
    count = _SLASHES.get(kind, 0)
    for one in range(count):
        x = slashes[0] + (one - (count - 1) / 2) * 6
        drawing.line([(x - 4, slashes[1] + 8), (x + 4, slashes[1] - 8)], stroke=INK, stroke_width=2.0)


def leaf(drawing: Drawing, kind: str, points: Sequence[Point]) -> None:
    """Down to a child: adopted is a line and a broken one beside it, foster is dotted."""
    if kind == "adopted":
        _path(drawing, strokes.beside(points, -2.2), INK, 1.6)
        _path(drawing, strokes.beside(points, 2.2), INK, 1.6, "5 3")
    else:
        _path(drawing, points, INK, 1.8, "2 4" if kind == "foster" else None)


def trunk(drawing: Drawing, points: Sequence[Point]) -> None:
    _path(drawing, points, INK, 1.8)


def identical(drawing: Drawing, one: Sequence[Point], other: Sequence[Point]) -> None:
    """Between two twins' lines, where they part."""
    places = [((line[0][0] + line[1][0]) / 2, (line[0][1] + line[1][1]) / 2) for line in (one, other)]
    _path(drawing, places, INK, 1.8)


def bond(drawing: Drawing, kind: str, points: Sequence[Point]) -> None:
    """How two are with each other; what one does to the other has an arrow."""
    _BONDS.get(kind, _distant)(drawing, points)


def _close(drawing: Drawing, points: Sequence[Point]) -> None:
    for by in (-2.2, 2.2):
        _path(drawing, strokes.beside(points, by), TEAL, 1.6)


def _very_close(drawing: Drawing, points: Sequence[Point]) -> None:
    for by in (-3.6, 0.0, 3.6):
        _path(drawing, strokes.beside(points, by), TEAL, 1.6)


def _distant(drawing: Drawing, points: Sequence[Point]) -> None:
    _path(drawing, points, SOFT, 2.0, "1.5 6", stroke_linecap="round")


def _hostile(drawing: Drawing, points: Sequence[Point]) -> None:
    drawing.line(strokes.zigzag(points), stroke=STRONG["yellow"], stroke_width=1.6, stroke_linejoin="round")


def _violent(drawing: Drawing, points: Sequence[Point]) -> None:
    drawing.line(strokes.zigzag(points), stroke=STRONG["red"], stroke_width=2.0, stroke_linejoin="round")
    drawing.polygon(strokes.arrow(points, 12), fill=STRONG["red"])


def _controlling(drawing: Drawing, points: Sequence[Point]) -> None:
    _path(drawing, points, STRONG["pink"], 2.0)
    drawing.polygon(strokes.arrow(points, 12), fill=STRONG["pink"])
    (x, y), _ = strokes.along(points, strokes.middle_of_longest(points))
    drawing.rect(x - 5, y - 5, 10, 10, fill=SHEET, stroke=STRONG["pink"], stroke_width=2.0)


def _cut_off(drawing: Drawing, points: Sequence[Point]) -> None:
    whole, where = strokes.length(points), strokes.middle_of_longest(points)
    for begin, end, bar in ((0.0, where - 3.5, where - 3.5), (where + 3.5, whole, where + 3.5)):
        _path(drawing, strokes.part(points, max(begin, 0.0), end), INK, 1.6)
        (x, y), (dx, dy) = strokes.along(points, bar)
        drawing.line([(x + dy * 7, y - dx * 7), (x - dy * 7, y + dx * 7)], stroke=INK, stroke_width=2.0)


_BONDS: Mapping[str, Callable[[Drawing, Sequence[Point]], None]] = {
    "close": _close, "very_close": _very_close, "distant": _distant, "hostile": _hostile,
    "violent": _violent, "controlling": _controlling, "cut_off": _cut_off,
}  # fmt: skip


def _path(
    drawing: Drawing,
    points: Sequence[Point],
    stroke: str,
    wide: float,
    dashes: str | None = None,
    **look: object,
) -> None:
    drawing.path(
        strokes.rounded(points, _CORNER), stroke=stroke, stroke_width=wide, stroke_dasharray=dashes, **look
    )
