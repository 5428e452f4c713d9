"""Bars of a chart, as lengths that a page draws. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from songtor_node.figures.counts import FEWEST

WIDTH = 200  # units of the drawing


@dataclass(frozen=True, slots=True)
class Bar:
    """`count` is None where it is not told; its bar then says nothing of it."""

    label: str
    count: int | None
    length: float


def bars(counts: Iterable[tuple[str, int | None]]) -> list[Bar]:
    """The longest fills the width."""
    drawn = [(label, count, FEWEST / 2 if count is None else count) for label, count in counts]
    longest = max((length for _, _, length in drawn), default=0)
    return [Bar(label, count, WIDTH * length / longest if longest else 0) for label, count, length in drawn]
