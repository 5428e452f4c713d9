"""What a flower says, as plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

LEVELS = ("red", "yellow", "green", "unknown", "")
SUBJECTS = ("client", "child", "guardian")
UNKNOWN, OPEN = "unknown", ""
"""Somebody looked and cannot say yet; nobody has judged it."""


@dataclass(frozen=True, slots=True)
class Petal:
    """`dimension` and `level`: codes of the vocabulary, or OPEN. `reason`: as it was written."""

    dimension: str
    level: str = OPEN
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Ring:
    """One person's petals (`subject`: of SUBJECTS), in the order of the dimensions."""

    subject: str
    petals: tuple[Petal, ...]


@dataclass(frozen=True, slots=True)
class Flower:
    """`on`: the day (ISO) from which it looked like this; empty where that is not told."""

    rings: tuple[Ring, ...]
    on: str = ""

    @property
    def levels(self) -> dict[tuple[str, str], str]:
        """By subject and dimension."""
        return {(ring.subject, one.dimension): one.level for ring in self.rings for one in ring.petals}


def of_levels(
    levels: Mapping[tuple[str, str], str],
    dimensions: Sequence[str],
    *,
    subjects: Sequence[str] = (),
    missing: str = UNKNOWN,
    reasons: Mapping[tuple[str, str], str] | None = None,
    on: str = "",
) -> Flower:
    """From levels by (subject, dimension): a ring for each of the `subjects` and for whoever else has one.
    `missing`: the level of a petal that is not among them; one of a newer list is UNKNOWN."""
    known = {place: level if level in LEVELS else UNKNOWN for place, level in levels.items()}
    whose = [one for one in SUBJECTS if one in subjects or any(one == subject for subject, _ in levels)]
    return Flower(
        tuple(
            Ring(
                subject,
                tuple(
                    Petal(code, known.get((subject, code), missing), (reasons or {}).get((subject, code), ""))
                    for code in dimensions
                ),
            )
            for subject in whose
        ),
        on,
    )
