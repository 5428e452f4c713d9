"""Where everybody stands. Pure; in pixels, y downwards.

The members stand in a row (more than four in two) inside an ellipse. Around it the others stand on one or
more ellipses, as few and as near as lets every name and every line pass by the others. The ties of one member
begin above and below them, those of the household at its edge, so that their order around is that of the
members within and no line has to cross the house.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import cos, hypot, radians, sin, sqrt

from songtor_web.pictures.ecomap.model import HOUSEHOLD, Connection, Ecomap, Member
from songtor_web.pictures.ecomap.words import called, named
from songtor_web.pictures.lettering import lines, width
from songtor_web.texts import Say

SIZE, LEADING = 12.5, 16.0
DISC = 20.0  # the radius of what stands around
SYMBOL = 12.0  # half of a member's
COLUMN, ROW = 66.0, 52.0
_LABEL, _NARROW, _MANY = 90.0, 74.0, 16  # how wide a name may be, and where there are many
_ROW_OF = 4
_NEAR, _FURTHER = 72.0, 1.05
_RINGS = 5
_SLIM = 0.65
_TOO_MANY = 60  # to try every way
_APART = ((60.0, 80.0), (84.0, 110.0))  # how far rings may stand from each other, across and down
_LEVEL = 11.0  # degrees: so far nobody stands level with the house
_MARGIN, _LEAST = 10.0, 300.0

Point = tuple[float, float]
Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""


@dataclass(frozen=True, slots=True)
class PlacedMember:
    member: Member
    at: Point
    label: Sequence[str]

    @property
    def box(self) -> Box:
        x, y = self.at
        return x - COLUMN / 2 + 4, y - SYMBOL - 2, x + COLUMN / 2 - 4, y + SYMBOL + 20


@dataclass(frozen=True)
class Node:
    """`up`: above the house, its label above it. `half`: of its width. `end`: where its line ends."""

    connection: Connection
    at: Point
    up: bool
    label: Sequence[str]
    half: float
    end: Point

    @cached_property
    def box(self) -> Box:
        (x, y), high = self.at, len(self.label) * LEADING + 4
        top, bottom = (y - DISC - high, y + DISC) if self.up else (y - DISC, y + DISC + high)
        return x - self.half, top, x + self.half, bottom

    @cached_property
    def start(self) -> Point:
        """Where its line leaves it."""
        (x, y), (ex, ey) = self.at, self.end
        far = hypot(ex - x, ey - y) or 1
        return x + (ex - x) * (DISC + 2) / far, y + (ey - y) * (DISC + 2) / far


@dataclass(frozen=True, slots=True)
class Placed:
    """`house`: the ellipse's middle and its two radii."""

    width: float
    height: float
    house: tuple[Point, float, float]
    members: Sequence[PlacedMember]
    nodes: Sequence[Node]


def layout(ecomap: Ecomap, t: Say, lang: str) -> Placed:
    members = list(_members(ecomap.members, t))
    house = _house(members)
    slots = _slots(ecomap.connections, members, t, lang)
    ways = [(rings, apart) for rings in range(1, min(_RINGS, len(slots)) + 1) for apart in _APART]
    found = [_around(slots, house, *way) for way in (ways if len(slots) <= _TOO_MANY else ways[-2:-1])]
    nodes = min(found, key=_area, default=[])
    boxes = [(-house[0], -house[1], house[0], house[1]), *(one.box for one in nodes)]
    left, right = min(one[0] for one in boxes) - _MARGIN, max(one[2] for one in boxes) + _MARGIN
    top, bottom = min(one[1] for one in boxes) - _MARGIN, max(one[3] for one in boxes) + _MARGIN
    spare = max(0.0, _LEAST - (right - left)) / 2
    left, right = left - spare, right + spare

    def moved(point: Point) -> Point:
        return point[0] - left, point[1] - top

    return Placed(
        right - left,
        bottom - top,
        (moved((0, 0)), *house),
        [PlacedMember(one.member, moved(one.at), one.label) for one in members],
        [Node(one.connection, moved(one.at), one.up, one.label, one.half, moved(one.end)) for one in nodes],
    )


def _members(members: Sequence[Member], t: Say) -> Iterator[PlacedMember]:
    """In one row, or in two, in turn above and below."""
    rows = [members] if len(members) <= _ROW_OF else [members[::2], members[1::2]]
    for number, row in enumerate(rows):
        y = (number - (len(rows) - 1) / 2) * ROW - 8
        for column, one in enumerate(row):
            label = lines(called(one, t), COLUMN - 6, SIZE, most=1)
            yield PlacedMember(one, ((column - (len(row) - 1) / 2) * COLUMN, y), label)


def _house(members: Sequence[PlacedMember]) -> Point:
    """The radii of the ellipse that holds them."""
    if not members:
        return 50.0, 50.0
    wide = max(max(-one.box[0], one.box[2]) for one in members)
    high = max(max(-one.box[1], one.box[3]) for one in members)
    across = wide + 22
    return across, max(high / sqrt(1 - (wide / across) ** 2), across * 0.62, 48.0)


@dataclass(frozen=True, slots=True)
class _Slot:
    connection: Connection
    whom: PlacedMember | None
    up: bool
    angle: float  # degrees, clockwise from the right
    place: int  # from the left
    label: Sequence[str]
    half: float


def _slots(
    connections: Sequence[Connection], members: Sequence[PlacedMember], t: Say, lang: str
) -> list[_Slot]:
    """Those above from the left to the right, then those below."""
    two_rows = len({one.at[1] for one in members}) > 1
    by_key = {one.member.key: one for one in members}
    above: list[tuple[float, Connection]] = []
    below: list[tuple[float, Connection]] = []
    so_far: dict[str, int] = {}
    for one in connections:
        whom = by_key.get(one.whom)
        key = one.whom if whom else HOUSEHOLD
        count = so_far[key] = so_far.get(key, -1) + 1
        if whom is None:  # in turn at the house's left and right, above and below
            (above if count % 4 in (0, 2) else below).append((-1e6 if count % 4 in (0, 3) else 1e6, one))
        elif two_rows:
            (above if whom.at[1] < -8 else below).append((whom.at[0], one))
        else:
            (above if (count + members.index(whom)) % 2 == 0 else below).append((whom.at[0], one))
    found = []
    for up, half in ((True, above), (False, below)):
        half.sort(key=lambda pair: pair[0])
        for place, (_, one) in enumerate(half):
            turn = _LEVEL + (place + 0.5) / len(half) * (180 - 2 * _LEVEL)
            room = _LABEL if len(connections) <= _MANY else _NARROW
            label = lines(named(one, lang), room, SIZE, bold=True, most=2)
            half_wide = max(DISC, *(width(line, SIZE, bold=True) / 2 for line in label))
            angle = 180 + turn if up else 180 - turn
            found.append(_Slot(one, by_key.get(one.whom), up, angle, place, label, half_wide))
    return found


def _around(slots: Sequence[_Slot], house: Point, rings: int, apart: Point) -> list[Node]:
    """As near as they can stand on so many rings. A few stand rather above and below, so that the picture is
    narrow."""
    slim = _SLIM if len(slots) <= _MANY else 1.0
    far = _NEAR
    while True:  # each stands in a direction of its own: far enough away all are apart
        first = house[0] + _NEAR + (far - _NEAR) * slim, house[1] + far
        nodes = [_node(one, house, first, one.place % rings, apart) for one in slots]
        if _clear(nodes):
            return nodes
        far *= _FURTHER


def _node(slot: _Slot, house: Point, first: Point, ring: int, apart: Point) -> Node:
    c, s = cos(radians(slot.angle)), sin(radians(slot.angle))
    at = ((first[0] + ring * apart[0]) * c, (first[1] + ring * apart[1]) * s)
    end = (house[0] * c, house[1] * s) if slot.whom is None else _beside(slot.whom, at, slot.up)
    return Node(slot.connection, at, slot.up, slot.label, slot.half, end)


def _beside(member: PlacedMember, to: Point, up: bool) -> Point:
    """Just above their symbol or just beneath their name, leaning towards that point."""
    x, (_, top, _, bottom) = member.at[0], member.box
    lean = max(-12.0, min(12.0, (to[0] - x) / 12))
    return x + lean, top - 3 if up else bottom + 3


def _clear(nodes: Sequence[Node]) -> bool:
    """Nobody's line leads back through a row of members, no two names meet, no line passes through what is
    not its own."""
    if any((one.at[1] > one.end[1]) is one.up for one in nodes):
        return False
    boxes = [_wider(one.box, 3) for one in nodes]
    for distance in range(1, len(nodes)):  # neighbours first: with them it is decided soonest
        for place in range(len(nodes) - distance):
            one, other = nodes[place], nodes[place + distance]
            mine, theirs = boxes[place], boxes[place + distance]
            if _meet(mine, theirs):
                return False
            if crosses(one.start, one.end, theirs) or crosses(other.start, other.end, mine):
                return False
    return True


def _area(nodes: Sequence[Node]) -> float:
    """Of the picture; tall is better than wide, on a phone and on a sheet."""
    if not nodes:
        return 0
    wide = max(one.box[2] for one in nodes) - min(one.box[0] for one in nodes)
    return wide * (max(one.box[3] for one in nodes) - min(one.box[1] for one in nodes))


def _wider(box: Box, by: float) -> Box:
    return box[0] - by, box[1] - by, box[2] + by, box[3] + by


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def crosses(start: Point, end: Point, box: Box) -> bool:
    """Whether the line passes through the box (Liang and Barsky's clipping)."""
    first, last = 0.0, 1.0
    for axis in (0, 1):
        along = end[axis] - start[axis]
        low, high = box[axis] - start[axis], box[axis + 2] - start[axis]
        if along == 0:
            if low > 0 or high < 0:
                return False
            continue
        near, far = sorted((low / along, high / along))
        first, last = max(first, near), min(last, far)
        if first > last:
            return False
    return True
