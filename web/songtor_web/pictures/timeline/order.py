"""In which order events stand. Dates count first; within what they leave open counts what is known to have
come after, before or of what. In which order they were typed does not count; a circle is no obstacle."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from typing import Any

from songtor_web.pictures.timeline.model import Event, Timeline, span

Later = Mapping[int, Collection[int]]
"""What comes after each, by index."""


@dataclass(frozen=True, slots=True)
class Standing:
    """An event in its place, from 1 (`number`). `moment`: in years of the common era, where it is dated;
    `placed`: it has a place among the dated ones (the others stand last). `led_to`, `after` and `before` are
    numbers; 0 is none."""

    event: Event
    number: int
    moment: float | None
    placed: bool
    led_to: tuple[int, ...]
    after: int
    before: int


def in_order(timeline: Timeline) -> list[Standing]:
    events = timeline.events
    named: dict[str, int] = {}
    for index, event in enumerate(events):
        named.setdefault(event.key, index)
    later = _later(events, named)
    moments = _moments(events, later)
    dated = list(moments)
    slots = _slots(events, dated, later)
    found = [one for one, slot in slots.items() if slot == -1]
    for place, index in enumerate(dated):
        found += [index, *(one for one, slot in slots.items() if slot == place)]
    found += [one for one, slot in slots.items() if slot is None]
    number = {index: place for place, index in enumerate(found, 1)}

    def known(key: str, index: int) -> int:
        other = named.get(key, index) if key else index
        return 0 if other == index else number[other]

    return [
        Standing(
            event=events[index],
            number=number[index],
            moment=moments.get(index),
            placed=index in moments or slots[index] is not None,
            led_to=tuple(sorted(filter(None, {known(key, index) for key in events[index].led_to}))),
            after=known(events[index].after, index),
            before=known(events[index].before, index),
        )
        for index in found
    ]


def _later(events: Sequence[Event], named: Mapping[str, int]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {index: set() for index in range(len(events))}
    for index, event in enumerate(events):
        for key in (event.before, *event.led_to):
            if key in named:
                found[index].add(named[key])
        if event.after in named:
            found[named[event.after]].add(index)
    for index, others in found.items():
        others.discard(index)
    return found


def _moments(events: Sequence[Event], later: Later) -> dict[int, float]:
    """Of the dated ones, in their order: as early as their date and what came before them allow."""
    spans = {index: dated for index, event in enumerate(events) if (dated := span(event.when))}
    after = _through(events, later, spans)
    may = {one: [other for other in after[one] if spans[one].start < spans[other].end] for one in spans}
    order = _sorted(list(spans), may, lambda one: (spans[one].start, *_rank(events[one])))
    place = {one: number for number, one in enumerate(order)}
    at = {one: (spans[one].start, 0) for one in spans}
    for one in order:
        moment, depth = at[one]
        for other in may[one]:
            if place[other] > place[one] and moment < spans[other].end:
                at[other] = max(at[other], (moment, depth + 1))
    return {one: at[one][0] for one in sorted(spans, key=lambda one: (*at[one], *_rank(events[one])))}


def _through(events: Sequence[Event], later: Later, dated: Collection[int]) -> dict[int, set[int]]:
    """Which dated ones come later, be it by way of undated ones."""
    found: dict[int, set[int]] = defaultdict(set)
    loose = [one for one in later if one not in dated]
    for one in (*reversed(_sorted(loose, later, lambda one: _rank(events[one]))), *dated):
        for other in later[one]:
            found[one] |= {other} if other in dated else found[other]
    return found


def _slots(events: Sequence[Event], dated: Sequence[int], later: Later) -> dict[int, int | None]:
    """Of the undated ones, in their order: after which of the dated ones (-1: before the first); None where
    nothing is known. After something: right after it; only before something: right before it."""
    place = {index: number for number, index in enumerate(dated)}
    loose = [index for index in later if index not in place]
    order = _sorted(loose, later, lambda one: _rank(events[one]))
    highest: dict[int, int] = {}
    for one in reversed(order):
        bounds = [place[other] - 1 for other in later[one] if other in place]
        bounds += [highest[other] for other in later[one] if other in highest]
        if bounds:
            highest[one] = min(bounds)
    earlier: dict[int, list[int]] = defaultdict(list)
    for one, others in later.items():
        for other in others:
            earlier[other].append(one)
    known, follows, so_far = dict(place), set(dated), -1
    while so_far < len(known):  # an end, since each round places another one
        so_far = len(known)
        for one in order:
            lows = [known[other] for other in earlier[one] if other in known]
            if one not in known and (lows or one in highest):
                known[one] = max(lows) if lows else highest[one]
                follows |= {one} if lows else set()
        for one in reversed(order):
            highs = [known[other] for other in later[one] if other in known]
            if one not in known and highs:
                known[one] = min(highs)

    def rank(one: int) -> Any:
        return (known.get(one, len(dated)), one not in follows, *_rank(events[one]))

    found = _sorted(loose, later, rank)
    return {one: known.get(one) for one in sorted(found, key=lambda one: rank(one)[0])}


def _sorted(nodes: Sequence[int], later: Later, rank: Callable[[int], Any]) -> list[int]:
    """Each before those that come later; free ones by rank, and so is where a circle is begun."""
    waits = dict.fromkeys(nodes, 0)
    for one in nodes:
        for other in later[one]:
            if other in waits:
                waits[other] += 1
    ready = [(rank(one), one) for one in nodes if not waits[one]]
    rest = [(rank(one), one) for one in nodes]
    heapify(ready)
    heapify(rest)
    found: dict[int, None] = {}
    while len(found) < len(waits):
        _, one = heappop(ready or rest)
        if one in found:
            continue
        found[one] = None
        for other in later[one]:
            if other in waits:
                waits[other] -= 1
                if not waits[other]:
                    heappush(ready, (rank(other), other))
    return list(found)


def _rank(event: Event) -> tuple[float, int, str]:
    """The less exact date first; e7 before e12."""
    dated = span(event.when)
    return -dated.end if dated else 0.0, len(event.key), event.key
