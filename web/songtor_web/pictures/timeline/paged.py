"""A timeline cut into sheets, between its cards; bars and arrows run off one sheet and onto the next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from songtor_web.pictures.timeline.layout import GAP, NOTE, Arrow, Bar, Card, Placed

A4 = 790.0
"""How high a sheet is at the width WIDE: A4 within its margins, with a heading."""
_OFF = 4.0


def pages(placed: Placed, high: float = A4) -> list[Placed]:
    """Each no higher than `high`, unless a single card is."""
    starts, above = [0.0], GAP
    for card in placed.cards:
        cut = above + GAP / 2
        if card.box.bottom + GAP + NOTE - starts[-1] > high and cut > starts[-1] + GAP * 2:
            starts.append(cut)
        above = card.box.bottom
    if len(starts) == 1:
        return [placed]
    ends = [*starts[1:], above + GAP]
    return [_sheet(placed, top, end) for top, end in zip(starts, ends, strict=True)]


def _sheet(placed: Placed, top: float, end: float) -> Placed:
    cards = [_card(card, top) for card in placed.cards if top <= card.box.y < end]
    first = cards[0]
    if first.standing.moment is not None:
        cards[0] = replace(first, year=int(first.standing.moment))
    arrows = [*_arrows(placed, top, end)]
    return replace(
        placed,
        height=end - top + (NOTE if arrows else 0),
        axis=(max(placed.axis[0] - top, -_OFF), min(placed.axis[1], end + _OFF) - top),
        cards=cards,
        bars=[*_bars(placed, top, end)],
        arrows=arrows,
        notes=[replace(note, y=note.y - top) for note in placed.notes if top <= note.y < end],
    )


def _card(card: Card, top: float) -> Card:
    return replace(card, box=replace(card.box, y=card.box.y - top))


def _bars(placed: Placed, top: float, end: float) -> Iterator[Bar]:
    for bar in placed.bars:
        if bar.top < end and bar.bottom > top:
            over = bar.bottom <= end
            foot = bar.bottom if over else end + _OFF
            yield replace(bar, top=max(bar.top, top - _OFF) - top, bottom=foot - top, over=over)


def _arrows(placed: Placed, top: float, end: float) -> Iterator[Arrow]:
    for arrow in placed.arrows:
        (edge, out), (x, _), _, (_, into) = arrow.points
        if min(out, into) >= end or max(out, into) < top:
            continue
        goes, lands = top <= out < end, top <= into < end
        away = [(edge, out), (x, out)] if goes else [(x, min(max(out, top - _OFF), end + _OFF))]
        there = [(x, into), (edge, into)] if lands else [(x, min(max(into, top - _OFF), end + _OFF))]
        points = tuple((across, down - top) for across, down in (*away, *there))
        yield replace(arrow, points=points, lands=lands)
