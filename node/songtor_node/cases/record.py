"""One case with everything in it, read at one moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlmodel import Session, col, select

from songtor_node.cases import entries, flower
from songtor_node.cases.casefile import CaseFile, CaseHead
from songtor_node.cases.kinds import KINDS
from songtor_node.cases.models import (
    Case,
    Entry,
    Event,
    Fact,
    FollowUp,
    Incident,
    Note,
    Person,
    Problem,
    StepTaken,
    Threat,
    Work,
)
from songtor_node.forms import Form
from songtor_proto.vocabulary import vocabulary

E = TypeVar("E", bound=Entry)


@dataclass(frozen=True, slots=True)
class CaseRecord:
    """Entries are oldest first, problems most pressing first."""

    case: Case
    client: Person
    people: Sequence[Person]
    problems: Sequence[Problem]
    threats: Sequence[Threat]
    facts: Sequence[Fact]
    events: Sequence[Event]
    incidents: Sequence[Incident]
    work: Sequence[Work]
    follow_ups: Sequence[FollowUp]
    notes: Sequence[Note]
    steps: Sequence[StepTaken]

    @property
    def petals(self) -> tuple[Threat, ...]:
        return flower.petals(self.threats)

    @property
    def urgency(self) -> str:
        """A code of threat_levels; `unknown` where no petal is judged."""
        levels = (petal.level for petal in self.petals)
        return flower.urgency(
            levels, self.case.urgency.get("level", ""), order=list(vocabulary().threat_levels)
        )

    @property
    def unsafe(self) -> frozenset[str]:
        """Categories that it would be dangerous to pass on."""
        return frozenset(entry["category"] for entry in self.case.unsafe)


def read_record(session: Session, case: Case) -> CaseRecord:
    assert case.id is not None

    def of(table: type[E]) -> Sequence[E]:
        return session.exec(select(table).where(table.case_id == case.id).order_by(col(table.id))).all()

    people = of(Person)
    return CaseRecord(
        case=case,
        client=next(person for person in people if not person.relation),
        people=[person for person in people if person.relation],
        problems=sorted(of(Problem), key=lambda problem: problem.rank),
        threats=of(Threat),
        facts=of(Fact),
        events=sorted(of(Event), key=lambda event: event.when),
        incidents=of(Incident),
        work=of(Work),
        follow_ups=of(FollowUp),
        notes=of(Note),
        steps=of(StepTaken),
    )


def as_form(record: CaseRecord) -> CaseFile:
    """The case as a case file says it: importing it makes an equal case."""
    head = {name: getattr(record.case, name) for name in CaseHead.model_fields if name != "client"}
    lists = {
        name: [_fields(row, kind.form) for row in getattr(record, name)]
        for name, kind in ((kind.several, kind) for kind in KINDS.values())
    }
    return CaseFile.model_validate({**head, "client": _fields(record.client, entries.Person), **lists})


def _fields(row: Entry, form: type[Form]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in form.model_fields}
