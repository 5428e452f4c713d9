"""Lines that say something by how they are drawn: several beside each other, in a zigzag, broken, with an
arrow. Pure: points to points, in pixels."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import ceil, hypot

from songtor_web.pictures.drawing import number
from songtor_web.pictures.genogram.route import Point

_WAVE, _STEP, _LEAD = 3.5, 4.5, 5.0
_TEETH = 400
"""Of a zigzag at most: a line longer than any family's has wider ones, and the picture ends somewhere."""


def length(points: Sequence[Point]) -> float:
    return sum(hypot(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(points))


def along(points: Sequence[Point], way: float) -> tuple[Point, Point]:
    """The place that far along the line, and its direction there (of length 1)."""
    for a, b in pairwise(points):
        part = hypot(b[0] - a[0], b[1] - a[1])
        if part and way <= part:
            direction = ((b[0] - a[0]) / part, (b[1] - a[1]) / part)
            return (a[0] + direction[0] * way, a[1] + direction[1] * way), direction
        way -= part
    a, b = points[-2:]
    part = hypot(b[0] - a[0], b[1] - a[1]) or 1.0
    return b, ((b[0] - a[0]) / part, (b[1] - a[1]) / part)


def middle_of_longest(points: Sequence[Point]) -> float:
    """How far along the line the middle of its longest straight part is: the place for a sign."""
    best, where, before = -1.0, 0.0, 0.0
    for a, b in pairwise(points):
        part = hypot(b[0] - a[0], b[1] - a[1])
        if part > best + 0.01:
            best, where = part, before + part / 2
        before += part
    return where


def beside(points: Sequence[Point], by: float) -> list[Point]:
    """The same line, that far to its right."""
    normals = []
    for a, b in pairwise(points):
        part = hypot(b[0] - a[0], b[1] - a[1]) or 1.0
        normals.append((-(b[1] - a[1]) / part, (b[0] - a[0]) / part))
    found = []
    for place, (x, y) in enumerate(points):
        near = normals[max(0, place - 1) : place + 1]
        nx, ny = sum(one[0] for one in near) / len(near), sum(one[1] for one in near) / len(near)
        size = nx * nx + ny * ny or 1.0
        found.append((x + by * nx / size, y + by * ny / size))
    return found


def zigzag(points: Sequence[Point]) -> list[Point]:
    whole = length(points)
    teeth = min(_TEETH, max(2, ceil((whole - 2 * _LEAD) / _STEP)))
    step = (whole - 2 * _LEAD) / teeth
    found = [points[0], along(points, _LEAD)[0]]
    for tooth in range(teeth):
        (x, y), (dx, dy) = along(points, _LEAD + (tooth + 0.5) * step)
        wave = _WAVE if tooth % 2 else -_WAVE
        found.append((x - dy * wave, y + dx * wave))
    return [*found, along(points, whole - _LEAD)[0], points[-1]]


def part(points: Sequence[Point], begin: float, end: float) -> list[Point]:
    """The line from so far along it to so far."""
    found, here = [along(points, begin)[0]], 0.0
    for a, b in pairwise(points):
        here += hypot(b[0] - a[0], b[1] - a[1])
        if begin < here < end:
            found.append(b)
    return [*found, along(points, end)[0]]


def arrow(points: Sequence[Point], size: float = 9.0) -> list[Point]:
    """The head of an arrow at the end of the line."""
    x, y = points[-1]
    _, (dx, dy) = along(points, length(points))
    back, wide = size, size * 0.5
    return [
        (x, y),
        (x - dx * back - dy * wide, y - dy * back + dx * wide),
        (x - dx * back + dy * wide, y - dy * back - dx * wide),
    ]


def rounded(points: Sequence[Point], radius: float, *, closed: bool = False) -> str:
    """A path through the points whose corners are rounded off."""
    ring = [points[-1], *points, points[0]] if closed else list(points)
    said = [] if closed else [f"M{_at(points[0])}"]
    for a, b, c in zip(ring, ring[1:], ring[2:], strict=False):
        to_a, to_c = hypot(a[0] - b[0], a[1] - b[1]), hypot(c[0] - b[0], c[1] - b[1])
        cut = min(radius, to_a / 2, to_c / 2)
        before = _towards(b, a, cut, to_a)
        after = _towards(b, c, cut, to_c)
        said += [f"{'L' if said else 'M'}{_at(before)}", f"Q{_at(b)} {_at(after)}"]
    return "".join([*said, "Z" if closed else f"L{_at(points[-1])}"])


def _towards(one: Point, other: Point, by: float, whole: float) -> Point:
    share = by / whole if whole else 0.0
    return one[0] + (other[0] - one[0]) * share, one[1] + (other[1] - one[1]) * share


def _at(point: Point) -> str:
    return f"{number(point[0])} {number(point[1])}"
