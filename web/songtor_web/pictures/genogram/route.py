"""How lines go round words: down between two people, along between two rows, and down again. Pure.

A way is `Pass` (upright, in the gap beside somebody of a row) and `Lane` (level, beneath a row) in turn.
Passes of one gap stand side by side, lanes beneath one row each on a track of their own, so that no two lines
lie upon each other and none crosses words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

TRACK = 9.0
"""Between two lanes, and between two passes, in pixels."""
Point = tuple[float, float]
UNIONS, BONDS, BARS = 0, 1, 2
"""The zones beneath a row, from above: lines of couples, bonds, the bars from which children hang."""


@dataclass(eq=False, slots=True)
class Pass:
    """In the gap before the person at that place of the row. `leans`: -1 from the person on its left, 1 on
    its right, 0 between."""

    row: int
    place: int
    leans: int = 0
    x: float = 0.0


@dataclass(eq=False, slots=True)
class Fixed:
    """Upright at a place of its own: down to somebody's symbol."""

    x: float = 0.0


Upright = Pass | Fixed


@dataclass(eq=False, slots=True)
class Lane:
    """Beneath that row (-1: above all), in a zone. `ends`: the uprights that it joins."""

    row: int
    zone: int
    ends: list[Upright] = field(default_factory=list)
    tall: float = 0.0  # room for words on it
    y: float = 0.0

    @property
    def left(self) -> float:
        return min(one.x for one in self.ends)

    @property
    def right(self) -> float:
        return max(one.x for one in self.ends)


@dataclass(slots=True)
class Way:
    """Uprights and the lanes between them: one fewer. `begin` and `end` are filled in once all stand."""

    uprights: list[Upright]
    lanes: list[Lane]

    def points(self, begin: Point, end: Point) -> list[Point]:
        found = [begin]
        y = begin[1]
        for number, upright in enumerate(self.uprights):
            found.append((upright.x, y))
            y = self.lanes[number].y if number < len(self.lanes) else end[1]
            found.append((upright.x, y))
        return straight([*found, end])


def way(
    first: Upright, last: Upright, between: Sequence[tuple[int, Upright]], rows: tuple[int, int], zone: int
) -> Way:
    """From `first` beneath row `rows[0]` to `last` beneath row `rows[1]`, through the uprights `between`,
    each with the row beneath which it comes out."""
    uprights: list[Upright] = [first]
    lanes: list[Lane] = []
    here = rows[0]
    for there, upright in between:
        lanes.append(Lane(here, zone, [uprights[-1], upright]))
        uprights.append(upright)
        here = there
    lanes.append(Lane(here, zone, [uprights[-1], last]))
    return Way([*uprights, last], lanes)


class Gap(NamedTuple):
    """From left to right between words; `middle`: between the symbols."""

    left: float
    right: float
    middle: float


def spread(passes: Iterable[Pass], gaps: Mapping[tuple[int, int], Gap]) -> None:
    """Gives each pass its place in its gap."""
    in_gap: dict[tuple[int, int], list[Pass]] = {}
    for one in passes:
        in_gap.setdefault((one.row, one.place), []).append(one)
    for gap, crowd in in_gap.items():
        left, right, middle = gaps[gap]
        ordered = sorted(crowd, key=lambda one: one.leans)
        step = min((right - left) / (len(ordered) + 1), 2 * TRACK)
        inner = step * (len(ordered) - 1) / 2
        start = max(left + step / 2, min(right - step / 2 - 2 * inner, middle - inner))
        for number, one in enumerate(ordered):
            one.x = start + number * step


def stack(lanes: Iterable[Lane]) -> dict[int, list[tuple[list[Lane], float]]]:
    """Beneath each row the tracks from above, each with its lanes and its height."""
    beneath: dict[int, dict[int, list[Lane]]] = {}
    for lane in lanes:
        beneath.setdefault(lane.row, {}).setdefault(lane.zone, []).append(lane)
    found: dict[int, list[tuple[list[Lane], float]]] = {}
    for row, zones in beneath.items():
        tracks: list[tuple[list[Lane], float]] = []
        for zone in sorted(zones):
            tracks += [(track, TRACK + max(one.tall for one in track)) for track in _tracks(zones[zone])]
        found[row] = tracks
    return found


def _tracks(lanes: Sequence[Lane]) -> list[list[Lane]]:
    """Shorter ones lie nearer to those whom they join: couples above them, children beneath."""
    found: list[list[Lane]] = []
    sign = -1 if lanes[0].zone == BARS else 1
    for lane in sorted(lanes, key=lambda one: (sign * (one.right - one.left), one.left)):
        free = next(
            (
                track
                for track in found
                if all(lane.right + TRACK <= one.left or one.right + TRACK <= lane.left for one in track)
            ),
            None,
        )
        if free is None:
            found.append([lane])
        else:
            free.append(lane)
    return found


def straight(points: Sequence[Point]) -> list[Point]:
    """Without points that lie on the way between two others."""
    found: list[Point] = []
    for point in points:
        if found and abs(point[0] - found[-1][0]) < 0.01 and abs(point[1] - found[-1][1]) < 0.01:
            continue
        if len(found) > 1 and any(
            abs(found[-2][axis] - found[-1][axis]) < 0.01 and abs(found[-1][axis] - point[axis]) < 0.01
            for axis in (0, 1)
        ):
            found[-1] = point
        else:
            found.append(point)
    return found
