"""From left to right: who stands beside whom on each row. Pure.

It is built outwards from the index person. A couple's two families stand side by side, each with brothers and
sisters in the order of birth; who married into them stands beside whom they married; children stand between
their parents' families. Every choice that is free is made from those who were told before it arose, so that
whoever is added later moves nobody: but a child whose other parent turns out to be a third partner goes to
stand beneath those two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from songtor_web.pictures.genogram.kin import Couple, Kin

Bundle = dict[int, list[str]]
"""People by row, each row from left to right."""
LEFT, RIGHT = "left", "right"
_DEEP = 40  # generations from whom one began; who is further begins anew


def order(kin: Kin, rows: Mapping[str, int]) -> Bundle:
    """Everybody who has a row, once."""
    made = _Order(kin, rows)
    found: Bundle = {}
    first = [one for one in rows if kin.people[one].index]
    for key in [*first, *sorted(rows, key=kin.number)]:
        if key not in made.claimed:
            found = _beside(found, made.around(key))
    return found


class _Order:
    """`claimed`: whose place is taken, or will be by whoever claimed them."""

    def __init__(self, kin: Kin, rows: Mapping[str, int]) -> None:
        self.kin, self.rows = kin, rows
        self.claimed: set[str] = set()
        self._given: dict[str, str] = {}
        self._beyond: dict[str, Bundle] = {}

    def around(self, key: str) -> Bundle:
        """Somebody with all who come before, beside and after them."""
        self.claimed.add(key)
        partners = [one for one in self.kin.partners.get(key, ()) if one not in self.claimed]
        for one in partners:
            self._given[one] = self._next_side(key, one, partners[: partners.index(one)])
        return self._clan(key, "", 0)

    def _within(self, inner: Callable[[], Bundle]) -> Bundle:
        """With the ancestors of who married into it on its two sides."""
        outside, self._beyond = self._beyond, {LEFT: {}, RIGHT: {}}
        made = inner()
        made = _beside(self._beyond[LEFT], made, self._beyond[RIGHT])
        self._beyond = outside
        return made

    def _clan(self, key: str, outer: str, deep: int, beside: Sequence[str] = ()) -> Bundle:
        """A claimed person with their kin, and on both sides the ancestors of who married into it."""
        return self._within(lambda: self._kin_of(key, outer, deep, beside))

    def _kin_of(self, key: str, outer: str, deep: int, beside: Sequence[str]) -> Bundle:
        """A claimed person with brothers, sisters and ancestors and all who come of them. Other partners than
        `beside` stand on the outer side."""
        kin = self.kin
        home = kin.home(key)
        if not home or deep > _DEEP or any(one in self.claimed for one in home):
            return self._person(key, outer, deep, beside)
        children = [one for one in kin.families[home] if one == key or one not in self.claimed]
        self.claimed.update(home, children)
        left, right = self._sides(home)

        middle: Bundle = {}
        for one in children:
            mine = one == key
            made = self._person(one, outer if mine else "", deep + 1, beside if mine else ())
            middle = _beside(middle, made)
        before = [self._clan(left, LEFT, deep + 1, (right,))] if left else []
        after = [self._clan(right, RIGHT, deep + 1, (left,))] if right else []
        return _beside(*before, middle, *after)

    def _person(self, key: str, outer: str, deep: int, beside: Sequence[str]) -> Bundle:
        """A claimed person with their partners and all who come of them."""
        kin = self.kin
        partners = [one for one in kin.partners.get(key, ()) if one not in self.claimed and one not in beside]
        if deep > _DEEP:
            partners = []
        self.claimed.update(partners)
        lefts, rights = self._on_both_sides(key, partners, outer)
        found: Bundle = {}
        for one in reversed(lefts):
            found = _beside(
                found, self._married_in(one, key, deep, LEFT), self._children(kin.couple(one, key), deep)
            )
        mine: dict[str, Bundle] = {LEFT: {}, RIGHT: {}}
        for one in kin.partners.get(key, ()):
            couple = kin.couple(one, key)
            if one not in partners and one not in beside:
                side = self._given.get(one, RIGHT)
                mine[side] = _beside(mine[side], self._children(couple, deep))
        found = _beside(found, mine[LEFT], {self.rows[key]: [key]}, self._children((key,), deep), mine[RIGHT])
        for one in rights:
            found = _beside(
                found, self._children(kin.couple(one, key), deep), self._married_in(one, key, deep, RIGHT)
            )
        return found

    def _on_both_sides(self, key: str, partners: Sequence[str], outer: str) -> tuple[list[str], list[str]]:
        """The first where a man stands left and a woman right, the next on the other side, and so on; all on
        the outer side where there is one."""
        sides: dict[str, list[str]] = {LEFT: [], RIGHT: []}
        side = outer or _other(self._side(key))
        for one in partners:
            sides[self._given.get(one, side)].append(one)
            side = side if outer else _other(side)
        return sides[LEFT], sides[RIGHT]

    def _married_in(self, key: str, to: str, deep: int, side: str) -> Bundle:
        """Beside whom they married; their own ancestors stand beyond the family that they came into."""
        made = self._kin_of(key, side, deep + 1, (to,))
        row = self.rows[key]
        above = {at: who for at, who in made.items() if at < row}
        there = self._beyond[side]
        self._beyond[side] = _beside(above, there) if side == LEFT else _beside(there, above)
        return {at: who for at, who in made.items() if at >= row}

    def _children(self, couple: Couple, deep: int) -> Bundle:
        """Those who stand beneath that couple, with all who come of them."""
        found: Bundle = {}
        if deep > _DEEP:
            return found
        for child in self.kin.families.get(couple, ()):
            if child not in self.claimed:
                self.claimed.add(child)
                found = _beside(found, self._person(child, "", deep + 1, ()))
        return found

    def _side(self, key: str) -> str:
        """Where one stands of a couple: a woman right, else left."""
        return RIGHT if self.kin.people[key].sex == "female" else LEFT

    def _sides(self, couple: Couple) -> tuple[str, str]:
        """Who stands left and who right, empty for one who is alone: where the one who was told first would
        stand alone, they stay. If of those who were told before fewer stand between the two the other way
        round, it is that."""
        kin = self.kin
        if len(couple) == 1:
            return (couple[0], "") if self._side(couple[0]) == LEFT else ("", couple[0])
        one, other = couple
        usual = (one, other) if self._side(one) == LEFT else (other, one)
        met = max(kin.number(one), kin.number(other))
        others = [their for key in couple for their in kin.partners.get(key, ()) if their not in couple]
        before = [*others, *kin.families.get(couple, ())]
        if any(kin.number(one) < met for one in before):
            return usual
        swapped = (usual[1], usual[0])
        return swapped if self._between(swapped, met) < self._between(usual, met) else usual

    def _next_side(self, key: str, partner: str, before: Sequence[str]) -> str:
        """Where fewer stand of those who were told before: brothers and sisters with theirs, other partners.
        Where as many, opposite the last."""
        kin = self.kin
        if not before:
            return LEFT if self._sides(kin.couple(key, partner))[0] == partner else RIGHT
        crowd = {LEFT: 0, RIGHT: 0}
        siblings = list(kin.siblings(key))
        for one in siblings:
            if one != key and kin.number(one) < kin.number(partner):
                theirs = [
                    their for their in kin.partners.get(one, ()) if kin.number(their) < kin.number(partner)
                ]
                crowd[LEFT if siblings.index(one) < siblings.index(key) else RIGHT] += 1 + len(theirs)
        for one in before:
            crowd[self._given[one]] += 1
        opposite = _other(self._given[before[-1]])
        return opposite if crowd[opposite] <= crowd[_other(opposite)] else _other(opposite)

    def _between(self, pair: tuple[str, str], met: int) -> int:
        """How many brothers and sisters would stand between them."""
        left, right = (
            [one for one in self.kin.siblings(key) if one == key or self.kin.number(one) < met]
            for key in pair
        )
        return len(left) - 1 - left.index(pair[0]) + right.index(pair[1])


def _other(side: str) -> str:
    return RIGHT if side == LEFT else LEFT


def _beside(*bundles: Mapping[int, Iterable[str]]) -> Bundle:
    found: Bundle = {}
    for bundle in bundles:
        for row, who in bundle.items():
            found.setdefault(row, []).extend(who)
    return found
