"""The signs that a genogram uses, and no others, explained beneath it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from songtor_proto.vocabulary import vocabulary
from songtor_web.pictures.drawing import INK, RULE, TEAL, Drawing
from songtor_web.pictures.genogram import marks
from songtor_web.pictures.genogram.labels import said
from songtor_web.pictures.genogram.layout import MARGIN, Layout
from songtor_web.pictures.genogram.model import Person
from songtor_web.pictures.genogram.route import Point
from songtor_web.pictures.lettering import width
from songtor_web.texts import Say

_LINE, _SIZE, _SIGN, _GAP = 24.0, 12.0, 44.0, 20.0
_PHONE = 310.0
"""As wide as a phone shows without scrolling, in pixels."""
Paint = Callable[[Drawing, float, float], None]
"""A sign in a room of 40 by 24, its middle there."""


@dataclass(frozen=True, slots=True)
class Legend:
    """Each sign with its words, and where it stands. `rule`: the line between it and the picture. `width` and
    `height`: of both together."""

    signs: list[tuple[Paint, str, float, float]]
    rule: tuple[Point, Point]
    width: float
    height: float

    def draw(self, drawing: Drawing) -> None:
        drawing.line(self.rule, stroke=RULE)
        for paint, words, x, y in self.signs:
            with drawing.group(sign=words):
                paint(drawing, x + 20, y)
                drawing.text(x + _SIGN, y + 4, words, size=_SIZE, fill=INK)


def legend(placed: Layout, t: Say, lang: str, *, beside: bool = False) -> Legend:
    """Beneath the picture in lines, which a phone shows whole if the picture is not much wider; `beside` it
    in columns, for a sheet that is wide and not tall."""
    signs = [(paint, words, _SIGN + width(words, _SIZE) + _GAP) for paint, words in _signs(placed, t, lang)]
    return _columns(signs, placed) if beside else _lines(signs, placed)


def _lines(signs: Sequence[tuple[Paint, str, float]], placed: Layout) -> Legend:
    found: list[tuple[Paint, str, float, float]] = []
    room = min(placed.width, _PHONE) if placed.width < 2 * _PHONE else placed.width
    x, y = MARGIN, placed.height + 20.0
    for paint, words, wide in signs:
        if x > MARGIN and x + wide - _GAP > room - MARGIN:
            x, y = MARGIN, y + _LINE
        found.append((paint, words, x, y))
        x += wide
    rule = (MARGIN, placed.height), (placed.width - MARGIN, placed.height)
    return Legend(found, rule, placed.width, y + _LINE)


def _columns(signs: Sequence[tuple[Paint, str, float]], placed: Layout) -> Legend:
    found: list[tuple[Paint, str, float, float]] = []
    x, y, widest = placed.width + MARGIN, MARGIN + _LINE / 2, 0.0
    for paint, words, wide in signs:
        if y + _LINE / 2 > placed.height and found:
            x, y, widest = x + widest, MARGIN + _LINE / 2, 0.0
        found.append((paint, words, x, y))
        y, widest = y + _LINE, max(widest, wide)
    rule = (placed.width, MARGIN), (placed.width, placed.height - MARGIN)
    return Legend(found, rule, x + widest - _GAP + 4, placed.height)


def _signs(placed: Layout, t: Say, lang: str) -> Iterator[tuple[Paint, str]]:
    people = [one.person for one in placed.people.values()]
    alive = [one for one in people if not one.born]
    for sex in ("male", "female", "other", "unknown"):
        if any(one.sex == sex for one in alive):
            yield _person(Person(key="", number=0, sex=sex)), said(t, sex)
    if found := [one for one in people if one.index]:
        yield _person(_like(found)), said(t, "client")
    if found := [one for one in alive if one.dead]:
        yield _person(_like(found)), said(t, "dead")
    for born in ("pregnancy", "miscarriage", "abortion", "stillbirth"):
        if found := [one for one in people if one.born == born]:
            yield _person(_like(found)), said(t, born)
    if any(leaf.twins for one in placed.lines.descents for leaf in one.leaves) or placed.lines.twins:
        yield _twins, said(t, "twins")
    used = {line.tie.kind if line.tie else "" for line in (*placed.lines.unions, *placed.lines.bonds)}
    used |= {leaf.kind for one in placed.lines.descents for leaf in one.leaves if leaf.kind != "birth"}
    for term in vocabulary().ties.values():
        if term.code in used and term.group != "twin":
            yield _tie(term.group, term.code), term.label(lang)
    if "" in used:
        yield _tie("union", ""), said(t, "parents_only")
    if placed.homes:
        yield _home, said(t, "home")


def _like(people: list[Person]) -> Person:
    """The sign of the first of them, of nobody."""
    found = people[0]
    return Person(
        key="",
        number=0,
        sex=found.sex,
        born=found.born,
        index=found.index,
        deceased=found.dead and not found.index,
    )


def _person(person: Person) -> Paint:
    def paint(drawing: Drawing, x: float, y: float) -> None:
        small = 9.0 if person.born in ("", "pregnancy") else 15.0
        marks.symbol(drawing, person, x + 6, y, small + 1, words="" if person.sex != "unknown" else " ")

    return paint


def _tie(group: str, kind: str) -> Paint:
    def paint(drawing: Drawing, x: float, y: float) -> None:
        if group == "parent":
            marks.leaf(drawing, kind, [(x + 6, y - 11), (x + 6, y + 11)])
        elif group == "union":
            marks.union(drawing, kind, [(x - 18, y), (x + 16, y)], (x, y))
        else:
            marks.bond(drawing, kind, [(x - 18, y), (x + 16, y)])

    return paint


def _twins(drawing: Drawing, x: float, y: float) -> None:
    marks.trunk(drawing, [(x - 4, y + 9), (x + 5, y - 9), (x + 14, y + 9)])


def _home(drawing: Drawing, x: float, y: float) -> None:
    drawing.rect(
        x - 16, y - 9, 32, 18, radius=8, fill="none", stroke=TEAL, stroke_width=1.6, stroke_dasharray="7 5"
    )
