"""The ecomap, drawn: the strength of a tie is told by its line, which way it flows by its arrowheads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from math import hypot
from typing import Any

from songtor_web.pictures.drawing import INK, RULE, SHEET, SOFT, STRONG, TEAL, TEAL_WASH, Drawing, number
from songtor_web.pictures.ecomap.layout import (
    DISC,
    LEADING,
    SIZE,
    SYMBOL,
    Node,
    Placed,
    PlacedMember,
    Point,
    layout,
)
from songtor_web.pictures.ecomap.model import Ecomap
from songtor_web.pictures.ecomap.words import label, sentence, title
from songtor_web.pictures.lettering import width
from songtor_web.pictures.signs import sign
from songtor_web.texts import Say

_LEGEND = 26.0
LOOKS: dict[str, dict[str, object]] = {
    "strong": {"stroke": TEAL, "stroke_width": 5},
    "ordinary": {"stroke": INK, "stroke_width": 2},
    "weak": {"stroke": SOFT, "stroke_width": 2, "stroke_dasharray": "5 6"},
    "strained": {"stroke": STRONG["red"], "stroke_width": 2, "stroke_linejoin": "round"},
    "broken": {"stroke": SOFT, "stroke_width": 2},
}
"""Of each strength; `strained` goes in a zigzag, `broken` is parted in the middle."""


def draw(ecomap: Ecomap, t: Say, lang: str, *, to: str = "", name: str = "ecomap") -> Drawing:
    """`to`: the path below which each connection has its page; then it is a link."""
    placed = layout(ecomap, t, lang)
    signs = list(_signs(ecomap, t, lang))
    wide = placed.width
    rows = _rows(signs, wide - 24)
    height = placed.height + len(rows) * _LEGEND + (20 if rows else 0)
    drawing = Drawing(wide, height, title=title(ecomap, t), name=name, live=bool(to))
    _house(drawing, placed)
    for node in placed.nodes:
        _tie(drawing, node)
    for member in placed.members:
        _member(drawing, member)
    for node in placed.nodes:
        one = node.connection
        says = drawing.link(f"{to}/{one.number}", sentence(one, ecomap, t, lang)) if to else nullcontext()
        with drawing.group(connection=str(one.number)), says:
            _node(drawing, node)
    _legend(drawing, rows, placed.height + 8, wide)
    return drawing


def _house(drawing: Drawing, placed: Placed) -> None:
    (x, y), across, down = placed.house
    half = f"{number(across)} {number(down)} 0 0 1"
    d = f"M{number(x - across)} {number(y)}a{half} {number(2 * across)} 0a{half} {number(-2 * across)} 0Z"
    drawing.path(d, fill=TEAL_WASH, stroke=TEAL, stroke_width=2)


def _member(drawing: Drawing, placed: PlacedMember) -> None:
    (x, y), one = placed.at, placed.member
    look: dict[str, Any] = {"fill": SHEET, "stroke": INK, "stroke_width": 1.8}
    with drawing.group(member=one.key):
        for half in (SYMBOL, SYMBOL - 3.5) if not one.relation else (SYMBOL,):
            if one.sex == "male":
                drawing.rect(x - half, y - half, 2 * half, 2 * half, **look)
            elif one.sex == "female":
                drawing.circle(x, y, half, **look)
            else:
                drawing.polygon([(x, y - half), (x + half, y), (x, y + half), (x - half, y)], **look)
        drawing.lines(x, y + SYMBOL + 15, placed.label, size=SIZE, anchor="middle")


def _node(drawing: Drawing, node: Node) -> None:
    (x, y), (left, top, right, bottom) = node.at, node.box
    drawing.rect(left, top, right - left, bottom - top, fill="none", pointer_events="all")
    drawing.circle(x, y, DISC, fill=SHEET, stroke=INK, stroke_width=1.5)
    sign(drawing, node.connection.kind, x, y, 22, stroke=INK)
    first = y - DISC - 6 - (len(node.label) - 1) * LEADING if node.up else y + DISC + SIZE + 3
    drawing.lines(x, first, node.label, size=SIZE, leading=LEADING / SIZE, bold=True, anchor="middle")


def _tie(drawing: Drawing, node: Node) -> None:
    one = node.connection
    with drawing.group(tie=str(one.number), whom=one.whom):
        _line(drawing, node.start, node.end, one.strength, one.flow)


def _line(drawing: Drawing, start: Point, end: Point, strength: str, flow: str) -> None:
    """`flow` to: an arrowhead at `end`; from: at `start`; both. One that is broken flows no more."""
    look = LOOKS.get(strength, LOOKS["ordinary"])
    ends = [] if strength == "broken" else [(end, "to"), (start, "from")]
    heads = [point for point, code in ends if flow in (code, "both")]
    size = 13.0 if strength == "strong" else 10.0
    one = _towards(start, end, size * 0.8) if start in heads else start
    other = _towards(end, start, size * 0.8) if end in heads else end
    if strength == "strained":
        drawing.line(_zigzag(one, other), **look)
    elif strength == "broken":
        for from_here, to_there in ((one, other), (other, one)):
            gap = _towards(_middle(one, other), from_here, 5)
            drawing.line([from_here, gap], **look)
            drawing.line(_across(gap, to_there, 7), **look)
    else:
        drawing.line([one, other], **look)
    for point in heads:
        back = _towards(point, start if point == end else end, size)
        drawing.polygon([point, *_across(back, point, size * 0.48)], fill=look["stroke"])


def _towards(start: Point, end: Point, far: float) -> Point:
    """So many pixels from `start`."""
    length = hypot(end[0] - start[0], end[1] - start[1]) or 1
    return start[0] + (end[0] - start[0]) * far / length, start[1] + (end[1] - start[1]) * far / length


def _middle(one: Point, other: Point) -> Point:
    return (one[0] + other[0]) / 2, (one[1] + other[1]) / 2


def _across(at: Point, to: Point, half: float) -> list[Point]:
    """A short line through `at`, square to the way to `to`."""
    length = hypot(to[0] - at[0], to[1] - at[1]) or 1
    dx, dy = -(to[1] - at[1]) / length * half, (to[0] - at[0]) / length * half
    return [(at[0] + dx, at[1] + dy), (at[0] - dx, at[1] - dy)]


def _zigzag(start: Point, end: Point) -> list[Point]:
    length = hypot(end[0] - start[0], end[1] - start[1])
    count = max(3, int(length / 8))
    points = [start]
    for turn in range(1, count):
        at = _towards(start, end, length * turn / count)
        points.append(_across(at, end, 4.5)[turn % 2])
    return [*points, end]


def _signs(ecomap: Ecomap, t: Say, lang: str) -> Iterator[tuple[str, str, str]]:
    """What the legend explains: (what, code, words), of what is in the picture."""
    used = ecomap.connections
    for strength in LOOKS:
        if any(one.strength == strength for one in used):
            yield "strength", strength, label("tie_strengths", strength, lang)
    for flow in ("to", "from", "both"):
        if any(one.flow == flow and one.strength != "broken" for one in used):
            yield "flow", flow, label("tie_flows", flow, lang)
    for kind in dict.fromkeys(one.kind for one in used if one.name):
        yield "kind", kind, label("around", kind, lang)


def _rows(signs: Sequence[tuple[str, str, str]], room: float) -> list[list[tuple[str, str, str, float]]]:
    """As many beside each other as there is room for; each with where it begins."""
    rows: list[list[tuple[str, str, str, float]]] = []
    x = room
    for what, code, words in signs:
        wide = (30 if what == "kind" else 52) + width(words, SIZE) + 18
        if x + wide - 18 > room:
            rows.append([])
            x = 0.0
        rows[-1].append((what, code, words, x))
        x += wide
    return rows


def _legend(
    drawing: Drawing, rows: Sequence[Sequence[tuple[str, str, str, float]]], top: float, wide: float
) -> None:
    if rows:
        drawing.line([(12, top), (wide - 12, top)], stroke=RULE, stroke_width=1)
    for place, row in enumerate(rows):
        y = top + 18 + place * _LEGEND
        for what, code, words, at in row:
            x = 12 + at
            if what == "kind":
                sign(drawing, code, x + 9, y, 18, stroke=INK)
                drawing.text(x + 26, y + 4, words, size=SIZE)
                continue
            strength, flow = (code, "") if what == "strength" else ("ordinary", code)
            if flow:
                drawing.circle(x + 5, y, 4, fill=SHEET, stroke=INK, stroke_width=1.5)
            _line(drawing, (x + 11 if flow else x + 2, y), (x + 42, y), strength, flow)
            drawing.text(x + 50, y + 4, words, size=SIZE)
