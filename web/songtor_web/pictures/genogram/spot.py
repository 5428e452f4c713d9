"""A person's place, and how far their symbol reaches."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from songtor_web.pictures.genogram.labels import Label
from songtor_web.pictures.genogram.model import Person

SYMBOL = 44.0
SMALL_SIGN = 11.0  # half of the sign of a loss


@dataclass(frozen=True, slots=True)
class Placed:
    """The middle of the symbol; `top` to `bottom` and `half` to both sides is all of theirs."""

    person: Person
    label: Label
    x: float
    y: float
    top: float
    bottom: float
    half: float

    @property
    def radius(self) -> float:
        """Half of the symbol's height."""
        return SMALL_SIGN if self.person.born in ("miscarriage", "abortion", "stillbirth") else SYMBOL / 2

    def side(self, side: int, offset: float) -> tuple[float, float]:
        """Where a line meets the symbol, left (-1) or right (1), that far beneath its middle."""
        radius, person = self.radius, self.person
        offset = max(-radius * 0.9, min(radius * 0.9, offset))
        if person.born == "pregnancy":
            reach = (offset + radius) / 2
        elif person.born in ("miscarriage", "abortion") or (person.sex == "female"):
            reach = sqrt(radius**2 - offset**2)
        elif person.sex == "male":
            reach = radius
        else:
            reach = radius - abs(offset)
        return self.x + side * reach, self.y + offset

    @property
    def crown(self) -> tuple[float, float]:
        """Where a line from above meets the symbol."""
        return self.x, self.y - self.radius
