"""A case as facts that could be disclosed, and the values that free text must not carry unseen. Pure.

What of it leaves is decided elsewhere, by the rule that both sides share; here nothing is held back but how
to reach a person who is the danger."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TypeVar

from google.protobuf.message import Message

from songtor_node.cases.flower import UNKNOWN
from songtor_node.cases.models import Person
from songtor_node.cases.nameless import genogram, timeline
from songtor_node.cases.record import CaseRecord
from songtor_proto.consent import least_age
from songtor_proto.wire.payload_pb2 import (
    Contact,
    Demographics,
    Education,
    Facts,
    Finances,
    Health,
    IdentityNumber,
    Incident,
    LegalStatus,
    Name,
    Place,
    Relative,
    Request,
    Service,
    Threat,
)

M = TypeVar("M", bound=Message)

_BANDS = (
    (0, "0-6"),
    (7, "7-12"),
    (13, "13-17"),
    (18, "18-24"),
    (25, "25-39"),
    (40, "40-59"),
    (60, "60-74"),
    (75, "75+"),
)


def age_band(birth_date: str, today: date) -> str:
    """The band of the least age that someone of that (partial) date can have; empty where it is not known."""
    age = least_age(birth_date, "", today)
    return "" if age is None else [band for least, band in _BANDS if age >= least][-1]


def facts(record: CaseRecord, today: date) -> Facts:
    """Everything of the case that the schema can say, as of today."""
    case, client = record.case, record.client
    return Facts(
        case_code=case.code,
        request=_some(Request(**case.request)),
        demographics=Demographics(
            sex=client.sex,
            age_band=age_band(client.birth_date, today),
            languages=client.languages,
            nationality=client.nationality,
            target_group=case.target_group,
        ),
        place=_some(Place(city=client.city, region=client.region, country=client.country)),
        problems=[problem.code for problem in record.problems],
        threats=[
            Threat(subject=petal.subject, dimension=petal.dimension, level=petal.level)
            for petal in record.petals
            if petal.level != UNKNOWN
        ],
        services=[
            Service(kind=work.kind, practice_form=work.practice_form, agency=work.agency, date=work.when)
            for work in record.work
        ],
        name=_some(Name(thai=client.name_thai, latin=client.name_latin)),
        birth_date=client.birth_date,
        contacts=[_contact(contact) for contact in client.contacts],
        address=client.address,
        identity_numbers=[
            IdentityNumber(kind=number["kind"], number=number["number"], country=number["country"])
            for number in client.identity_numbers
        ],
        family=[_relative(person, today) for person in record.people],
        genogram=genogram(record),
        timeline=timeline(record),
        finances=_some(Finances(**case.finances)),
        education=_some(Education(**case.education)),
        narrative=case.narrative,
        incidents=[
            Incident(when=incident.when, text=incident.text, perpetrator=incident.perpetrator)
            for incident in record.incidents
        ],
        health=_some(Health(**case.health)),
        legal_status=_some(LegalStatus(**case.legal_status)),
        religion=client.religion,
    )


def known_values(record: CaseRecord) -> dict[str, tuple[str, ...]]:
    """Who and where its people are, by data category: free text is searched for these values (M7)."""
    values: dict[str, set[str]] = {}
    for person in (record.client, *record.people):
        name = "name" if person is record.client else "family"
        for category, found in (
            (name, [person.name_thai, person.name_latin, person.nickname]),
            ("birth_date", [person.birth_date]),
            ("contact", [contact["value"] for contact in person.contacts]),
            ("place", [person.city, person.region]),
            ("address", [person.address]),
            ("identity_number", [number["number"] for number in person.identity_numbers]),
        ):
            values.setdefault(category, set()).update(filter(None, found))
    return {category: tuple(sorted(found)) for category, found in values.items() if found}


def _relative(person: Person, today: date) -> Relative:
    """Who is the danger is named, so that the recipient is warned, but never as someone to turn to (C6)."""
    return Relative(
        relation=person.relation,
        name=person.name_thai or person.name_latin,
        age_band=age_band(person.birth_date, today),
        guardian=person.guardian and not person.danger,
        lives_with_client=person.lives_with_client,
        contact="" if person.danger else _first_value(person),
    )


def _first_value(person: Person) -> str:
    return next((str(contact["value"]) for contact in person.contacts if contact["value"]), "")


def _contact(contact: Mapping[str, str]) -> Contact:
    """What may be said to whoever answers belongs to how it is safe."""
    safe = " · ".join(filter(None, (contact["safe"], contact.get("say", ""))))
    return Contact(channel=contact["channel"], value=contact["value"], safe=safe)


def _some(message: M) -> M | None:
    """The message, unless it says nothing: then the fact is unknown, not empty."""
    return message if message.ByteSize() else None
