"""The flower, drawn: colour, shape, word and veins of each petal say the same."""

from __future__ import annotations

from collections.abc import Iterable

from songtor_web.pictures.drawing import (
    EDGE,
    INK,
    MARIGOLD,
    RULE,
    SHEET,
    SOFT,
    STRONG,
    TEAL_WASH,
    Drawing,
    number,
)
from songtor_web.pictures.flower.layout import CAPTION, SIZE, Bloom, Curve, Placed, layout
from songtor_web.pictures.flower.model import UNKNOWN, Flower
from songtor_web.pictures.flower.words import dimension_words, level_words, petal_says, subject_words, title
from songtor_web.pictures.lettering import lines, width
from songtor_web.pictures.signs import level_sign, sign
from songtor_web.texts import Say

TONE = {"red": "#f2aaa0", "yellow": "#f9de8d", "green": "#b4d8b6", "unknown": SHEET}
"""Of a petal; with ink on it at more than 7 : 1."""
SMALL = 104.0
_SIZE, _LINE = 13.0, 17.0


def draw(flower: Flower, t: Say, *, to: str = "", plain: bool = False, name: str = "flower") -> Drawing:
    """`to`: the path below which each petal has its page (`…/child/health`); then it is a link.
    `plain`: in the words in which one talks with a client."""
    blooms = layout(flower)
    drawing = Drawing(SIZE, len(blooms) * (SIZE + CAPTION), title=title(flower, t), name=name, live=bool(to))
    for bloom in blooms:
        _leaves(drawing, bloom)
        for one in bloom.petals:
            with drawing.group(petal=f"{one.subject}-{one.petal.dimension}"):
                if to:
                    with drawing.link(f"{to}/{one.subject}/{one.petal.dimension}", petal_says(one, t, plain)):
                        _petal(drawing, one)
                        _words(drawing, one, t, plain)
                else:
                    _petal(drawing, one)
                    _words(drawing, one, t, plain)
        _heart(drawing, bloom)
        whose = _whose(bloom, t)
        drawing.text(SIZE / 2, bloom.top + SIZE + 18, whose, size=14, anchor="middle", fill=SOFT)
    return drawing


def draw_small(flower: Flower, t: Say, *, name: str) -> Drawing:
    """Without words, to stand in a row with others."""
    blooms = layout(flower, SMALL, 0)
    drawing = Drawing(SMALL, len(blooms) * SMALL, title=title(flower, t), name=name)
    for bloom in blooms:
        for one in bloom.petals:
            with drawing.group(petal=f"{one.subject}-{one.petal.dimension}"):
                _petal(drawing, one)
                sign_at = one.along(0.72 if one.name else 0.6)
                level_sign(drawing, one.petal.level, *sign_at, 9 if one.name else 7)
        drawing.circle(*bloom.heart, 6, fill=MARIGOLD)
    return drawing


def _whose(bloom: Bloom, t: Say) -> str:
    if len(bloom.rings) == 1:
        return subject_words(bloom.rings[0].subject, t)
    inner, outer = (subject_words(ring.subject, t) for ring in bloom.rings)
    return str(t("pictures.flower_rings", inner=inner, outer=outer))


def _petal(drawing: Drawing, one: Placed) -> None:
    level = one.petal.level or UNKNOWN
    drawing.path(
        _path(one.outline),
        fill=TONE[level],
        stroke=STRONG[level] if one.petal.level else EDGE,
        stroke_width=max(one.length / 110, 0.8),
        stroke_linejoin="round",
        stroke_dasharray=None if one.petal.level else "4 4",
    )
    _veins(drawing, one)


def _veins(drawing: Drawing, one: Placed) -> None:
    """Red is striped, yellow speckled, green has one vein, the unknown none: it shows without colour too."""
    level, thin = one.petal.level or UNKNOWN, max(one.length / 160, 0.6)
    look = {"stroke": STRONG[level], "stroke_width": thin, "stroke_opacity": 0.45, "stroke_linecap": "round"}
    if level == "green":
        drawing.line([one.along(0.12), one.along(0.42)], **look)
    elif level == "red":
        for across in (-0.36, -0.27, -0.18, -0.09, 0.0, 0.09, 0.18, 0.27, 0.36):
            start, bend = one.along(0.12, across * 0.1), one.along(0.4, across * 0.95)
            end = one.along(0.92 - abs(across) * 0.3, across)
            drawing.path(f"M{_pair(start)}Q{_pair(bend)} {_pair(end)}", **look)
    elif level == "yellow":
        for row in range(3, 10):
            for column in range(-3, 4):
                far, across = row / 10 + 0.02, (column + (row % 2) / 2) * 0.115
                if abs(across) < 0.42 * min(1.0, (far - 0.05) * 1.9, (1.16 - far) * 2.9):
                    x, y = one.along(far, across)
                    drawing.circle(x, y, max(one.length / 90, 0.7), fill=STRONG[level], fill_opacity=0.5)


def _words(drawing: Drawing, one: Placed, t: Say, plain: bool) -> None:
    """Dimension and level, on the petal's own colour. Where one talks with a client, an open petal says whose
    it is."""
    (x, y), signed = one.at, 15.0 if one.petal.level else 0.0
    whose = plain and not one.petal.level
    level = subject_words(one.subject, t) if whose else level_words(one.petal.level, t, plain)
    if not one.name:
        told = lines(level, one.room, _SIZE, bold=True, most=2)
        wide = max(width(line, _SIZE, bold=True) for line in told)
        top = y - (len(told) * _LINE + 14) / 2
        _plate(drawing, one, wide, top - 1, len(told) * _LINE + 16)
        level_sign(drawing, one.petal.level, x, top + 6, 11)
        drawing.lines(x, top + 25, told, size=_SIZE, leading=_LINE / _SIZE, bold=True, anchor="middle")
        return
    dimension, said = dimension_words(one.petal.dimension, t), width(level, _SIZE, bold=True) + signed
    named = width(dimension, 15, bold=True)
    if one.alone:
        _plate(drawing, one, named, y - 21, 23)
        sign(drawing, one.petal.dimension, x, y - 34, 22, stroke=INK)
        drawing.text(x, y - 4, dimension, size=15, bold=True, anchor="middle")
        down = 16.0
    else:
        _plate(drawing, one, named + 22, y - 21, 22)
        sign(drawing, one.petal.dimension, x - named / 2 - 3, y - 10, 17, stroke=INK)
        drawing.text(x - named / 2 + 10, y - 5, dimension, size=15, bold=True)
        down = 15.0
    _plate(drawing, one, said, y + down - 15, 20)
    level_sign(drawing, one.petal.level, x - said / 2 + 5, y + down - 4.5, 10)
    drawing.text(x - said / 2 + signed, y + down, level, size=_SIZE, bold=True)


def _plate(drawing: Drawing, one: Placed, wide: float, top: float, high: float) -> None:
    """So that words stand clear of what a petal is striped or speckled with."""
    if one.petal.level not in ("red", "yellow"):
        return
    look = {"fill": TONE[one.petal.level], "fill_opacity": 0.88}
    drawing.rect(one.at[0] - wide / 2 - 3, top, wide + 6, high, radius=8, **look)


def _heart(drawing: Drawing, bloom: Bloom) -> None:
    x, y = bloom.heart
    drawing.circle(x, y, 15, fill=MARIGOLD, stroke="#a8700c", stroke_width=1.2)
    for dx, dy in ((0, 0), (-6, -4), (6, -4), (-6, 5), (6, 5), (0, -9), (0, 9)):
        drawing.circle(x + dx, y + dy, 1.5, fill="#7a4d00")


def _leaves(drawing: Drawing, bloom: Bloom) -> None:
    """Between the petals, as a flower has them; they mean nothing."""
    x, y = bloom.heart
    long, wide = bloom.size * 0.47, bloom.size * 0.1
    for dx, dy in ((0, -1), (1, 0), (0, 1), (-1, 0)):
        tip = (x + dx * long, y + dy * long)
        sides = [
            (x + dx * long * 0.6 + side * dy * wide, y + dy * long * 0.6 + side * dx * wide)
            for side in (1, -1)
        ]
        ends = [_pair((x, y)), *(_pair(one) for one in (sides[0], tip, sides[1]))]
        d = f"M{ends[0]}Q{ends[1]} {ends[2]}Q{ends[3]} {ends[0]}Z"
        drawing.path(d, fill=TEAL_WASH, stroke=RULE, stroke_width=1)


def _path(curves: Iterable[Curve]) -> str:
    curves = list(curves)
    parts = [f"M{_pair(curves[0][0])}"]
    parts += [f"C{_pair(b)} {_pair(c)} {_pair(d)}" for _, b, c, d in curves]
    return "".join(parts) + "Z"


def _pair(point: tuple[float, float]) -> str:
    return f"{number(point[0])} {number(point[1])}"
