"""A case as an ordinary file: what `case import` reads and `case show --json` gives back."""

from __future__ import annotations

from typing import Annotated, TypeVar

from pydantic import BeforeValidator, Field

from songtor_node.cases.entries import (
    Connection,
    Event,
    Fact,
    FollowUp,
    Goal,
    Incident,
    Meeting,
    Note,
    Person,
    Problem,
    Relative,
    TeleSession,
    Threat,
    Tie,
    Unsafe,
    Work,
)
from songtor_node.forms import Code, EmptyList, Filled, Form, Line, Prose, load, one_of

T = TypeVar("T")
_Block = BeforeValidator(lambda value: {} if value is None else value)
Several = Annotated[tuple[T, ...], EmptyList, Field(max_length=500)]
Kinds = Annotated[
    tuple[Annotated[Code, one_of("assistance_kinds"), Filled], ...], EmptyList, Field(max_length=20)
]


class Request(Form):
    text: Prose = ""
    kinds: Kinds = ()


class Urgency(Form):
    """Set above the worst petal, with a reason."""

    level: Annotated[Code, one_of("threat_levels")] = ""
    reason: Line = ""


class Health(Form):
    physical: Prose = ""
    mental: Prose = ""
    disability: Prose = ""


class LegalStatus(Form):
    residence: Prose = ""
    proceedings: Prose = ""


class Finances(Form):
    income: Prose = ""
    entitlements: Prose = ""
    debts: Prose = ""


class Education(Form):
    level: Line = ""
    text: Prose = ""


class Assessment(Form):
    """What lies behind the problems, in words; and who took part in judging it."""

    causes: Prose = ""
    team: Prose = ""


class CaseHead(Form):
    """What a case says once."""

    target_group: Annotated[Code, one_of("target_groups")] = ""
    channel: Annotated[Code, one_of("channels")] = ""
    referrer: Annotated[Code, one_of("referrers")] = ""
    request: Annotated[Request, _Block] = Request()
    narrative: Prose = ""
    urgency: Annotated[Urgency, _Block] = Urgency()
    client: Annotated[Person, _Block] = Person()
    health: Annotated[Health, _Block] = Health()
    legal_status: Annotated[LegalStatus, _Block] = LegalStatus()
    finances: Annotated[Finances, _Block] = Finances()
    education: Annotated[Education, _Block] = Education()
    assessment: Annotated[Assessment, _Block] = Assessment()
    unsafe: Annotated[tuple[Unsafe, ...], EmptyList, Field(max_length=30)] = ()


class CaseFile(CaseHead):
    """A whole case. Nothing must be filled."""

    people: Several[Relative] = ()
    ties: Several[Tie] = ()
    connections: Several[Connection] = ()
    problems: Several[Problem] = ()
    threats: Several[Threat] = ()
    facts: Several[Fact] = ()
    visits: Several[Meeting] = ()
    events: Several[Event] = ()
    incidents: Several[Incident] = ()
    goals: Several[Goal] = ()
    work: Several[Work] = ()
    sessions: Several[TeleSession] = ()
    follow_ups: Several[FollowUp] = ()
    notes: Several[Note] = ()


def read_case(content: bytes) -> CaseFile:
    """The case in a file; InputError naming the field and line at fault."""
    return load(CaseFile, content)
