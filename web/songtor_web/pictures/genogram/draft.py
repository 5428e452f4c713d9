"""Which lines a genogram has, where they meet whom, and through which gaps they go. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from songtor_web.pictures.genogram.kin import Couple, Kin
from songtor_web.pictures.genogram.lines import Descent, Leaf, Line, Lines, Port
from songtor_web.pictures.genogram.model import Tie
from songtor_web.pictures.genogram.route import BARS, BONDS, UNIONS, Fixed, Lane, Pass, Upright, Way, way

TALL_WORDS = 13.0
_LEVEL = (0.0,)
_DOWN = (11.0, 19.0, -11.0, -19.0, 0.0)
_UP = (-11.0, -19.0, 11.0, 19.0, 0.0)
"""How far beneath the middle of a symbol lines meet it: a union; what goes down; what comes from above."""


class Drafting:
    """Finds the lines for people in that order; `near`: about where they will stand."""

    def __init__(
        self,
        kin: Kin,
        rows: Sequence[Sequence[str]],
        near: Mapping[str, float],
        written: Mapping[Tie, tuple[str, float]],
    ) -> None:
        self.kin, self.rows, self.near, self.written = kin, rows, near, written
        self.at = {key: (row, place) for row, keys in enumerate(rows) for place, key in enumerate(keys)}
        self.taken: dict[tuple[str, int], set[float]] = {}
        self.worded: set[tuple[str, int]] = set()  # where words stand over a line
        self.lines = Lines()
        self._first: dict[Couple, Line] = {}

    def draft(self) -> Lines:
        kin = self.kin
        for couple in sorted(kin.unions, key=lambda one: not self._side_by_side(*one)):
            ties: Sequence[Tie | None] = kin.unions[couple] or [None]
            for number, tie in enumerate(ties):
                line = self._between(tie, couple, UNIONS, _LEVEL if not number else _DOWN)
                self._first.setdefault(couple, line)
                self.lines.unions.append(line)
        for couple, children in self._hanging().items():
            self.lines.descents.append(self._descent(couple, children))
        for tie in kin.twins:
            self.lines.twins.append(self._twin(tie))
        for tie in kin.bonds:
            self.lines.bonds.append(self._between(tie, (tie.one, tie.other), BONDS, _DOWN))
        return self.lines

    def _hanging(self) -> dict[Couple, list[tuple[str, str]]]:
        """Every couple's children, each with the kind of the tie."""
        found: dict[Couple, list[tuple[str, str]]] = {}
        for couple, children in self.kin.families.items():
            found[couple] = [(child, self.kin.origins[child][0].kind) for child in children]
        for child, origins in self.kin.origins.items():
            for origin in origins[1:]:
                found.setdefault(origin.couple, []).append((child, origin.kind))
        return found

    def _side_by_side(self, one: str, other: str) -> bool:
        (row, place), (there, beside) = self.at[one], self.at[other]
        return row == there and abs(place - beside) == 1

    def _between(self, tie: Tie | None, couple: Couple, zone: int, liked: Sequence[float]) -> Line:
        one, other = couple
        words, wide = self.written.get(tie, ("", 0.0)) if tie else ("", 0.0)
        (row, place), (there, beside) = self.at[one], self.at[other]
        side = 1 if (self.near[other], beside) >= (self.near[one], place) else -1
        if self._side_by_side(one, other):
            free = [_free(self.taken, (one, side), liked), _free(self.taken, (other, -side), liked)]
            both = [at for at in (*liked, *_DOWN) if all(at in some for some in free)] or [0.0]
            ports = Port(one, side, both[0]), Port(other, -side, both[0])
            self._take(*ports)
            pair = (one, other) if side > 0 else (other, one)
            self.lines.room[pair] = max(self.lines.room.get(pair, 0.0), wide + 14)
            if words:
                self.worded.update(((one, side), (other, -side)))
            return Line(tie, couple, *ports, None, words, wide)
        if there == row:
            begin_at, end_at = side, -side
        else:
            begin_at, end_at = self._sides(one, other)
        downwards = _DOWN if there > row else _UP
        upwards = _UP if there > row else _DOWN
        begin = Port(one, begin_at, self._offset(one, begin_at, liked if there == row else downwards))
        end = Port(other, end_at, self._offset(other, end_at, liked if there == row else upwards))
        self._take(begin, end)
        made = self._way(
            Pass(row, place + (begin_at > 0), -begin_at),
            Pass(there, beside + (end_at > 0), -end_at),
            row if there >= row else row - 1,
            row if there == row else there - 1 if there > row else there,
            zone,
        )
        made.lanes[0].tall = TALL_WORDS if words else 0.0
        return Line(tie, couple, begin, end, made, words, wide)

    def _sides(self, one: str, other: str) -> tuple[int, int]:
        """At which sides a line of two on different rows goes the shortest way that crosses little."""

        def cost(sides: tuple[int, int]) -> float:
            gaps = [self.near[key] + side * 50 for key, side in zip((one, other), sides, strict=True)]
            lower = one if self.at[one][0] > self.at[other][0] else other
            busy = 0.0
            for key, side in zip((one, other), sides, strict=True):
                busy += 60 if 0.0 in self.taken.get((key, side), ()) else 0
                busy += 150 if key == lower and (key, side) in self.worded else 0
                busy += 15 * len(self.taken.get((key, side), ()))
            return abs(gaps[0] - gaps[1]) + busy

        return min(((a, b) for a in (1, -1) for b in (-1, 1)), key=cost)

    def _offset(self, key: str, side: int, liked: Sequence[float]) -> float:
        return next(iter(_free(self.taken, (key, side), (*liked, *_DOWN))), liked[0])

    def _take(self, *ports: Port) -> None:
        for port in ports:
            self.taken.setdefault((port.key, port.side), set()).add(port.offset)

    def _way(self, first: Upright, last: Upright, from_row: int, to_row: int, zone: int) -> Way:
        """From beneath one row to beneath another, through the gaps that lie nearest."""
        ends = [self.near_of(one) for one in (first, last)]
        steps = list(range(from_row + 1, to_row + 1)) or list(range(from_row, to_row, -1))
        between: list[tuple[int, Upright]] = []
        for number, row in enumerate(steps, 1):
            wanted = ends[0] + (ends[1] - ends[0]) * number / (len(steps) + 1)
            gap = Pass(
                row, min(range(len(self.rows[row]) + 1), key=lambda at: abs(self._gap(row, at) - wanted))
            )
            between.append((row if to_row > from_row else row - 1, gap))
        made = way(first, last, between, (from_row, to_row), zone)
        self.lines.passes += [one for one in made.uprights if isinstance(one, Pass)]
        self.lines.lanes += made.lanes
        return made

    def near_of(self, upright: Upright) -> float:
        return self._gap(upright.row, upright.place) if isinstance(upright, Pass) else upright.x

    def _gap(self, row: int, place: int) -> float:
        keys = self.rows[row]
        left = self.near[keys[place - 1]] if place else self.near[keys[0]] - 80
        right = self.near[keys[place]] if place < len(keys) else self.near[keys[-1]] + 80
        return (left + right) / 2

    def _descent(self, couple: Couple, children: Sequence[tuple[str, str]]) -> Descent:
        row, place = self.at[couple[0]]
        union, port = (self._first[couple] if len(couple) == 2 else None), None
        drop: Upright
        there = [self.near[child] for child, _ in children]
        middle = (min(there) + max(there)) / 2
        if union and union.way:
            drop = Fixed(middle)
            row = union.way.lanes[0].row
        elif union:
            drop = Pass(row, max(self.at[one][1] for one in couple))
            self.lines.passes.append(drop)
        else:
            side = self._free_side(couple[0], 1 if middle >= self.near[couple[0]] else -1)
            port = Port(couple[0], side, self._offset(couple[0], side, (0.0, *_DOWN)))
            self._take(port)
            drop = Pass(row, place + (side > 0), -side)
            self.lines.passes.append(drop)
        leaves = [Leaf(child, kind, Fixed(self.near[child]), None) for child, kind in children]
        beneath = [leaf for leaf in leaves if self.at[leaf.child][0] == row + 1]
        bar = None
        if beneath:
            self._join_twins(beneath)
            bar = Lane(row, BARS, [drop, *(leaf.apex or leaf.upright for leaf in beneath)])
            self.lines.lanes.append(bar)
        for leaf in leaves:
            if leaf not in beneath:
                leaf.way = self._way(drop, leaf.upright, row, self.at[leaf.child][0] - 1, BARS)
        return Descent(couple, row, union, port, drop, bar, leaves)

    def _free_side(self, key: str, liked: int) -> int:
        used = [0.0 in self.taken.get((key, side), ()) for side in (liked, -liked)]
        return -liked if used[0] and not used[1] else liked

    def _join_twins(self, leaves: Sequence[Leaf]) -> None:
        """Their lines part from one place of the bar."""
        of = {leaf.child: leaf for leaf in leaves}
        for tie in self.kin.twins:
            if tie.one in of and tie.other in of:
                one, other = of[tie.one], of[tie.other]
                apex = one.apex or other.apex or Fixed()
                together = tuple(
                    dict.fromkeys((*(one.twins or (one.child,)), *(other.twins or (other.child,))))
                )
                for key in together:
                    of[key].apex, of[key].twins = apex, together

    def _twin(self, tie: Tie) -> Line:
        """Of those who hang on one bar, their lines say it; of others a line above both."""
        couple = (tie.one, tie.other)
        begin, end = Port(tie.one, 0), Port(tie.other, 0)
        for descent in self.lines.descents:
            hung = {leaf.child for leaf in descent.leaves if leaf.apex}
            if tie.one in hung and tie.other in hung:
                return Line(tie, couple, begin, end, None)
        rows = self.at[tie.one][0] - 1, self.at[tie.other][0] - 1
        return Line(
            tie,
            couple,
            begin,
            end,
            self._way(Fixed(self.near[tie.one]), Fixed(self.near[tie.other]), *rows, BARS),
        )


def _free(
    taken: Mapping[tuple[str, int], set[float]], side: tuple[str, int], liked: Sequence[float]
) -> list[float]:
    return [at for at in dict.fromkeys(liked) if at not in taken.get(side, ())]
