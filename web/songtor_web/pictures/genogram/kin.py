"""Whom the ties make a couple, whose child somebody is, who are twins. Pure.

Ties that name nobody, or a person twice, say nothing here; what is told twice counts once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from songtor_web.pictures.genogram.model import BOND, PARENT, TWIN, UNION, Family, Person, Tie

Couple = tuple[str, ...]
"""One parent, or two, in the order in which they were told."""


@dataclass(frozen=True, slots=True)
class Origin:
    """A couple's child, by birth, adoption or fostering."""

    couple: Couple
    child: str
    kind: str


@dataclass(slots=True)
class Kin:
    """`unions`: of two who have or had one; empty where a child alone joins them. `origins`: of each child,
    as they were told: beneath the first the child stands. `families`: of each couple the children who stand
    beneath it. `partners`: those who were told first before the others."""

    people: dict[str, Person]
    ties: list[Tie]
    unions: dict[Couple, list[Tie]] = field(default_factory=dict)
    partners: dict[str, list[str]] = field(default_factory=dict)
    origins: dict[str, list[Origin]] = field(default_factory=dict)
    families: dict[Couple, list[str]] = field(default_factory=dict)
    twins: list[Tie] = field(default_factory=list)
    bonds: list[Tie] = field(default_factory=list)

    def number(self, key: str) -> int:
        return self.people[key].number

    def couple(self, *keys: str) -> Couple:
        return tuple(sorted(keys, key=self.number))

    def home(self, child: str) -> Couple:
        """The couple beneath whom the child stands; empty where none is known."""
        found = self.origins.get(child)
        return found[0].couple if found else ()

    def siblings(self, child: str) -> Sequence[str]:
        """With the child, in the order of birth."""
        return self.families.get(self.home(child), [child])


def kin(family: Family) -> Kin:
    people = {person.key: person for person in family.people}
    told = dict.fromkeys(
        tie for tie in family.ties if tie.one in people and tie.other in people and tie.one != tie.other
    )
    found = Kin(people, list(told))
    parents: dict[str, dict[str, list[str]]] = {}
    for tie in found.ties:
        if tie.group == UNION:
            found.unions.setdefault(found.couple(tie.one, tie.other), []).append(tie)
        elif tie.group == PARENT:
            theirs = parents.setdefault(tie.other, {}).setdefault(tie.kind, [])
            if tie.one not in theirs:
                theirs.append(tie.one)
        elif tie.group == TWIN:
            found.twins.append(tie)
        elif tie.group == BOND:
            found.bonds.append(tie)
    for child in sorted(parents, key=found.number):
        for kind, theirs in parents[child].items():
            for couple in _couples(found, theirs):
                found.origins.setdefault(child, []).append(Origin(couple, child, kind))
    for child, origins in found.origins.items():
        found.families.setdefault(origins[0].couple, []).append(child)
        for origin in origins:
            if len(origin.couple) == 2:
                found.unions.setdefault(origin.couple, [])
    for couple in found.families:
        found.families[couple] = _by_birth(found, found.families[couple])
    for one, other in found.unions:
        found.partners.setdefault(one, []).append(other)
        found.partners.setdefault(other, []).append(one)
    for partners in found.partners.values():
        partners.sort(key=found.number)
    return found


def _couples(found: Kin, parents: Sequence[str]) -> list[Couple]:
    """Two are a couple; of more, those who have a union."""
    rest, couples = sorted(parents, key=found.number), []
    while len(rest) > 1:
        pair = next(
            (
                (one, other)
                for place, one in enumerate(rest)
                for other in rest[place + 1 :]
                if (one, other) in found.unions
            ),
            (rest[0], rest[1]) if len(rest) == 2 else None,
        )
        if pair is None:
            break
        couples.append(pair)
        rest = [one for one in rest if one not in pair]
    return [*couples, *((one,) for one in rest)]


def _by_birth(found: Kin, children: Sequence[str]) -> list[str]:
    """Who is not known to be younger stays where they were told, so that a newcomer moves nobody; a twin of
    unknown birth stands with the other."""
    placed: list[str] = []
    for child in sorted(children, key=found.number):
        born = found.people[child].birth
        if born:
            older = [at for at, one in enumerate(placed) if "" < found.people[one].birth <= born]
            younger = [at for at, one in enumerate(placed) if found.people[one].birth > born]
            placed.insert(older[-1] + 1 if older else younger[0] if younger else len(placed), child)
        else:
            beside = [placed.index(one) for one in _twins_of(found, child) if one in placed]
            placed.insert(max(beside) + 1 if beside else len(placed), child)
    return placed


def _twins_of(found: Kin, child: str) -> list[str]:
    return [
        tie.other if tie.one == child else tie.one for tie in found.twins if child in (tie.one, tie.other)
    ]
