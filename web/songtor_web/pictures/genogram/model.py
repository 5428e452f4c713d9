"""Who is drawn in a genogram and what is between them: plain data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

UNION, PARENT, TWIN, BOND = "union", "parent", "twin", "bond"
"""The groups of ties."""
ONE_WAY = ("violent", "controlling")
"""Bonds in which one does it to the other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """`relation`: to the index person, in words. `sex`: female, male, other, unknown. `born`: empty is alive,
    else pregnancy, miscarriage, abortion, stillbirth. Dates are ISO 8601, known in part. `number`: by which a
    person is named where names are hidden; by their order, too, what was drawn earlier stays where it is."""

    key: str
    number: int
    name: str = ""
    relation: str = ""
    sex: str = "unknown"
    born: str = ""
    birth: str = ""
    death: str = ""
    deceased: bool = False
    index: bool = False
    household: bool = False

    @property
    def dead(self) -> bool:
        return self.deceased or bool(self.death)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """`one` is the parent of `other`, or does it to them. `kind`: a code of the vocabulary's ties; `group`:
    its group."""

    one: str
    other: str
    kind: str
    group: str
    since: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """In the order in which they were told. `today`: the day for which ages are counted."""

    people: Sequence[Person]
    ties: Sequence[Tie]
    today: date


def age(person: Person, today: date) -> int | None:
    """In whole years, today or at death; None where it is not known, or not told by the dates. A year alone
    is taken from year to year."""
    end = person.death or ("" if person.deceased else today.isoformat())
    if not (person.birth and end) or person.born:
        return None
    years = int(end[:4]) - int(person.birth[:4])
    if len(person.birth) > 4 and len(end) > 4 and end[5:] < person.birth[5 : len(end)]:
        years -= 1
    return years if 0 <= years <= 130 else None
