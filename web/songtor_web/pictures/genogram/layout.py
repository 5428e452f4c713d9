"""Where everybody and every line of a genogram stands, in pixels. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from songtor_web.pictures.genogram.draft import Drafting
from songtor_web.pictures.genogram.generations import generations
from songtor_web.pictures.genogram.kin import Kin, kin
from songtor_web.pictures.genogram.labels import Label
from songtor_web.pictures.genogram.lines import FAN, Lines
from songtor_web.pictures.genogram.model import Family, Person, Tie
from songtor_web.pictures.genogram.order import order
from songtor_web.pictures.genogram.place import place
from songtor_web.pictures.genogram.route import TRACK, Gap, Lane, Point, spread, stack
from songtor_web.pictures.genogram.spot import SYMBOL, Placed

MARGIN = 16.0
_GAP = 15.0  # between the words of two neighbours
_PARTNERS = 46.0  # at least between the symbols of two partners, for what is drawn between them
_HOME = 8.0  # from the words to the line round a household
_DATES = 17.0  # above a symbol
_PAD = 11.0  # between the words of a row and what lies beneath
_BETWEEN = 13.0  # at least between the lanes and the next row
_LOOSE_WIDTH = 720.0  # of the rows of those who are not connected


@dataclass(frozen=True, slots=True)
class Layout:
    """`rows`: keys from left to right, generation by generation. `loose`: who is not connected yet, beneath
    the line at `loose_top`. `homes`: outlines round those who live with the index person; `scattered` where
    one outline does not hold them all."""

    people: Mapping[str, Placed]
    rows: Sequence[Sequence[str]]
    loose: Sequence[str]
    loose_top: float
    lines: Lines
    homes: Sequence[Sequence[Point]]
    scattered: bool
    width: float
    height: float


@dataclass(slots=True)
class _Rows:
    """The rows with their heights, from above."""

    tops: list[float] = field(default_factory=list)
    bottoms: list[float] = field(default_factory=list)
    end: float = 0.0


def layout(family: Family, labels: Mapping[str, Label], written: Mapping[Tie, tuple[str, float]]) -> Layout:
    """`written`: words on the line of a tie, and how wide they are."""
    found = kin(family)
    levels = generations(found)
    for person in family.people:
        if person.index and person.key not in levels:
            levels[person.key] = min(levels.values(), default=0)
    by_row = order(found, levels)
    rows = [by_row[row] for row in sorted(by_row)]
    half = {key: max(label.half, SYMBOL / 2) + 1 for key, label in labels.items()}

    near = place(found, rows, Apart(found, half, {}, {}))
    lines = Drafting(found, rows, near, written).draft()
    loads: dict[tuple[str, str], float] = {}
    for one in lines.passes:
        row = rows[one.row]
        if 0 < one.place < len(row):
            pair = row[one.place - 1], row[one.place]
            loads[pair] = loads.get(pair, 0.0) + TRACK
    x = place(found, rows, Apart(found, half, loads, lines.room))
    shift = MARGIN + _HOME + 2 * TRACK - min((x[key] - half[key] for key in x), default=0.0)
    x = {key: at + shift for key, at in x.items()}

    spread(lines.passes, _gaps(rows, x, half))
    lines.stand(x)
    tall = [max((labels[key].height for key in row), default=0.0) for row in rows]
    fans = {row + 1 for row in lines.fans}
    heights = _heights(tall, stack(lines.lanes), fans)
    people = {
        key: _placed(found.people[key], labels[key], x[key], top, bottom, half[key])
        for row, top, bottom in zip(rows, heights.tops, heights.bottoms, strict=True)
        for key in row
    }
    right = max(
        [*(one.x + one.half for one in people.values()), *(one.x for one in lines.passes)], default=0.0
    )
    width = max(right + MARGIN + _HOME, 360.0)
    loose = [key for key in found.people if key not in people]
    end = heights.end
    if loose:
        width = max(width, min(_LOOSE_WIDTH, sum(2 * half[key] + _GAP for key in loose) + 2 * MARGIN))
        end = _lay_loose(found, labels, half, loose, people, heights.end, width)
    lines.lie(people)
    homes = _homes(rows, people)
    alone = [_ring([people[key]]) for key in loose if people[key].person.household]
    return Layout(
        people=people,
        rows=rows,
        loose=loose,
        loose_top=heights.end,
        lines=lines,
        homes=[*homes, *alone],
        scattered=len(homes) + len(alone) > 1,
        width=width,
        height=end + MARGIN,
    )


@dataclass(frozen=True, slots=True)
class Apart:
    """The least distance of two neighbours: their words, what passes between them, what is written there."""

    kin: Kin
    half: Mapping[str, float]
    loads: Mapping[tuple[str, str], float]
    words: Mapping[tuple[str, str], float]

    def __call__(self, one: str, other: str) -> float:
        wide = self.half[one] + self.half[other] + _GAP + self.loads.get((one, other), 0.0)
        people = self.kin.people
        if people[one].household != people[other].household:
            wide += _HOME
        if self.kin.couple(one, other) in self.kin.unions:
            wide = max(wide, SYMBOL + _PARTNERS)
        return max(wide, SYMBOL + self.words.get((one, other), 0.0))


def _gaps(
    rows: Sequence[Sequence[str]], x: Mapping[str, float], half: Mapping[str, float]
) -> dict[tuple[int, int], Gap]:
    """Before and after each of a row; outside of it as wide as is needed."""
    found = {}
    for number, row in enumerate(rows):
        for at in range(len(row) + 1):
            before, after = row[at - 1] if at else "", row[at] if at < len(row) else ""
            left = x[before] + half[before] if before else x[after] - half[after] - 3 * TRACK
            right = x[after] - half[after] if after else left + 3 * TRACK
            middle = (x[before] + x[after]) / 2 if before and after else (left + right) / 2
            found[number, at] = Gap(left, right, middle)
    return found


def _heights(
    tall: Sequence[float], tracks: Mapping[int, Sequence[tuple[list[Lane], float]]], fans: set[int]
) -> _Rows:
    """From above; the lanes get their y."""
    found = _Rows()
    y = MARGIN
    for row in range(-1, len(tall)):
        if row >= 0:
            found.tops.append(y)
            y += _DATES + SYMBOL + 6 + tall[row]
            found.bottoms.append(y)
            y += _PAD
        for track, height in tracks.get(row, ()):
            y += height
            for lane in track:
                lane.y = y - TRACK / 2
        if row >= 0 or tracks.get(row):
            y += _BETWEEN + (FAN if row + 1 in fans else 0)
    found.end = y - _BETWEEN
    return found


def _placed(person: Person, label: Label, x: float, top: float, bottom: float, half: float) -> Placed:
    return Placed(person, label, x, top + _DATES + SYMBOL / 2, top, bottom, half)


def _lay_loose(
    found: Kin,
    labels: Mapping[str, Label],
    half: Mapping[str, float],
    loose: Sequence[str],
    people: dict[str, Placed],
    top: float,
    width: float,
) -> float:
    """In rows beneath all else; how far down they reach."""
    y, x = top + 34.0, MARGIN
    deepest = y
    for key in loose:
        if x > MARGIN and x + 2 * half[key] > width - MARGIN:
            x, y = MARGIN, deepest + _GAP
        bottom = y + _DATES + SYMBOL + 6 + labels[key].height
        people[key] = _placed(found.people[key], labels[key], x + half[key], y, bottom, half[key])
        deepest = max(deepest, bottom)
        x += 2 * half[key] + _GAP
    return deepest


def _homes(rows: Sequence[Sequence[str]], people: Mapping[str, Placed]) -> list[list[Point]]:
    """Neighbours on a row who live together, joined with those right above or beneath them."""
    chains: list[list[list[Placed]]] = []
    open_ones: list[list[list[Placed]]] = []
    for row in rows:
        runs: list[list[Placed]] = [[]]
        for key in row:
            if people[key].person.household:
                runs[-1].append(people[key])
            elif runs[-1]:
                runs.append([])
        following = []
        for run in filter(None, runs):
            chain = next((one for one in open_ones if _overlap(one[-1], run)), None)
            if chain is None:
                chain = []
                chains.append(chain)
            else:
                open_ones.remove(chain)
            chain.append(run)
            following.append(chain)
        open_ones = following
    return [_ring(*chain) for chain in chains]


def _overlap(one: Sequence[Placed], other: Sequence[Placed]) -> bool:
    def ends(run: Sequence[Placed]) -> tuple[float, float]:
        return run[0].x - run[0].half, run[-1].x + run[-1].half

    return min(ends(one)[1], ends(other)[1]) - max(ends(one)[0], ends(other)[0]) > SYMBOL


def _ring(*runs: Sequence[Placed]) -> list[Point]:
    """Round runs that stand one beneath the other, from the upper left, clockwise."""
    left: list[Point] = []
    right: list[Point] = []
    for number, run in enumerate(runs):
        x0, x1 = run[0].x - run[0].half - _HOME / 2, run[-1].x + run[-1].half + _HOME / 2
        top = run[0].top - 4 if not number else run[0].top - 1
        bottom = runs[number + 1][0].top - 1 if number + 1 < len(runs) else max(one.bottom for one in run) + 4
        right += [(x1, top), (x1, bottom)]
        left += [(x0, top), (x0, bottom)]
    return [*right, *reversed(left)]
