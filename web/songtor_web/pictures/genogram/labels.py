"""What is written at each person: a name, who they are, the years beside the symbol, the age within it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from songtor_proto.vocabulary.dates import date_text
from songtor_web.pictures.genogram.model import UNION, Family, Person, Tie, age
from songtor_web.pictures.lettering import lines, width
from songtor_web.texts import Say

SIZE, SMALL = 13.0, 12.0
LEADING = 1.4
_ROOM = 108.0
_MOST = 2  # lines of a name, and of a relation


@dataclass(frozen=True, slots=True)
class Label:
    """`name` and `relation` in lines; `born` and `died`: years as they are shown; `age` within the symbol."""

    name: tuple[str, ...]
    relation: tuple[str, ...]
    born: str
    died: str
    age: str

    @property
    def half(self) -> float:
        """Half of its width, in pixels."""
        beneath = [
            *(width(one, SIZE, bold=True) / 2 for one in self.name),
            *(width(one, SMALL) / 2 for one in self.relation),
        ]
        return max([*beneath, *(width(one, SMALL) + 4 for one in (self.born, self.died) if one)], default=0.0)

    @property
    def height(self) -> float:
        """Of what stands beneath the symbol."""
        return len(self.name) * SIZE * LEADING + len(self.relation) * SMALL * LEADING


def labels(family: Family, t: Say, lang: str, *, names: bool, whole: bool = False) -> dict[str, Label]:
    """By key. Without names a person is who they are to the client, or a number. `whole`: each on one line,
    nothing cut off."""
    called = {person.key: who(person, t) for person in family.people}
    if not names:
        called = told_apart(called, t)
    return {
        person.key: _label(
            person,
            person.name if names else "",
            called[person.key],
            family,
            lang,
            whole=whole,
        )
        for person in family.people
    }


def said(t: Say, key: str, **values: object) -> str:
    """The words, as plain text: what is written into a picture is escaped there."""
    return t(f"pictures.genogram_{key}", **values).unescape().strip()


def who(person: Person, t: Say) -> str:
    """The client, what they are to the client, or a number."""
    if person.index:
        return said(t, "client")
    return person.relation or said(t, "number", n=person.number)


def told_apart(called: Mapping[str, str], t: Say) -> dict[str, str]:
    """Who are called alike are counted in that order: brother, person 1; brother, person 2."""
    often, counted = Counter(called.values()), Counter[str]()
    found = {}
    for key, words in called.items():
        counted[words] += 1
        found[key] = said(t, "one_of", who=words, n=counted[words]) if often[words] > 1 else words
    return found


def _label(person: Person, name: str, relation: str, family: Family, lang: str, *, whole: bool) -> Label:
    def cut(words: str, size: float, bold: bool) -> tuple[str, ...]:
        if whole or not words:
            return (words,) if words else ()
        return tuple(lines(words, _ROOM, size, bold=bold, most=_MOST))

    years = age(person, family.today)
    return Label(
        name=cut(name, SIZE, True),
        relation=cut(relation, SMALL, False),
        born=date_text(person.birth[:4], lang),
        died=date_text(person.death[:4], lang),
        age="" if years is None else str(years),
    )


def written(family: Family, lang: str) -> dict[Tie, tuple[str, float]]:
    """On the lines of couples: since when, until when; and how wide that is."""
    found = {}
    for tie in family.ties:
        years = "–".join(filter(None, [date_text(tie.since[:4], lang), date_text(tie.until[:4], lang)]))
        if tie.until and not tie.since:
            years = f"–{years}"
        if tie.group == UNION and years:
            found[tie] = (years, width(years, SMALL))
    return found
