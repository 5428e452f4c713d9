"""A journey as placed shapes. Pure: the same journey is always the same picture. Pixels.

A lane is one goal: left its words; right its bar from its first day to its last, above it what was said of it
(the day it is due, a way back, a no), on it the touch points, beneath it their true and expected days and
their words in a grid.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple

from songtor_proto.vocabulary import vocabulary
from songtor_web.pictures.journey import says
from songtor_web.pictures.journey.axis import Axis, axis, planned
from songtor_web.pictures.journey.model import Goal, Journey, Move, Station, state, turns
from songtor_web.pictures.lettering import lines, width
from songtor_web.texts import Say

WIDTH = 1088.0
SIDE = 12.0
WORDS = 228.0
"""Of the column at the left, where a goal's words stand."""
LEFT, RIGHT = SIDE + WORDS + 24, WIDTH - SIDE - 8
HEADER, HEAD, LEGEND = 68.0, 30.0, 84.0
NAME = 24.0
"""Of the line on which a row's dimension stands."""
SIZE, LEADING = 13.0, 18.0
SMALL, SMALL_LEADING = 12.5, 17.0
BAR, RADIUS = 16.0, 10.0
COLUMNS, GAP = 4, 12.0
NOTE, STRIP = 190.0, 8.0
LOOP = 22.0
CAP = 14.0
"""Of the stage that a goal came to just now."""
MOST = 3  # lines of a touch point's words; all of them stand in its text


class Box(NamedTuple):
    x: float
    y: float
    width: float
    height: float

    def down(self, by: float) -> Box:
        return self._replace(y=self.y + by)


class Part(NamedTuple):
    """Of a goal's bar, from x to x, in the pattern of a stage; `ahead`: not yet, if all goes as planned."""

    x: float
    to: float
    stage: str
    ahead: bool


class Strip(NamedTuple):
    """The days of a touch point: from x to x, over its expected end (`over`, the same as `to` where it is
    not) and that end (`mark`)."""

    x: float
    over: float
    to: float
    mark: float | None
    y: float


class Note(NamedTuple):
    """`kind`: due, late, back or no. `x`: the day on the bar it speaks of."""

    kind: str
    x: float
    box: Box
    lines: Sequence[str]


class Stop(NamedTuple):
    """A touch point: its sign on the bar, and its words. `state`: ahead, begun, done or late."""

    number: int
    station: Station
    state: str
    x: float
    box: Box
    lines: Sequence[tuple[str, str]]  # look (strong, soft, late), words


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """`words`: the goal's text and what stands beneath it, with its look. `y` of the bar's upper edge."""

    goal: Goal
    box: Box
    words: Box
    lines: Sequence[tuple[str, str]]
    y: float
    parts: Sequence[Part]
    notes: Sequence[Note]
    stops: Sequence[Stop]
    strips: Sequence[Strip]
    beyond: bool = False

    def down(self, by: float) -> Lane:
        return replace(
            self,
            box=self.box.down(by),
            words=self.words.down(by),
            y=self.y + by,
            notes=[one._replace(box=one.box.down(by)) for one in self.notes],
            stops=[one._replace(box=one.box.down(by)) for one in self.stops],
            strips=[one._replace(y=one.y + by) for one in self.strips],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One dimension of one subject, or all of its dimensions without a goal, whose `lines` say so. `head`:
    where the subject's name stands above it, if it does."""

    subject: str
    dimension: str
    box: Box
    lanes: Sequence[Lane] = ()
    head: Box | None = None
    lines: Sequence[str] = ()

    def down(self, by: float) -> Row:
        return replace(
            self,
            box=self.box.down(by),
            lanes=[lane.down(by) for lane in self.lanes],
            head=self.head.down(by) if self.head else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A page of it."""

    journey: Journey
    axis: Axis
    rows: Sequence[Row]
    height: float
    width: float = WIDTH
    boxes: Sequence[Box] = field(default=(), compare=False)

    @property
    def foot(self) -> float:
        """Where the rows end and the legend begins."""
        return self.height - LEGEND

    @property
    def today(self) -> float:
        return self.axis.x(self.journey.today)


def layout(journey: Journey, t: Say, lang: str) -> Placed:
    """All of it beneath each other."""
    return _page(journey, *_rows(journey, t, lang))


def pages(journey: Journey, t: Say, lang: str, height: float) -> list[Placed]:
    """On sheets of that height, as long as one lane fits a sheet; a dimension that goes on on the next sheet
    is named again there."""
    rows, along = _rows(journey, t, lang)
    found: list[list[Row]] = [[]]
    room = height - HEADER - LEGEND
    several = len({row.subject for row in rows}) > 1
    used = 0.0
    for part in (part for row in rows for part in _cut(row, room)):
        if found[-1] and used + part.box.height > room:
            found.append([])
            used = 0.0
        first = part if found[-1] or part.head or not several else _headed(part)
        found[-1].append(first)
        used += first.box.height
    return [_page(journey, page, along) for page in found]


def _cut(row: Row, room: float) -> Iterator[Row]:
    """The row, or pieces of it that fit, each with whole lanes."""
    if row.lines:
        yield row
        return
    piece: list[Lane] = []
    first = row.head is not None
    for lane in row.lanes:
        if piece and sum(one.box.height for one in (*piece, lane)) + HEAD > room:
            yield _row(row.subject, row.dimension, piece, headed=first)
            piece, first = [], False
        piece.append(lane)
    yield _row(row.subject, row.dimension, piece, headed=first)


def _page(journey: Journey, rows: Sequence[Row], along: Axis) -> Placed:
    y, placed = HEADER, []
    for row in rows:
        placed.append(row.down(y))
        y += row.box.height
    return Placed(journey=journey, axis=along, rows=placed, height=y + LEGEND)


def _rows(journey: Journey, t: Say, lang: str) -> tuple[list[Row], Axis]:
    along = axis(journey, LEFT, RIGHT)
    several = len(journey.by_subject) > 1
    found: list[Row] = []
    for subject, taken, free in journey.by_subject:
        rows = [
            (side, [_lane(goal, along, journey.today, t, lang) for goal in goals], ())
            for side, goals in taken
        ]
        said = lines(says.no_goal(free, t, lang), WIDTH - 2 * SIDE, SMALL) if free else ()
        for first, (side, lanes, words) in enumerate([*rows, *([("", [], said)] if free else [])]):
            found.append(_row(subject, side, lanes, words, headed=several and not first))
    return found, along


def _row(
    subject: str, dimension: str, lanes: Sequence[Lane], said: Sequence[str] = (), *, headed: bool
) -> Row:
    """From y = 0: its subject's name, if it is the first, its own beside the first lane's bar, its lanes."""
    y = (HEAD if headed else 0.0) + 6.0
    placed: list[Lane] = []
    for number, lane in enumerate(lanes):
        under = 0.0 if number else NAME
        moved = lane.down(y - lane.box.y)
        words = moved.words._replace(y=y + under)
        box = moved.box._replace(height=max(moved.box.height, under + words.height + 12))
        placed.append(replace(moved, words=words, box=box))
        y += box.height
    height = y + (4.0 if lanes else len(said) * SMALL_LEADING + 9)
    head = Box(SIDE, 0, WIDTH - 2 * SIDE, HEAD) if headed else None
    return Row(
        subject=subject,
        dimension=dimension,
        box=Box(SIDE, 0, WIDTH - 2 * SIDE, height),
        lanes=placed,
        head=head,
        lines=said,
    )


def _headed(row: Row) -> Row:
    return _row(row.subject, row.dimension, row.lanes, row.lines, headed=True)


def _lane(goal: Goal, along: Axis, today: date, t: Say, lang: str) -> Lane:
    """From y = 0."""
    words = list(_words(goal, today, t, lang))
    high = len(words) * LEADING + 8
    parts = _parts(goal, along, today)
    notes, above = _notes(goal, along, today, t, lang)
    loops = LOOP if any(note.kind == "back" for note in notes) else 6.0
    y = above + loops
    notes = [one._replace(box=one.box._replace(y=above - one.box.y - one.box.height)) for one in notes]
    strips, deep = _strips(goal, along, today, y + BAR + 6)
    stops, bottom = _stops(goal, along, today, t, lang, deep + 4)
    height = max(high, bottom) + 12
    return Lane(
        goal=goal,
        box=Box(SIDE, 0, WIDTH - 2 * SIDE, height),
        words=Box(SIDE, 0, WORDS, high),
        lines=words,
        y=y,
        parts=parts,
        notes=notes,
        stops=stops,
        strips=strips,
        beyond=goal.due is not None and not along.shows(goal.due),
    )


def _words(goal: Goal, today: date, t: Say, lang: str) -> Iterator[tuple[str, str]]:
    yield from (("strong", one) for one in lines(goal.text, WORDS, SIZE, bold=True))
    stage = vocabulary().journey_stages[goal.stage].label(lang)
    yield from ((f"stage{'' if first == 0 else '-more'}", one)
                for first, one in enumerate(lines(stage, WORDS - 22, SMALL)))  # fmt: skip
    if goal.signed_on:
        yield from (("soft", one) for one in lines(says.signed(goal, t, lang), WORDS, SMALL))
    if goal.refused:
        yield "no", t("pictures.journey_no").unescape()
    if late := says.goal_late(goal, today, t):
        yield from (("late", one) for one in lines(late, WORDS, SMALL, bold=True))
    if goal.ended:
        yield from (("soft", one) for one in lines(goal.ended, WORDS, SMALL))


def _parts(goal: Goal, along: Axis, today: date) -> list[Part]:
    """The stages as they were, day by day; then what lies ahead, up to the day it is due."""
    stops = [move for move in goal.moves if not move.refused]
    over = goal.refused or goal.stage == list(vocabulary().journey_stages)[-1] or bool(goal.ended)
    ended = goal.refused or (over and goal.moves)
    end = max([goal.begun, *(move.on for move in goal.moves)]) if ended else today
    began = stops[0].stage if stops and stops[0].on <= goal.begun else ""
    first = began or (next(iter(vocabulary().journey_stages)) if stops else goal.stage)
    stages = [Move(goal.begun, first), *stops]
    found = [
        Part(along.x(one.on), along.x(to), one.stage, False)
        for one, to in zip(stages, [*(move.on for move in stages[1:]), max(end, goal.begun)], strict=True)
        if along.x(to) > along.x(one.on)
    ]
    last = found[-1].to if found else along.x(goal.begun)
    if goal.due and along.x(goal.due) > last and not over:
        found.append(Part(last, along.x(goal.due), goal.stage, True))
    if not found or found[-1].stage != goal.stage:  # it came there on the very last day
        last = min(last, RIGHT - CAP)
        found.append(Part(last, last + CAP, goal.stage, False))
    return found


def _notes(goal: Goal, along: Axis, today: date, t: Say, lang: str) -> tuple[list[Note], float]:
    """Packed in tracks from the bar upwards (`box.y` counts up from it), and how high they are together.

    From right to left: a line down to the bar crosses no words then."""
    said: list[tuple[str, float, str]] = []
    for kind, move in turns(goal, list(vocabulary().journey_stages)):
        if kind != "on":
            said.append((kind, along.x(move.on), says.turn(kind, move, t)))
    if goal.due:
        said.append(("late" if goal.late else "due", along.x(goal.due), says.due(goal, t, lang)))
    tracks: list[list[tuple[str, float, Box, list[str]]]] = []
    for kind, x, words in sorted(said, key=lambda one: -one[1]):
        written = lines(words, NOTE, SMALL, bold=kind == "late", most=MOST)
        wide = max(width(one, SMALL, bold=kind == "late") for one in written) + 22
        box = Box(max(LEFT, min(x, RIGHT - wide)), 0, wide, len(written) * SMALL_LEADING + 4)
        free = next((one for one in tracks if all(_apart(box, there) for _, _, there, _ in one)), None)
        if free is None:
            tracks.append(free := [])
        free.append((kind, x, box, written))
    found: list[Note] = []
    above = 0.0
    for track in tracks:
        found += [Note(kind, x, box._replace(y=above), words) for kind, x, box, words in track]
        above += max(box.height for _, _, box, _ in track) + 4
    return found, above


def _apart(one: Box, other: Box) -> bool:
    return one.x + one.width + 6 <= other.x or other.x + other.width + 6 <= one.x


def _strips(goal: Goal, along: Axis, today: date, y: float) -> tuple[list[Strip], float]:
    """Of those that have begun, in as many tracks as they need; and where they end."""
    found: list[Strip] = []
    ends: list[float] = []
    for station in sorted(goal.stations, key=lambda one: one.started or date.max):
        if station.started is None:
            continue
        x, to = along.x(station.started), along.x(max(station.started, station.done or today))
        mark = along.x(station.ends) if station.ends else None
        to = max(to, x + 2)
        wide = max(to, mark or 0.0)
        place = next((number for number, end in enumerate(ends) if end + 4 <= x), len(ends))
        ends[place : place + 1] = [wide]
        over = min(to, max(x, mark)) if mark is not None else to
        found.append(Strip(x, over, to, mark, y + place * STRIP))
    return found, y + len(ends) * STRIP


def _stops(goal: Goal, along: Axis, today: date, t: Say, lang: str, y: float) -> tuple[list[Stop], float]:
    """Signs on the bar, by their days and beside each other; words in a grid, by their numbers."""
    plan = planned(goal, today)
    by_day = sorted(range(len(plan)), key=lambda place: (plan[place][0], place))
    xs = dict(zip(by_day, _beside([along.x(plan[place][0]) for place in by_day]), strict=True))
    room = (RIGHT - LEFT - (COLUMNS - 1) * GAP) / COLUMNS
    found: list[Stop] = []
    for start in range(0, len(plan), COLUMNS):
        row = plan[start : start + COLUMNS]
        written = [list(_station_lines(station, today, room - 26, t, lang)) for _, station in row]
        high = max(len(one) for one in written) * SMALL_LEADING + 6
        for column, ((_, station), words) in enumerate(zip(row, written, strict=True)):
            box = Box(LEFT + column * (room + GAP), y, room, len(words) * SMALL_LEADING + 6)
            number = start + column
            found.append(Stop(number + 1, station, state(station), xs[number], box, words))
        y += high + 4
    return found, y


def _beside(wanted: Sequence[float]) -> list[float]:
    """Those places, moved as little as it takes that no sign covers another."""
    apart = min(2 * RADIUS + 2, (RIGHT - LEFT - 2 * RADIUS) / max(1, len(wanted) - 1))
    found: list[float] = []
    for x in wanted:
        found.append(max(x, found[-1] + apart if found else LEFT + RADIUS))
    limit = RIGHT - RADIUS
    for place in reversed(range(len(found))):
        found[place] = min(found[place], limit)
        limit = found[place] - apart
    return found


def _station_lines(
    station: Station, today: date, room: float, t: Say, lang: str
) -> Iterator[tuple[str, str]]:
    yield from (("strong", one) for one in lines(station.what, room, SMALL, bold=True, most=MOST))
    by = " · ".join(filter(None, (station.agency, station.who)))
    if by:
        yield from (("soft", one) for one in lines(by, room, SMALL, most=2))
    if needs := says.needs(station, t):
        yield from (("soft", one) for one in lines(needs, room, SMALL, most=MOST))
    look = "late" if station.late else "plain"
    days = says.days(station, today, t)
    yield from ((look, one) for one in lines(days, room, SMALL, bold=station.late, most=2))
