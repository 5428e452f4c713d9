"""Where everything of a timeline stands. Pure; in pixels, y downwards.

From left to right: years, the axis with a numbered dot for each event, bars of periods, the events' words,
the arrows of what led to what. Where much happens the scale stretches; where nothing does it shrinks, and
says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log2

from songtor_web.dates import ABOUT
from songtor_web.pictures.lettering import lines, width
from songtor_web.pictures.timeline import says
from songtor_web.pictures.timeline.lanes import Period, lanes, periods, tracks
from songtor_web.pictures.timeline.model import Timeline
from songtor_web.pictures.timeline.order import Standing, in_order
from songtor_web.texts import Say

NARROW, WIDE = 308.0, 640.0
"""Of a picture for a phone, and for a desk or paper."""
AXIS, DOT = 52.0, 10.0
"""Where the axis stands, and an event's dot (its radius)."""
LANE, TRACK = 12.0, 8.0
"""From one bar to the next, and from one arrow to the next (closer where there are very many)."""
_MARGIN, _CLOSEST = 80.0, 3.0
DATE, TEXT, SMALL = 13.0, 14.5, 12.0
LINE, PAD, GAP, NOTE = 20.0, 7.0, 10.0, 26.0
"""A line's height, the space round a card's words, that between two cards, and a note's height."""
COLUMN = 146.0
"""The room of a date that stands beside the words."""
_LEAST = 150.0
"""A card's least width: a picture that has no room for it becomes wider."""


@dataclass(frozen=True, slots=True)
class Box:
    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height


@dataclass(frozen=True, slots=True)
class Card:
    """An event's words. `column`: how far to the right of its date they stand; 0 is below it. `beside`: its
    theme stands in its first line. `year`: what the axis says at its dot; 0 is nothing."""

    standing: Standing
    box: Box
    column: float
    date: Sequence[str]
    words: Sequence[str]
    theme: Sequence[str]
    beside: bool
    year: int

    @property
    def at(self) -> float:
        """The height of its dot."""
        return self.box.y + PAD + LINE / 2

    @property
    def dated(self) -> bool:
        return self.standing.moment is not None

    @property
    def exact(self) -> bool:
        return self.dated and not self.standing.event.when.endswith(ABOUT)


@dataclass(frozen=True, slots=True)
class Bar:
    """A period. `until`: as its event says; `over`: it ends on this sheet."""

    number: int
    x: float
    top: float
    bottom: float
    until: str
    over: bool = True


@dataclass(frozen=True, slots=True)
class Arrow:
    """One event led to another: out of its card and into the other's; `lands`: on this sheet."""

    source: int
    target: int
    points: Sequence[tuple[float, float]]
    lands: bool = True


@dataclass(frozen=True, slots=True)
class Note:
    """Words between two cards. `gap`: years of nothing lie there; else they are a heading."""

    y: float
    words: str
    gap: bool


@dataclass(frozen=True, slots=True)
class Placed:
    """`words_at`: where the cards begin; `axis`: from where to where it is drawn."""

    width: float
    height: float
    words_at: float
    axis: tuple[float, float]
    cards: Sequence[Card]
    bars: Sequence[Bar]
    arrows: Sequence[Arrow]
    notes: Sequence[Note]


def layout(timeline: Timeline, *, t: Say, lang: str, room: float = NARROW, theme: str = "") -> Placed:
    """`room`: how wide it may be. `theme`: only its events, in the order and with the numbers that they have
    among all."""
    shown = [one for one in in_order(timeline) if not theme or one.event.theme == theme]
    drawn = periods(shown)
    lane, track = lanes(drawn), tracks(shown)
    left = AXIS + DOT + 6 + LANE * (1 + max(lane.values(), default=-1))
    most = 2 + max(track.values(), default=-2)
    pitch = min(TRACK, max(_MARGIN / max(most, 1), _CLOSEST))
    margin = max(pitch * most, 2.0)
    right = max(room - margin, left + _LEAST)
    cards, notes, height = _stacked(shown, left, right - left, t, lang)
    placed = [card for card in cards if card.standing.placed]
    bars = [_bar(one, lane[one.row], cards, placed[-1].box.bottom) for one in drawn]
    foot = max([card.box.bottom for card in placed[-1:]] + [bar.bottom + 8 for bar in bars], default=0.0)
    return Placed(
        width=right + margin,
        height=height + (NOTE if track else 0),
        words_at=left,
        axis=(max(placed[0].at - 20, 2.0), foot) if placed else (0.0, 0.0),
        cards=cards,
        bars=bars,
        arrows=_arrows(cards, track, right, pitch),
        notes=notes,
    )


def _stacked(
    shown: Sequence[Standing], left: float, room: float, t: Say, lang: str
) -> tuple[list[Card], list[Note], float]:
    """The cards one below the other, and how high they are together."""
    cards: list[Card] = []
    notes: list[Note] = []
    y, moment, year = GAP, None, 0
    for one in shown:
        years = 0 if moment is None or one.moment is None else int(one.moment) - int(moment)
        if years > 2:
            words = str(t("pictures.timeline_gap", n=years)) if cards[-1].dated else ""
            notes.append(Note(y + NOTE / 2, words, gap=True))
            y += NOTE
        y += 8 * log2(years) if years > 1 else 0
        if not one.placed and (not cards or cards[-1].standing.placed):
            notes.append(Note(y + NOTE / 2, str(t("pictures.timeline_unknown")), gap=False))
            y += NOTE + GAP
        now = int(one.moment) if one.moment is not None else year
        cards.append(_card(one, left, y, room, now if now != year else 0, t, lang))
        moment, year = one.moment if one.moment is not None else moment, now
        y = cards[-1].box.bottom + GAP
    return cards, notes, y


def _card(one: Standing, x: float, y: float, room: float, year: int, t: Say, lang: str) -> Card:
    """Where there is room for it, the words stand beside the date; else below."""
    inside = room - 2 * PAD
    column = COLUMN if inside > 3 * COLUMN else 0.0
    theme = lines(one.event.theme, inside - column, SMALL) if one.event.theme else []
    taken = width(theme[0], SMALL) + 14 if len(theme) == 1 else 0.0
    said = says.when(one, t, lang)
    if column:
        beside = 0 < taken < COLUMN
        date = _broken(said, column - PAD)
        words = lines(one.event.text, inside - column - (taken if beside else 0), TEXT)
    else:
        beside = taken > 0 and width(said, DATE, bold=True) + taken <= inside
        date = _broken(said, inside)
        words = lines(one.event.text, inside, TEXT)
    below = len(words) + (0 if beside else len(theme))
    height = 2 * PAD + LINE * (max(len(date), below) if column else len(date) + below)
    return Card(one, Box(x, y, room, height), column, date, words, theme, beside, year)


def _broken(said: str, room: float) -> list[str]:
    """When it was, in lines: first between its parts."""
    parts = [said] if width(said, DATE, bold=True) <= room else said.split(says.AND)
    return [line for part in parts for line in lines(part, room, DATE, bold=True)]


def _bar(one: Period, lane: int, cards: Sequence[Card], foot: float) -> Bar:
    top = cards[one.row].at
    bottom = foot + 2
    if one.following is not None:
        low, high = cards[one.last].at + DOT, cards[one.following].at - DOT
        bottom = low + (high - low) * one.share
    x = AXIS + DOT + 5 + LANE * lane
    return Bar(
        cards[one.row].standing.number, x, top, max(bottom, top + DOT), cards[one.row].standing.event.until
    )


def _arrows(cards: Sequence[Card], track: dict[int, int], edge: float, pitch: float) -> list[Arrow]:
    """At a card's edge first what comes from above (an inner track's first), then what goes out, then what
    comes from below: so fewer cross."""
    by_number = {card.standing.number: card for card in cards}
    ports: dict[int, list[tuple[int, int, int]]] = {}
    for source, place in track.items():
        ports.setdefault(source, []).append((1, 0, source))
        for target in by_number[source].standing.led_to:
            if target in by_number:
                order = (0, place) if source < target else (2, -place)
                ports.setdefault(target, []).append((*order, source))
    height = {
        (number, source): by_number[number].box.y + by_number[number].box.height * place / (len(coming) + 1)
        for number, coming in ports.items()
        for place, (_, _, source) in enumerate(sorted(coming), 1)
    }
    found = []
    for source, place in track.items():
        x, out = edge + pitch * (place + 1), height[source, source]
        for target in by_number[source].standing.led_to:
            if target in by_number:
                into = height[target, source]
                found.append(Arrow(source, target, ((edge, out), (x, out), (x, into), (edge, into))))
    return found
