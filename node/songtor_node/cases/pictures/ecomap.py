"""From a case's people and connections to its ecomap. Pure."""

from __future__ import annotations

from songtor_node.cases.models import Connection, Person
from songtor_node.cases.names import called, hiding
from songtor_node.cases.record import CaseRecord
from songtor_web.pictures.ecomap import model

PRIVATE = frozenset({"relative", "friend", "neighbour", "work", "housing", "other"})
"""Kinds (of `around`) whose name is a person's, or gives one away."""


def picture(record: CaseRecord, *, lang: str, names: bool = True) -> model.Ecomap:
    """Without names, people are what they are to the client, and a private person is their kind. What is of
    somebody who lives elsewhere is the household's, and says whose; of nobody in the case, it is left out."""
    hide = str if names else hiding(record)
    home = household(record)
    within, elsewhere = {one.key for one in home}, {one.key: hide(one.relation) for one in record.people}

    def around(one: Connection) -> model.Connection:
        name = "" if one.kind in PRIVATE and not names else hide(one.name)
        if one.whom not in within and one.whom:
            name = " · ".join(filter(None, (name, elsewhere[one.whom])))
        return model.Connection(
            number=one.id or 0,
            kind=one.kind,
            name=name,
            whom=one.whom if one.whom in within else model.HOUSEHOLD,
            strength=one.strength,
            flow=one.flow,
            note=hide(one.note),
        )

    return model.Ecomap(
        [
            model.Member(one.key, _name(one, lang) if names else "", hide(one.relation), one.sex)
            for one in home
        ],
        [around(one) for one in record.connections if one.whom in {"", *within, *elsewhere}],
    )


def _name(person: Person, lang: str) -> str:
    """There is room for a short one."""
    return person.nickname or called(person, lang)


def household(record: CaseRecord) -> list[Person]:
    """The client, and who lives with them."""
    living = [one for one in record.people if one.lives_with_client and not (one.deceased or one.born)]
    return [record.client, *living]
