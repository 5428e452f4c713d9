"""Families for genograms: read from a file, or grown relative by relative as a worker adds them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import yaml
from hypothesis import strategies as st

from songtor_proto.vocabulary import vocabulary
from songtor_web.pictures.genogram.model import Family, Person, Tie

TODAY = date(2026, 11, 20)
GENOGRAMS = Path(__file__).parent / "genograms"
BONDS = ("close", "very_close", "distant", "hostile", "violent", "controlling", "cut_off")
UNIONS = ("married", "cohabiting", "couple", "separated", "divorced")
LOSSES = ("", "", "", "", "pregnancy", "miscarriage", "abortion", "stillbirth")


def tie(one: str, kind: str, other: str, since: object = "", until: object = "") -> Tie:
    group = vocabulary().ties[kind].group
    return Tie(one=one, other=other, kind=kind, group=group, since=str(since), until=str(until))


def read(name: str) -> Family:
    """A family of the folder `genograms`; a tie is [one, kind, other, since, until]."""
    said: dict[str, Any] = yaml.safe_load((GENOGRAMS / f"{name}.yaml").read_text("utf-8"))
    people = [
        Person(number=number, **{key: _plain(value) for key, value in one.items()})
        for number, one in enumerate(said["people"])
    ]
    return Family(people=people, ties=[tie(*one) for one in said["ties"]], today=said["today"])


def _plain(value: object) -> Any:
    """YAML reads a year as a number."""
    return value if isinstance(value, bool) else str(value)


class Grown:
    """A family that grows by acts; `acts` are drawn by hypothesis."""

    def __init__(self) -> None:
        self.people = [
            Person(
                key="p0", number=0, sex="female", index=True, household=True, birth="1990", name="นวล ตัวอย่าง"
            )
        ]
        self.ties: list[Tie] = []

    @property
    def family(self) -> Family:
        return Family(people=list(self.people), ties=list(self.ties), today=TODAY)

    def new(self, **about: Any) -> str:
        key = f"p{len(self.people)}"
        self.people.append(Person(key=key, number=len(self.people), **about))
        return key

    def parents(self, key: str) -> list[str]:
        return [one.one for one in self.ties if one.kind == "birth" and one.other == key]

    def all_parents(self, key: str) -> list[str]:
        return [one.one for one in self.ties if one.group == "parent" and one.other == key]

    def partners(self, key: str) -> list[str]:
        found = [
            one.other if one.one == key else one.one
            for one in self.ties
            if one.group == "union" and key in (one.one, one.other)
        ]
        return list(dict.fromkeys(found))

    def add(self, act: str, whom: str, about: dict[str, Any], kind: str, which: int) -> None:
        parents = self.parents(whom)
        if act == "parent":
            if len(parents) < 2:
                new = self.new(**about)
                alike = {
                    one.other: one.kind
                    for one in self.ties
                    if one.group == "parent" and parents == [one.one] == self.all_parents(one.other)
                }
                self.ties += [tie(new, alike[one], one) for one in alike] or [tie(new, "birth", whom)]
        elif act == "partner":
            self.ties.append(
                tie(whom, UNIONS[which % 5], self.new(**about), "2001", "2010" if which % 2 else "")
            )
        elif act == "child":
            others = self.partners(whom)
            new = self.new(**about)
            both = [whom, *([others[which % len(others)]] if others and which % 3 else [])]
            self.ties += [tie(one, kind, new) for one in both]
        elif act in ("sibling", "twin"):
            if not parents:
                parents = [self.new(sex=sex) for sex in ("female", "male")]
                self.ties += [tie(one, "birth", whom) for one in parents]
            new = self.new(**about)
            self.ties += [tie(one, "birth", new) for one in parents]
            if act == "twin":
                self.ties.append(tie(whom, "identical" if which % 2 else "twin", new))
        elif act == "loose":
            self.new(**about)


NAMES = ("", "มาลี ตัวอย่าง", "Klaus Beispiel", "นางสาวจันทร์เพ็ญ สมมตินามสกุลยาวมาก", "A", "𝕏" * 40)
ABOUT = st.fixed_dictionaries(
    {
        "sex": st.sampled_from(["female", "male", "other", "unknown"]),
        "name": st.sampled_from(NAMES),
        "relation": st.sampled_from(["มารดา", "brother", "ลูกพี่ลูกน้องของสามีคนที่สอง"]),
        "birth": st.sampled_from(["", "1955", "1970-02", "1988-04-30", "2003"]),
        "death": st.sampled_from(["", "", "2020"]),
        "born": st.sampled_from(LOSSES),
        "household": st.booleans(),
    }
)
ACTS = st.tuples(
    st.sampled_from(["parent", "parent", "partner", "child", "child", "sibling", "twin", "loose"]),
    st.integers(0, 60),
    ABOUT,
    st.sampled_from(["birth", "birth", "birth", "adopted", "foster"]),
    st.integers(0, 9),
)


@st.composite
def grown(draw: st.DrawFn, most: int = 24, bonds: int = 8) -> Grown:
    """As a worker adds them one by one, some with bonds between them."""
    made = Grown()
    for act, whom, about, kind, which in draw(st.lists(ACTS, max_size=most)):
        made.add(act, f"p{whom % len(made.people)}", about, kind, which)
    ends = st.integers(0, len(made.people) - 1)
    for one, other, kind in draw(st.lists(st.tuples(ends, ends, st.sampled_from(BONDS)), max_size=bonds)):
        if one != other:
            made.ties.append(tie(f"p{one}", kind, f"p{other}"))
    return made


def _anybody(draw: st.DrawFn, number: int) -> Person:
    about: dict[str, Any] = draw(ABOUT)
    return Person(key=f"p{number}", number=number, index=not number, **about)


@st.composite
def confused(draw: st.DrawFn) -> Family:
    """Any ties between anybody: circles, own grandparents, three fathers, keys that nobody has."""
    count = draw(st.integers(1, 12))
    people = [_anybody(draw, number) for number in range(count)]
    kinds = list(vocabulary().ties)
    ends = st.integers(0, count)
    ties = draw(st.lists(st.tuples(ends, st.sampled_from(kinds), ends), max_size=30))
    return Family(people=people, ties=[tie(f"p{a}", kind, f"p{b}") for a, kind, b in ties], today=TODAY)
