"""How far apart they stand: parents over the middle of their children, nobody over another. Pure.

In turns each row is drawn towards the one above and the one below it, as near as those beside it allow: the
least sum of squared distances under given distances, by pooling neighbours that would overtake each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from songtor_web.pictures.genogram.kin import Couple, Kin

Pull = tuple[float, float]
"""By how much, and how much that matters."""
_TURNS = 18
_PARTED = 0.4  # how much it matters that partners who are no neighbours stand near, against a child's 1


def place(kin: Kin, rows: Sequence[Sequence[str]], apart: Callable[[str, str], float]) -> dict[str, float]:
    """The middle of each, in pixels; `apart` is the least distance of two neighbours."""
    x: dict[str, float] = {}
    blocks = [_blocks(kin, row, apart) for row in rows]
    for row in rows:
        here = 0.0
        for before, one in zip(["", *row], row, strict=False):
            here += apart(before, one) if before else 0.0
            x[one] = here
    pulls = _Pulls(kin, x)
    for turn in range(_TURNS):
        last = turn >= _TURNS - 2
        for number in range(len(rows)):
            _draw(x, blocks[number], apart, pulls.from_parents if not last else pulls.from_both)
        for number in reversed(range(len(rows))):
            _draw(x, blocks[number], apart, pulls.from_children if not last else pulls.from_both)
    return x


def _blocks(kin: Kin, row: Sequence[str], apart: Callable[[str, str], float]) -> list[list[str]]:
    """Neighbours who are partners move together."""
    found: list[list[str]] = []
    for one in row:
        if found and kin.couple(found[-1][-1], one) in kin.unions:
            found[-1].append(one)
        else:
            found.append([one])
    return found


def _draw(
    x: dict[str, float],
    blocks: Sequence[Sequence[str]],
    apart: Callable[[str, str], float],
    pull: Callable[[Sequence[str]], Pull],
) -> None:
    """Moves a row towards where it is drawn."""
    offsets, wanted, weights = [], [], []
    offset = 0.0
    for number, block in enumerate(blocks):
        if number:
            before = blocks[number - 1]
            offset += x[before[-1]] - x[before[0]] + apart(before[-1], block[0])
        by, weight = pull(block)
        offsets.append(offset)
        wanted.append(x[block[0]] + by - offset)
        weights.append(weight)
    for block, offset, base in zip(blocks, offsets, _rising(wanted, weights), strict=True):
        move = base + offset - x[block[0]]
        for one in block:
            x[one] += move


def _rising(wanted: Sequence[float], weights: Sequence[float]) -> list[float]:
    """The nearest values, by weighted squares, of which none is smaller than the one before."""
    pools: list[tuple[float, float, int]] = []  # mean, weight, how many
    for value, weight in zip(wanted, weights, strict=True):
        mean, total, count = value, weight, 1
        while pools and pools[-1][0] > mean:
            before, heavy, many = pools.pop()
            mean = (before * heavy + mean * total) / (heavy + total)
            total, count = heavy + total, many + count
        pools.append((mean, total, count))
    return [mean for mean, _, count in pools for _ in range(count)]


class _Pulls:
    """By how much a block would have to move, and how much that matters."""

    def __init__(self, kin: Kin, x: Mapping[str, float]) -> None:
        self.x = x
        self.above = {
            child: (couple, children) for couple, children in kin.families.items() for child in children
        }
        self.apart: dict[str, list[str]] = {}
        for one, other in kin.unions:
            self.apart.setdefault(one, []).append(other)
            self.apart.setdefault(other, []).append(one)
        self.below: dict[str, list[tuple[Couple, Sequence[str]]]] = {}
        for couple, children in kin.families.items():
            for parent in couple:
                self.below.setdefault(parent, []).append((couple, children))

    def from_parents(self, block: Sequence[str]) -> Pull:
        return _sum([*self._up(block), *self._aside(block)])

    def from_children(self, block: Sequence[str]) -> Pull:
        return _sum([*self._down(block), *self._aside(block)])

    def from_both(self, block: Sequence[str]) -> Pull:
        return _sum([*self._up(block), *self._down(block), *self._aside(block)])

    def _up(self, block: Sequence[str]) -> Iterator[Pull]:
        return ((self._lacks(*self.above[one]), 1.0) for one in block if one in self.above)

    def _down(self, block: Sequence[str]) -> Iterator[Pull]:
        return ((-self._lacks(*family), 1.0) for one in block for family in self.below.get(one, ()))

    def _aside(self, block: Sequence[str]) -> Iterator[Pull]:
        for one in block:
            for other in self.apart.get(one, ()):
                if other not in block:
                    yield self.x[other] - self.x[one], _PARTED

    def _lacks(self, couple: Couple, children: Sequence[str]) -> float:
        """How far the children's middle lies left of their parents'."""
        over = sum(self.x[one] for one in couple) / len(couple)
        under = [self.x[one] for one in children]
        return over - (min(under) + max(under)) / 2


def _sum(pulls: Iterable[Pull]) -> Pull:
    total, weight = 0.0, 0.05
    for by, heavy in pulls:
        total += by * heavy
        weight += heavy
    return total / weight, weight
