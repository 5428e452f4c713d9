"""Everybody of a case and what is between them, in the words of the genogram's pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from songtor_node.cases import family
from songtor_node.cases.models import Person, Tie
from songtor_node.cases.names import called_for
from songtor_node.cases.pictures.genogram import picture
from songtor_node.cases.record import CaseRecord, read_record
from songtor_node.web.visit import At, Visit, label, number
from songtor_proto.errors import InputError
from songtor_proto.vocabulary import vocabulary
from songtor_web.dates import date_text
from songtor_web.pictures.genogram.model import ONE_WAY, PARENT, Family
from songtor_web.pictures.kinship import as_read


class Relative(NamedTuple):
    """One in the list beneath the picture, and how they are called there."""

    person: Person
    name: str
    relation: str


class Offer(NamedTuple):
    """What can be added to somebody: in words, where; or who is that already."""

    words: str
    path: str


@dataclass(frozen=True, slots=True)
class House:
    """The case of a visit as its genogram needs it."""

    visit: Visit
    at: At
    record: CaseRecord

    @property
    def base(self) -> str:
        return f"/cases/{self.at.case.code}/genogram"

    @property
    def people(self) -> list[Person]:
        return [self.record.client, *self.record.people]

    def family(self, *, names: bool = True) -> Family:
        today = self.at.now.astimezone().date()
        return picture(self.record, today, lang=self.visit.lang, names=names)

    def relative(self, person: Person) -> Relative:
        client = str(self.visit.t("pictures.genogram_client"))
        relation = as_read(person.relation, self.visit.t) or client
        return Relative(person, called_for(person, self.at.by, self.visit.lang), relation)

    def says(self, key: str) -> str:
        """A person in a line; one who was taken out by a word for that."""
        person = next((one for one in self.people if one.key == key), None)
        if person is None:
            return str(self.visit.t("genogram.gone"))
        _, name, relation = self.relative(person)
        return f"{relation} ({name})" if name else relation

    def person(self) -> Person:
        """Whom the path numbers, the client too. InputError("not_here")."""
        wanted = number(self.visit.params["number"])
        found = next((one for one in self.people if one.id == wanted), None)
        if found is None:
            raise InputError("not_here", field="number")
        return found

    def facts(self, person: Person) -> str:
        """Where sex, birth and death are changed."""
        return f"{self.base}/{person.id}/facts" if person.relation else f"{self.base}/client"

    def offers(self, person: Person) -> list[Offer]:
        there = {one.key: one for one in self.people}
        parents = [there[key] for key in family.parents_of(self.record, person.key)]
        made = []
        for act in family.OFFERED:
            said = self.visit.t(f"genogram.add_{act}")
            known = next(
                (one for one in parents if act in ("mother", "father") and one.sex == family.ACTS[act].sex),
                None,
            )
            if known:
                words = self.visit.t("genogram.known_already", what=said)
                made.append(Offer(str(words), f"{self.base}/{known.id}"))
            else:
                made.append(Offer(str(said), f"{self.base}/{person.id}/add/{act}"))
        return made


def house(visit: Visit, at: At) -> House:
    return House(visit, at, read_record(at.session, at.case))


class TieRow(NamedTuple):
    words: str
    kind: str
    years: str
    path: str


def tie_row(here: House, tie: Tie) -> TieRow:
    visit = here.visit
    term = vocabulary().ties.get(tie.kind)
    key = "genogram.tie_parent" if term and term.group == PARENT else "genogram.tie"
    said = visit.t(key, one=here.says(tie.one), other=here.says(tie.other)).unescape()
    since, until = (date_text(one, visit.lang) for one in (tie.since, tie.until))
    years = f"{since}–{until}" if until else since
    return TieRow(said, label(visit.lang, "ties", tie.kind), years, f"{here.base}/ties/{tie.id}")


def tie_of(here: House, key: str, tie: Tie) -> TieRow:
    """As it is told on one person's page: the other, and which way it goes."""
    row, visit = tie_row(here, tie), here.visit
    term = vocabulary().ties.get(tie.kind)
    first = tie.one == key
    way = ""
    if term and term.group == PARENT:
        way = "genogram.is_child" if first else "genogram.is_parent"
    elif tie.kind in ONE_WAY:
        way = "genogram.to_them" if first else "genogram.from_them"
    kind = str(visit.t(way)) if tie.kind == "birth" else f"{visit.t(way)} · {row.kind}" if way else row.kind
    return row._replace(words=here.says(tie.other if first else tie.one), kind=kind)
