"""A timeline's drawing: told apart without colour too, by dashes, fillings and words."""

from __future__ import annotations

from markupsafe import Markup

from songtor_web.dates import ABOUT, STILL, year_shown
from songtor_web.pictures.drawing import EDGE, INK, RULE, SHEET, SOFT, TEAL, TEAL_WASH, Drawing
from songtor_web.pictures.timeline import layout as at
from songtor_web.pictures.timeline.layout import Arrow, Bar, Card, Note, Placed
from songtor_web.texts import Say

_BAR, _HEAD = 8.0, 6.0


def draw(placed: Placed, *, t: Say, lang: str, name: str = "timeline") -> Markup:
    """The SVG."""
    drawing = Drawing(placed.width, placed.height, title=str(t("pictures.timeline_title")), name=name)
    drawing.rect(0, 0, placed.width, placed.height, fill=SHEET)
    drawing.line([(at.AXIS, placed.axis[0]), (at.AXIS, placed.axis[1])], stroke=EDGE, stroke_width=2)
    for card in placed.cards:
        thread = [(at.AXIS, card.at), (card.box.x, card.at)]
        drawing.line(thread, stroke=EDGE, stroke_dasharray=None if card.dated else "2 3")
    for bar in placed.bars:
        _bar(drawing, bar)
    for arrow in placed.arrows:
        _arrow(drawing, arrow)
    for note in placed.notes:
        _note(drawing, note, placed.words_at)
    for card in placed.cards:
        with drawing.group(event=card.standing.event.key):
            _dot(drawing, card)
            _year(drawing, card, lang)
            _words(drawing, card)
    if placed.arrows:
        _legend(drawing, placed, t)
    return drawing.svg()


def _dot(drawing: Drawing, card: Card) -> None:
    """Filled where the date is exact, empty where it is about then, dashed where only the order is known."""
    number = card.standing.number
    fill, ink = (TEAL, SHEET) if card.exact else (SHEET, TEAL)
    dashes = None if card.dated else "3 2.5"
    drawing.circle(
        at.AXIS, card.at, at.DOT, fill=fill, stroke=TEAL, stroke_width=1.5, stroke_dasharray=dashes
    )
    size = 11.0 if number < 100 else 9.0
    drawing.text(at.AXIS, card.at + size * 0.36, str(number), size=size, bold=True, anchor="middle", fill=ink)


def _year(drawing: Drawing, card: Card, lang: str) -> None:
    """In Thai that of the Buddhist era, and that of the common era below it."""
    if not card.year:
        return
    x, year = at.AXIS - at.DOT - 4, str(card.year)
    drawing.text(x, card.at + 4.5, year_shown(year, lang), size=at.DATE, bold=True, anchor="end")
    if lang == "th":
        drawing.text(x, card.at + 18, year, size=11, anchor="end", fill=SOFT)


def _words(drawing: Drawing, card: Card) -> None:
    box, line = card.box, at.LINE
    edge, dashes, ink = (RULE, None, INK) if card.dated else (EDGE, "4 3", SOFT)
    drawing.rect(
        box.x, box.y, box.width, box.height, radius=6, fill=SHEET, stroke=edge, stroke_dasharray=dashes
    )
    x, y = box.x + at.PAD, box.y + at.PAD + line * 0.72
    drawing.lines(x, y, card.date, size=at.DATE, leading=line / at.DATE, bold=True, fill=ink)
    if card.beside:
        drawing.text(box.right - at.PAD, y, card.theme[0], size=at.SMALL, anchor="end", fill=SOFT)
    x, y = x + card.column, y + (0 if card.column else line * len(card.date))
    drawing.lines(x, y, card.words, size=at.TEXT, leading=line / at.TEXT)
    if not card.beside:
        y += line * len(card.words)
        drawing.lines(x, y, card.theme, size=at.SMALL, leading=line / at.SMALL, fill=SOFT)


def _bar(drawing: Drawing, bar: Bar) -> None:
    """Flat where its end is known, notched where it is about then, an arrow where it is still so."""
    left, right, middle, foot = bar.x, bar.x + _BAR, bar.x + _BAR / 2, bar.bottom
    end = [(right, foot), (left, foot)]
    if bar.over and bar.until == STILL:
        wing = foot - 7
        end = [(right, wing), (right + 1.5, wing), (middle, foot), (left - 1.5, wing), (left, wing)]
    elif bar.over and bar.until.endswith(ABOUT):
        end = [(right, foot), (middle, foot - 5), (left, foot)]
    with drawing.group(period=str(bar.number)):
        shape = [(left, bar.top), (right, bar.top), *end]
        drawing.polygon(shape, fill=TEAL_WASH, stroke=TEAL, stroke_width=1.5, stroke_linejoin="round")


def _arrow(drawing: Drawing, arrow: Arrow) -> None:
    with drawing.group(**{"from": str(arrow.source), "to": str(arrow.target)}):
        drawing.line(arrow.points, stroke=INK, stroke_width=1.3, stroke_linejoin="round")
        if arrow.lands:
            _head(drawing, *arrow.points[-1])


def _head(drawing: Drawing, x: float, y: float) -> None:
    drawing.polygon([(x, y), (x + _HEAD, y - 3.5), (x + _HEAD, y + 3.5)], fill=INK)


def _legend(drawing: Drawing, placed: Placed, t: Say) -> None:
    x, y = placed.words_at + at.PAD, placed.height - 14
    drawing.line([(x, y), (x + 20, y)], stroke=INK, stroke_width=1.3)
    _head(drawing, x, y)
    drawing.text(x + 30, y + 4, str(t("pictures.timeline_arrow")), size=at.SMALL, fill=SOFT)


def _note(drawing: Drawing, note: Note, x: float) -> None:
    """Years of nothing break the axis."""
    if note.gap:
        drawing.rect(at.AXIS - 3, note.y - 5, 6, 10, fill=SHEET)
        for up in (-5.0, 5.0):
            drawing.line([(at.AXIS - 6, note.y + up + 3), (at.AXIS + 6, note.y + up - 3)], stroke=EDGE)
    drawing.text(x + at.PAD, note.y + 4, note.words, size=at.SMALL, bold=not note.gap, fill=SOFT)
