"""Where each petal stands and where its words have room. Pure; in pixels, y downwards.

A bloom is a flower of one ring, or of two: the child's petals in front, the guardian's beyond them.
A client's own ring beside those two is a bloom of its own, above them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import cos, radians, sin

from songtor_web.pictures.flower.model import Flower, Petal, Ring

SIZE = 326.0
"""A bloom's width and height."""
CAPTION = 30.0
"""Below a bloom, for whose its rings are."""
FIRST = -135.0  # degrees: the first petal points up and to the left
OUTER, INNER = 0.548, 0.32  # a petal's length, as a part of the bloom's size
_WIDE = 0.46  # half its width, as a part of its length

Point = tuple[float, float]
Curve = tuple[Point, Point, Point, Point]
"""A cubic Bézier curve."""
_HALF: tuple[Curve, ...] = (
    ((0.05, 0.0), (0.21, 0.19), (0.36, _WIDE), (0.66, _WIDE)),
    ((0.66, _WIDE), (0.86, _WIDE), (1.02, 0.3), (1.0, 0.12)),
    ((1.0, 0.12), (0.99, 0.05), (0.965, 0.02), (0.955, 0.0)),
)
"""One side of a petal from its base to the notch in its tip: along it and across it, of a length of 1."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A petal. `outline` is closed; `at`: the middle of its words, which are at most `room` wide. `name`: it
    bears its dimension's name; `alone`: no other petal stands before it."""

    subject: str
    petal: Petal
    outline: tuple[Curve, ...]
    heart: Point
    angle: float
    length: float
    at: Point
    room: float
    name: bool
    alone: bool

    def along(self, far: float, across: float = 0.0) -> Point:
        """A point of the petal, in parts of its length."""
        return _turned(self.heart, self.angle, self.length, (far, across))


@dataclass(frozen=True, slots=True)
class Bloom:
    """`petals` in the order in which they are drawn; `top`: its upper edge."""

    rings: tuple[Ring, ...]
    petals: tuple[Placed, ...]
    heart: Point
    top: float
    size: float


def layout(flower: Flower, size: float = SIZE, caption: float = CAPTION) -> list[Bloom]:
    """One beneath the other."""
    return [
        _bloom(rings, number * (size + caption), size) for number, rings in enumerate(_blooms(flower.rings))
    ]


def _blooms(rings: tuple[Ring, ...]) -> Iterator[tuple[Ring, ...]]:
    """The client's ring alone; child and guardian together."""
    alone = tuple(ring for ring in rings if ring.subject == "client")
    family = tuple(ring for ring in rings if ring.subject != "client")
    return (found for found in (alone, family) if found)


def _bloom(rings: tuple[Ring, ...], top: float, size: float) -> Bloom:
    heart = (size / 2, top + size / 2)
    two = len(rings) > 1
    petals: list[Placed] = []
    for outer, ring in zip((True, False), rings[::-1], strict=False):
        length = size * (OUTER if outer else INNER)
        middle = 0.79 if two and outer else 0.62 if outer else 0.66
        for number, petal in enumerate(ring.petals):
            angle = FIRST + number * 360 / len(ring.petals)
            x, y = _turned(heart, angle, length, (middle, 0.0))
            if two and outer:  # beside the petal in front, where there is more room
                x, y = x + (heart[0] - x) * 0.26, y + (y - heart[1]) * 0.14
            petals.append(
                Placed(
                    ring.subject,
                    petal,
                    tuple(_outline(heart, angle, length)),
                    heart,
                    angle,
                    length,
                    (x, y),
                    size * (0.33 if outer else 0.2),
                    outer,
                    outer and not two,
                )
            )
    return Bloom(rings, tuple(petals), heart, top, size)


def _outline(heart: Point, angle: float, length: float) -> Iterator[Curve]:
    def turned(points: tuple[Point, ...], side: int) -> Curve:
        a, b, c, d = (_turned(heart, angle, length, (far, side * across)) for far, across in points)
        return a, b, c, d

    yield from (turned(curve, -1) for curve in _HALF)
    yield from (turned(curve[::-1], 1) for curve in reversed(_HALF))


def _turned(heart: Point, angle: float, length: float, point: Point) -> Point:
    far, across = point[0] * length, point[1] * length
    c, s = cos(radians(angle)), sin(radians(angle))
    return heart[0] + far * c - across * s, heart[1] + far * s + across * c
