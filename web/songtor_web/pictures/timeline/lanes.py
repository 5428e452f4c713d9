"""Which lane each period has beside the axis, and which track each event's arrows have in the margin."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import inf
from typing import NamedTuple

from songtor_web.dates import STILL
from songtor_web.pictures.timeline.model import span
from songtor_web.pictures.timeline.order import Standing


class Period(NamedTuple):
    """From row `row`. It ends after row `last`, `share` of the way to the dated row `following`, which it
    does not touch; without one, at the timeline's end. `until`: the last row that is beside it."""

    row: int
    last: int
    following: int | None
    share: float
    until: int


def periods(shown: Sequence[Standing]) -> list[Period]:
    """Of every event with an end that has a place."""
    found = []
    end_row = max((row for row, one in enumerate(shown) if one.placed), default=0)
    for row, one in enumerate(shown):
        end = _end(one)
        if end is None or not one.placed:
            continue
        last, began, following, share = row, one.moment, None, 0.5
        for later in range(row + 1, end_row + 1):
            moment = shown[later].moment
            if moment is None:
                continue
            if moment >= end:
                following = later
                if began is not None:
                    share = (end - began) / (moment - began) if end > began else 0.0
                break
            last, began = later, moment
        found.append(Period(row, last, following, share, end_row if following is None else following - 1))
    return found


def _end(one: Standing) -> float | None:
    """In years; of what is still so there is none in sight."""
    if one.event.until == STILL:
        return inf
    known = span(one.event.until)
    return known.end if known else None


def lanes(drawn: Iterable[Period]) -> dict[int, int]:
    """By row; what begins first is nearest to the axis."""
    return _apart({one.row: (one.row, one.until) for one in drawn})


def tracks(shown: Sequence[Standing]) -> dict[int, int]:
    """By the number of what led to something that is shown; the shortest way is nearest to the words."""
    there = {one.number for one in shown}
    reach = {
        one.number: (min(one.number, *ends), max(one.number, *ends))
        for one in shown
        if (ends := [other for other in one.led_to if other in there])
    }
    short_first = sorted(reach, key=lambda number: (reach[number][1] - reach[number][0], number))
    return _apart({number: reach[number] for number in short_first})


def _apart(reach: Mapping[int, tuple[int, int]]) -> dict[int, int]:
    """The lowest lane in which nothing else lies, for one after the other."""
    lanes: list[list[tuple[int, int]]] = []
    found = {}
    for one, (first, last) in reach.items():
        free = (n for n, lane in enumerate(lanes) if all(last < begin or end < first for begin, end in lane))
        found[one] = place = next(free, len(lanes))
        if place == len(lanes):
            lanes.append([])
        lanes[place].append((first, last))
    return found
