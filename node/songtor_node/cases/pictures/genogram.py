"""From the people of a case and their ties to its genogram. Pure."""

from __future__ import annotations

from datetime import date

from songtor_node.cases.models import Person, Tie
from songtor_node.cases.names import called, hiding
from songtor_node.cases.record import CaseRecord
from songtor_proto.vocabulary import vocabulary
from songtor_web.pictures.genogram import model
from songtor_web.pictures.kinship import as_read
from songtor_web.texts import shared


def picture(record: CaseRecord, today: date, *, lang: str, names: bool = True) -> model.Family:
    """As it is known today. Without names, who is named in what somebody is to the client gives way to what
    they are themselves, and of births and deaths the year alone is told."""
    hide, t = str if names else hiding(record), shared(lang)
    together = any(person.lives_with_client for person in record.people)
    return model.Family(
        people=[
            _person(person, number, lang, names, as_read(hide(person.relation), t), together)
            for number, person in enumerate((record.client, *record.people))
        ],
        ties=[of_tie(tie) for tie in record.ties],
        today=today,
    )


def of_tie(tie: Tie) -> model.Tie:
    term = vocabulary().ties.get(tie.kind)
    return model.Tie(
        one=tie.one,
        other=tie.other,
        kind=tie.kind,
        group=term.group if term else "",
        since=tie.since,
        until=tie.until,
    )


def _person(
    person: Person, number: int, lang: str, names: bool, relation: str, together: bool
) -> model.Person:
    client = not person.relation
    return model.Person(
        key=person.key,
        number=number,
        name=called(person, lang) if names else "",
        relation=relation,
        sex=person.sex,
        born=person.born,
        birth=person.birth_date if names else person.birth_date[:4],
        death=person.death_date if names else person.death_date[:4],
        deceased=person.deceased,
        index=client,
        household=person.lives_with_client or (client and together),
    )
