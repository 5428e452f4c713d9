"""The people of a new case: who was named as family in a referral, and who is drawn in its genogram. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

from google.protobuf.json_format import MessageToDict

from songtor_node.cases.entries import CLIENT
from songtor_proto.wire.payload_pb2 import Facts, Relative
from songtor_web.pictures import received
from songtor_web.pictures.genogram.model import Person, Tie
from songtor_web.texts import shared

Values = dict[str, Any]
"""Of an entry's form."""


def birth_year(facts: Facts) -> str:
    """The client's, as the genogram has it; empty where it has none."""
    return next((person.birth_year for person in facts.genogram.people if person.index), "")


def family(facts: Facts) -> tuple[list[Values], list[Values]]:
    """People and ties. Somebody named and somebody drawn are taken for one where only one of each is that to
    the client; whom the genogram alone has stays without a name."""
    named = [_named(person) for person in facts.family]
    said = MessageToDict(facts.genogram, preserving_proto_field_name=True)
    drawn = received.genogram(said, shared("th"), date.max)
    how_many = Counter(who["relation"] for who in named)
    alike = Counter(person.relation for person in drawn.people)
    found = list(named)
    for person in drawn.people:
        if person.index:
            continue
        if how_many[person.relation] == alike[person.relation] == 1:
            same = next(who for who in named if who["relation"] == person.relation)
            same |= _about(person) | {"lives_with_client": same["lives_with_client"] or person.household}
        else:
            found.append({"relation": person.relation, **_about(person)})
    keys = {person.key: CLIENT if person.index else _key(person) for person in drawn.people}
    return found, [_tie(tie, keys) for tie in drawn.ties]


def _named(person: Relative) -> Values:
    """(How to reach a relative is not said with the channel that a case wants.)"""
    script = "name_latin" if person.name.isascii() else "name_thai"
    return {
        "relation": person.relation,
        script: person.name,
        "guardian": person.guardian,
        "lives_with_client": person.lives_with_client,
    }


def _about(person: Person) -> Values:
    return {
        "key": _key(person),
        "sex": person.sex,
        "born": person.born,
        "birth_date": person.birth,
        "deceased": person.deceased,
        "death_date": person.death,
        "lives_with_client": person.household,
    }


def _tie(tie: Tie, keys: Mapping[str, str]) -> Values:
    ends = {"one": keys.get(tie.one, ""), "other": keys.get(tie.other, "")}
    return {**ends, "kind": tie.kind, "since": tie.since, "until": tie.until}


def _key(person: Person) -> str:
    return f"g{person.key}"
