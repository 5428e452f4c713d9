"""The lines of a genogram, and where they lie once everybody stands. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from songtor_web.pictures.genogram.kin import Couple
from songtor_web.pictures.genogram.model import Tie
from songtor_web.pictures.genogram.route import (
    TRACK,
    Fixed,
    Lane,
    Pass,
    Point,
    Upright,
    Way,
)
from songtor_web.pictures.genogram.spot import Placed

FAN = 20.0


class Port(NamedTuple):
    """Where a line meets somebody: left (-1), right (1), or the top (0)."""

    key: str
    side: int
    offset: float = 0.0


@dataclass(slots=True)
class Line:
    """Between two: of a union (`tie` None where a child alone joins them), a bond, twins. Straight where
    there is no `way`. `points` once it lies."""

    tie: Tie | None
    couple: Couple
    begin: Port
    end: Port
    way: Way | None
    words: str = ""
    wide: float = 0.0  # the words
    words_at: Point = (0.0, 0.0)
    points: list[Point] = field(default_factory=list)


@dataclass(slots=True)
class Leaf:
    """To one child, from the bar or all the way. `kind`: of the tie."""

    child: str
    kind: str
    upright: Fixed
    way: Way | None
    twins: tuple[str, ...] = ()
    apex: Fixed | None = None
    points: list[Point] = field(default_factory=list)


@dataclass(slots=True)
class Descent:
    """A couple's children. `trunk`: from the couple down to the bar, and the bar."""

    couple: Couple
    row: int
    union: Line | None
    port: Port | None
    drop: Upright
    bar: Lane | None
    leaves: list[Leaf]
    trunk: list[list[Point]] = field(default_factory=list)


@dataclass(slots=True)
class Lines:
    unions: list[Line] = field(default_factory=list)
    descents: list[Descent] = field(default_factory=list)
    bonds: list[Line] = field(default_factory=list)
    twins: list[Line] = field(default_factory=list)
    passes: list[Pass] = field(default_factory=list)
    lanes: list[Lane] = field(default_factory=list)
    room: dict[tuple[str, str], float] = field(default_factory=dict)  # for what is written between neighbours

    @property
    def fans(self) -> set[int]:
        """Beneath which rows lines to twins part."""
        return {one.row for one in self.descents if any(leaf.apex for leaf in one.leaves)}

    def stand(self, x: Mapping[str, float]) -> None:
        """Once people and passes have their x, whatever hangs on them has it too."""
        for one in self.twins:
            if one.way:
                one.way.uprights[0].x, one.way.uprights[-1].x = x[one.begin.key], x[one.end.key]
        for descent in self.descents:
            alone = descent.leaves[0] if len(descent.leaves) == 1 else None
            if alone and abs(descent.drop.x - x[alone.child]) < TRACK:
                descent.drop.x = x[alone.child]
            for leaf in descent.leaves:
                leaf.upright.x = x[leaf.child]
                if leaf.apex:
                    there = [x[one] for one in leaf.twins]
                    leaf.apex.x = (min(there) + max(there)) / 2
            if isinstance(descent.drop, Fixed) and descent.union and descent.union.way:
                lane = descent.union.way.lanes[0]
                there = [leaf.upright.x for leaf in descent.leaves]
                middle = (min(there) + max(there)) / 2
                edge = min(2 * TRACK, (lane.right - lane.left) / 2)
                descent.drop.x = max(lane.left + edge, min(lane.right - edge, middle))

    def lie(self, people: Mapping[str, Placed]) -> None:
        """Once everything stands: the points of all lines."""
        for line in (*self.unions, *self.bonds, *self.twins):
            begin, end = _meets(people, line.begin), _meets(people, line.end)
            line.points = line.way.points(begin, end) if line.way else [begin, end]
            if line.words and line.way:
                line.words_at = self._clear(line.way.lanes[0], line.wide)
            elif line.words:
                slashed = line.tie and line.tie.kind in ("separated", "divorced")
                line.words_at = ((begin[0] + end[0]) / 2, min(begin[1], end[1]) - (13 if slashed else 5))
        for descent in self.descents:
            _hang(descent, people)

    def _clear(self, lane: Lane, wide: float) -> Point:
        """On a lane, where words of that width stand and no line goes through them."""
        through = [one.x for other in self.lanes if other.row == lane.row for one in other.ends]
        x = lane.left + 6
        while x + wide + 6 < lane.right:
            if not any(x - 4 < one < x + wide + 4 for one in through):
                return x, lane.y - 4
            x += 6
        return lane.left + 6, lane.y - 4


def _meets(people: Mapping[str, Placed], port: Port) -> Point:
    placed = people[port.key]
    return placed.side(port.side, port.offset) if port.side else placed.crown


def _hang(descent: Descent, people: Mapping[str, Placed]) -> None:
    if descent.port:
        begin = _meets(people, descent.port)
    elif descent.union and descent.union.way:
        begin = (descent.drop.x, descent.union.way.lanes[0].y)
    else:
        begin = (descent.drop.x, people[descent.couple[0]].y)
    if descent.bar:
        y = descent.bar.y
        descent.trunk = [[begin, (descent.drop.x, begin[1]), (descent.drop.x, y)]]
        if descent.bar.right - descent.bar.left > 0.5:
            descent.trunk.append([(descent.bar.left, y), (descent.bar.right, y)])
    for leaf in descent.leaves:
        end = people[leaf.child].crown
        if leaf.way:
            leaf.points = leaf.way.points(begin, end)
        elif leaf.apex and descent.bar:
            parts = descent.bar.y + FAN
            leaf.points = [(leaf.apex.x, descent.bar.y), (end[0], max(parts, people[leaf.child].top)), end]
        elif descent.bar:
            leaf.points = [(end[0], descent.bar.y), end]
