"""One case with everything in it, read at one moment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from songtor_node.cases import entries, flower
from songtor_node.cases.casefile import CaseFile, CaseHead
from songtor_node.cases.kinds import KINDS
from songtor_node.cases.models import (
    Case,
    Closing,
    Connection,
    Entry,
    Event,
    Fact,
    FollowUp,
    Goal,
    Incident,
    Meeting,
    Note,
    Person,
    Problem,
    StepTaken,
    TeleSession,
    Threat,
    Tie,
    Work,
)
from songtor_node.forms import Form
from songtor_proto.vocabulary import vocabulary

_TABLES: dict[str, type[Entry]] = {kind.several: kind.table for kind in KINDS.values()} | {
    "steps": StepTaken,
    "closings": Closing,
}
_BATCH = 500


@dataclass(frozen=True, slots=True)
class CaseRecord:
    """Entries are oldest first, problems most pressing first, events in the order of their dates."""

    case: Case
    client: Person
    people: Sequence[Person]
    ties: Sequence[Tie]
    connections: Sequence[Connection]
    problems: Sequence[Problem]
    threats: Sequence[Threat]
    facts: Sequence[Fact]
    visits: Sequence[Meeting]
    events: Sequence[Event]
    incidents: Sequence[Incident]
    goals: Sequence[Goal]
    work: Sequence[Work]
    sessions: Sequence[TeleSession]
    follow_ups: Sequence[FollowUp]
    notes: Sequence[Note]
    steps: Sequence[StepTaken]
    closings: Sequence[Closing]

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
    return read_records(session, [case])[0]


def read_records(session: Session, cases: Sequence[Case]) -> list[CaseRecord]:
    """In the order of `cases`, with a few queries for many."""
    found: list[CaseRecord] = []
    for start in range(0, len(cases), _BATCH):
        batch = cases[start : start + _BATCH]
        rows = {name: _by_case(session, table, batch) for name, table in _TABLES.items()}
        found += [_record(case, {name: by_case[case.id] for name, by_case in rows.items()}) for case in batch]
    return found


def _by_case(
    session: Session, table: type[Entry], cases: Sequence[Case]
) -> defaultdict[int | None, list[Any]]:
    grouped: defaultdict[int | None, list[Any]] = defaultdict(list)
    for row in session.exec(_rows_of(table), params={"cases": [case.id for case in cases]}):
        grouped[row.case_id].append(row)
    return grouped


@cache
def _rows_of(table: type[Entry]) -> SelectOfScalar[Entry]:
    """The statement that reads the rows of some `cases`."""
    some = col(table.case_id).in_(bindparam("cases", expanding=True))
    return select(table).where(some).order_by(col(table.id))


def _record(case: Case, rows: dict[str, list[Any]]) -> CaseRecord:
    people = rows.pop("people")
    return CaseRecord(
        case=case,
        client=next(person for person in people if not person.relation),
        people=[person for person in people if person.relation],
        problems=sorted(rows.pop("problems"), key=lambda problem: problem.rank),
        events=sorted(rows.pop("events"), key=lambda event: (not event.when, event.when)),
        **rows,
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
