"""A genogram as SVG: lines first, then the people over them, the signs explained beneath."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from markupsafe import Markup

from songtor_web.pictures.drawing import EDGE, INK, SHEET, SOFT, TEAL, TEAL_WASH, Drawing
from songtor_web.pictures.genogram import marks, strokes
from songtor_web.pictures.genogram.labels import LEADING, SIZE, SMALL, labels, said, written
from songtor_web.pictures.genogram.layout import Layout, layout
from songtor_web.pictures.genogram.legend import legend
from songtor_web.pictures.genogram.lines import Descent, Line
from songtor_web.pictures.genogram.model import Family, Person
from songtor_web.pictures.genogram.route import Point
from songtor_web.pictures.genogram.spot import Placed
from songtor_web.pictures.genogram.words import about, names_of
from songtor_web.texts import Say

_AROUND = 4.0
"""Between words and the frame of whoever can be touched."""


def draw(
    family: Family,
    t: Say,
    lang: str,
    *,
    names: bool = True,
    href: Callable[[Person], str] | None = None,
    focus: str = "",
    beside: bool = False,
) -> Markup:
    """`href`: where a person's symbol leads; without it the picture is one image. `focus`: the key of who
    has the focus when the page opens. `beside`: the signs are explained there, and not beneath."""
    placed = layout(family, labels(family, t, lang, names=names), written(family, lang))
    signs = legend(placed, t, lang, beside=beside)
    drawing = Drawing(
        signs.width,
        signs.height,
        title=said(t, "title"),
        name="genogram",
        live=href is not None,
    )
    _homes(drawing, placed)
    for descent in placed.lines.descents:
        _descent(drawing, descent)
    for line in placed.lines.twins:
        _twins(drawing, line, placed)
    for line in placed.lines.unions:
        _union(drawing, line, placed)
    for line in placed.lines.bonds:
        with drawing.group(tie=_named(line)):
            marks.bond(drawing, line.tie.kind if line.tie else "", line.points)
    for line in placed.lines.unions:
        _years(drawing, line)
    if placed.loose:
        _loose(drawing, placed, t)
    called = names_of(family, t, lang, names=names)
    for one in placed.people.values():
        key = one.person.key
        linked: AbstractContextManager[None] = nullcontext()
        if href is not None:
            says = about(one.person, called[key], family, t, lang)
            linked = drawing.link(href(one.person), says, f"at-{key}", focus=key == focus)
        with drawing.group(person=key), linked:
            _person(drawing, one, live=href is not None)
    signs.draw(drawing)
    return drawing.svg()


def _person(drawing: Drawing, placed: Placed, *, live: bool) -> None:
    if live:
        drawing.rect(
            placed.x - placed.half - _AROUND,
            placed.top,
            2 * (placed.half + _AROUND),
            placed.bottom - placed.top,
            radius=6,
            class_="spot",
            fill="none",
            pointer_events="all",
        )
    label, x = placed.label, placed.x
    marks.symbol(drawing, placed.person, x, placed.y, words=label.age)
    above = placed.y - 27
    if label.born:
        drawing.text(x - 4, above, label.born, size=SMALL, anchor="end", fill=SOFT)
    if label.died:
        drawing.text(x + 4, above, label.died, size=SMALL, fill=SOFT)
    y = placed.y + 22 + 4 + SIZE
    drawing.lines(x, y, label.name, size=SIZE, leading=LEADING, bold=True, anchor="middle")
    y += len(label.name) * SIZE * LEADING
    drawing.lines(x, y, label.relation, size=SMALL, leading=LEADING, anchor="middle", fill=SOFT)


def _homes(drawing: Drawing, placed: Layout) -> None:
    """Beneath all else. Where one outline does not hold the household, each of them is tinted too."""
    for one in placed.people.values():
        if placed.scattered and one.person.household:
            drawing.rect(one.x - 27, one.y - 27, 54, 54, radius=8, fill=TEAL_WASH)
    for ring in placed.homes:
        drawing.path(
            strokes.rounded(ring, 14, closed=True), stroke=TEAL, stroke_width=1.6, stroke_dasharray="7 5"
        )


def _descent(drawing: Drawing, descent: Descent) -> None:
    for points in descent.trunk:
        marks.trunk(drawing, points)
    for leaf in descent.leaves:
        with drawing.group(child=leaf.child, of=" ".join(descent.couple), kind=leaf.kind):
            marks.leaf(drawing, leaf.kind, leaf.points)


def _twins(drawing: Drawing, line: Line, placed: Layout) -> None:
    with drawing.group(tie=_named(line)):
        if line.way:
            marks.trunk(drawing, line.points)
        if line.tie and line.tie.kind == "identical" and not line.way:
            found = [
                leaf.points
                for descent in placed.lines.descents
                for leaf in descent.leaves
                if leaf.apex and leaf.child in line.couple
            ]
            marks.identical(drawing, found[0], found[1])


def _union(drawing: Drawing, line: Line, placed: Layout) -> None:
    with drawing.group(tie=_named(line)):
        marks.union(drawing, line.tie.kind if line.tie else "", line.points, _slashes(line))


def _slashes(line: Line) -> Point:
    """Beside the middle, from which the children's line goes down."""
    if line.way:
        lane = line.way.lanes[0]
        return lane.right - 18, lane.y
    (x0, y0), (x1, y1) = line.points[0], line.points[-1]
    left, right = min(x0, x1), max(x0, x1)
    return left + (right - left) * 0.24, (y0 + y1) / 2


def _years(drawing: Drawing, line: Line) -> None:
    if not line.words:
        return
    x, y = line.words_at
    left = x if line.way else x - line.wide / 2
    drawing.rect(left - 2, y - 11, line.wide + 4, 13, fill=SHEET)
    drawing.text(left, y, line.words, size=SMALL, fill=SOFT)


def _loose(drawing: Drawing, placed: Layout, t: Say) -> None:
    y = placed.loose_top + 12
    drawing.line([(16, y), (placed.width - 16, y)], stroke=EDGE, stroke_width=1.0, stroke_dasharray="2 4")
    drawing.text(16, y + 20, said(t, "loose"), size=14, bold=True, fill=INK)


def _named(line: Line) -> str:
    return " ".join([*line.couple, line.tie.kind if line.tie else ""]).strip()
