"""On which row everybody stands: partners and twins on one, children beneath their parents. Pure.

What contradicts itself (a child who is told to be their own grandparent) cannot hang it: of a circle the tie
that closes it counts for nothing here, though it is drawn.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from songtor_web.pictures.genogram.kin import Kin


def generations(kin: Kin) -> dict[str, int]:
    """The row of each, from 0 at the top, of all who have any tie."""
    edges = [
        (parent, origin.child)
        for origins in kin.origins.values()
        for origin in origins
        for parent in origin.couple
    ]
    level = [*kin.unions, *((tie.one, tie.other) for tie in kin.twins)]
    rows = _nearest(kin, edges, level)
    groups, edges = _without_circles(rows, edges, level)
    return _pushed_down(rows, groups, edges)


def _nearest(kin: Kin, edges: Iterable[tuple[str, str]], level: Iterable[tuple[str, ...]]) -> dict[str, int]:
    """As the first tie that reaches them says, from the first person on; bonds count last."""
    steps: dict[str, list[tuple[str, int]]] = {}
    for parent, child in edges:
        steps.setdefault(parent, []).append((child, 1))
        steps.setdefault(child, []).append((parent, -1))
    for one, other in level:
        steps.setdefault(one, []).append((other, 0))
        steps.setdefault(other, []).append((one, 0))
    bonds: dict[str, list[str]] = {}
    for tie in kin.bonds:
        bonds.setdefault(tie.one, []).append(tie.other)
        bonds.setdefault(tie.other, []).append(tie.one)
    rows: dict[str, int] = {}
    near, bound = deque[tuple[str, int]](), deque[tuple[str, int]]()
    for first in kin.people:
        if first in rows or (first not in steps and first not in bonds):
            continue
        near.append((first, 0))
        while near or bound:
            here, row = near.popleft() if near else bound.popleft()
            if here in rows:
                continue
            rows[here] = row
            near.extend((there, row + by) for there, by in steps.get(here, ()))
            bound.extend((there, row) for there in bonds.get(here, ()))
    return rows


def _without_circles(
    rows: dict[str, int], edges: list[tuple[str, str]], level: list[tuple[str, ...]]
) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """Who stands together (each under one name), and the ties of parents that can be kept. Mostly all can,
    and one look is enough."""
    groups = _grouped(rows, level)
    if _order({groups[one] for one in rows}, [(groups[a], groups[b]) for a, b in edges]) is not None:
        return groups, edges
    kept: list[tuple[str, str]] = []
    for edge in edges:
        if not _reaches(kept, edge[1], edge[0]):
            kept.append(edge)
    together: list[tuple[str, ...]] = []
    for pair in level:
        groups = _grouped(rows, [*together, pair])
        if _order(set(groups.values()), [(groups[a], groups[b]) for a, b in kept]) is not None:
            together.append(pair)
    return _grouped(rows, together), kept


def _grouped(rows: dict[str, int], pairs: Iterable[tuple[str, ...]]) -> dict[str, str]:
    name = {one: one for one in rows}

    def of(one: str) -> str:
        while name[one] != one:
            name[one] = name[name[one]]
            one = name[one]
        return one

    for one, other in pairs:
        name[of(other)] = of(one)
    return {one: of(one) for one in rows}


def _pushed_down(
    rows: dict[str, int], groups: dict[str, str], edges: list[tuple[str, str]]
) -> dict[str, int]:
    """Each as near to the first guess as the order of parents and children allows."""
    between = [(groups[parent], groups[child]) for parent, child in edges]
    level: dict[str, int] = {}
    for one, row in rows.items():
        level.setdefault(groups[one], row)
    after: dict[str, list[str]] = {}
    for parent, child in between:
        after.setdefault(parent, []).append(child)
    for group in _order(set(level), between) or ():
        for child in after.get(group, ()):
            level[child] = max(level[child], level[group] + 1)
    top = min(level.values(), default=0)
    return {one: level[groups[one]] - top for one in rows}


def _order(groups: Iterable[str], edges: Iterable[tuple[str, str]]) -> list[str] | None:
    """Parents before children; None where there is a circle."""
    waits = dict.fromkeys(groups, 0)
    after: dict[str, list[str]] = {}
    for parent, child in edges:
        waits[child] += 1
        after.setdefault(parent, []).append(child)
    free = sorted(one for one, count in waits.items() if not count)
    found = []
    while free:
        here = free.pop()
        found.append(here)
        for child in after.get(here, ()):
            waits[child] -= 1
            if not waits[child]:
                free.append(child)
    return found if len(found) == len(waits) else None


def _reaches(edges: Iterable[tuple[str, str]], start: str, end: str) -> bool:
    after: dict[str, list[str]] = {}
    for parent, child in edges:
        after.setdefault(parent, []).append(child)
    seen, waiting = {start}, [start]
    while waiting:
        here = waiting.pop()
        if here == end:
            return True
        waiting += [one for one in after.get(here, ()) if one not in seen]
        seen.update(after.get(here, ()))
    return False
