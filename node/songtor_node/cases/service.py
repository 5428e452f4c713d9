"""What people do with a case. Each act is one call in the caller's transaction, by a worker, at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlmodel import Session, col, delete, func, select

from songtor_node.cases import entries, flower, history, keys, steps
from songtor_node.cases.casefile import CaseFile, CaseHead, Urgency
from songtor_node.cases.kinds import KINDS
from songtor_node.cases.models import (
    Assignment,
    Case,
    Entry,
    Fact,
    FollowUp,
    Look,
    Person,
    Problem,
    StepTaken,
)
from songtor_node.cases.record import CaseRecord, read_record, read_records
from songtor_node.codes import new_code
from songtor_node.forms import Form
from songtor_node.workers import SEES_ALL, Worker, acting, may_see
from songtor_proto.errors import InputError, PeerError
from songtor_proto.times import Random
from songtor_proto.vocabulary import vocabulary

E = TypeVar("E", bound=Entry)


def create(
    session: Session, form: CaseFile, *, by: Worker, now: datetime, random: Random, origin: str = ""
) -> Case:
    """A new case at intake with all that the form says; it is assigned to who made it.

    InputError: urgency, reason_missing. PeerError("not_allowed") for a role without case content.
    """
    if not may_see(by.role, assigned=True):
        raise PeerError("not_allowed")
    _check_urgency(form, (threat.level for threat in form.threats))
    head = form.model_dump(include=CaseHead.model_fields.keys() - {"client"})
    case = Case(
        **head,
        code=new_code(session, "C", Case.code, random),
        step=steps.FIRST,
        origin=origin,
        by=by.code,
        at=now,
    )
    keys.number_items(case)
    session.add(case)
    session.flush()
    client = _row(Person, form.client, case, by, now)
    client.key = entries.CLIENT
    keys.number_items(client)
    session.add(client)
    session.add(StepTaken(case_id=id_of(case), by=by.code, at=now, step=steps.FIRST))
    session.add(Assignment(case_id=id_of(case), by=by.code, at=now, worker=by.code))
    for name, kind in KINDS.items():
        for entry in getattr(form, kind.several):
            add(session, case, name, entry, by=by, now=now)
    return case


def find(session: Session, code: str, worker: str, *, what: str, now: datetime) -> tuple[Case, Worker]:
    """The case of that code, for a worker who may see it; the look is recorded as `what`.

    InputError("not_here") where there is none; PeerError: worker, not_allowed.
    """
    by = acting(session, worker)
    case = session.exec(select(Case).where(Case.code == code.upper())).one_or_none()
    if by.role not in SEES_ALL and (case is None or not may_see_case(session, case, by)):
        raise PeerError("not_allowed")
    if case is None:
        raise InputError("not_here", field="case")
    session.add(Look(case_id=id_of(case), by=by.code, at=now, what=what))
    return case, by


def may_see_case(session: Session, case: Case, worker: Worker) -> bool:
    """Whether the worker may: by role, or by role and assignment."""
    return may_see(worker.role, assigned=worker.role not in SEES_ALL and _assigned(session, case, worker))


def listing(session: Session, worker: str) -> Sequence[CaseRecord]:
    """The cases that the worker may see, oldest first."""
    by = acting(session, worker)
    if not may_see(by.role, assigned=True):
        raise PeerError("not_allowed")
    query = select(Case).order_by(col(Case.id))
    if by.role not in SEES_ALL:
        query = query.where(col(Case.id).in_(select(Assignment.case_id).where(Assignment.worker == by.code)))
    return read_records(session, session.exec(query).all())


def add(session: Session, case: Case, kind: str, entry: Form, *, by: Worker, now: datetime) -> Entry:
    """One entry of a kind of `KINDS`; a problem goes to the end of the ranking."""
    more: dict[str, Any] = {}
    if kind == "problem":
        more["rank"] = session.exec(select(func.count()).where(Problem.case_id == case.id)).one() + 1
    row = _row(KINDS[kind].table, entry, case, by, now, **more)
    if isinstance(row, Fact) and row.verification != "unverified":
        row.verified_by, row.verified_at = by.code, now
    if isinstance(row, FollowUp) and row.done:
        row.done_by = by.code
    keys.number_items(row)
    session.add(row)
    session.flush()
    keys.name(session, row)
    return row


def amend(session: Session, case: Case, form: CaseHead, *, by: Worker, now: datetime) -> None:
    """Replaces what the case says once: request, narrative, client, health ... InputError as in `create`."""
    record = read_record(session, case)
    _check_urgency(form, (petal.level for petal in record.petals))
    history.correct(session, case, form.model_dump(exclude={"client"}), by=by, now=now)
    history.correct(session, record.client, form.client.model_dump(), by=by, now=now)


def verify(
    session: Session, case: Case, number: int, *, verification: str, how: str, by: Worker, now: datetime
) -> None:
    """What came of checking the fact of that number (from 1, oldest first). InputError: not_here,
    reason_missing."""
    checked(session, _numbered(session, Fact, case, number), verification, how, by=by, now=now)


def checked(session: Session, fact: Fact, verification: str, how: str, *, by: Worker, now: datetime) -> None:
    """What came of checking it. InputError("reason_missing") where it is not said how."""
    if not how.strip():
        raise InputError("reason_missing", field="how")
    found = {"verification": verification, "how": how.strip(), "verified_by": by.code, "verified_at": now}
    history.correct(session, fact, found, by=by, now=now)


def finish(
    session: Session,
    case: Case,
    number: int,
    *,
    result: str,
    condition: str = "",
    by: Worker,
    now: datetime,
) -> None:
    """The follow-up of that number (from 1, oldest first) was done today. InputError as in `verify`, and
    unknown_code."""
    if condition and condition not in vocabulary().conditions:
        raise InputError("unknown_code", field="condition")
    row = _numbered(session, FollowUp, case, number)
    followed_up(session, row, result=result, condition=condition, by=by, now=now)


def followed_up(
    session: Session, follow_up: FollowUp, *, result: str, condition: str = "", by: Worker, now: datetime
) -> None:
    """It was done, today where nobody said so before, with that result or how the client is now.
    InputError("reason_missing") where neither is said."""
    if not (result.strip() or condition):
        raise InputError("reason_missing", field="result")
    done = follow_up.done or now.astimezone().date().isoformat()
    said = {"done": done, "result": result.strip(), "condition": condition}
    history.correct(session, follow_up, said, by=by, now=now)
    follow_up.done_by = follow_up.done_by or by.code


def rerank(session: Session, case: Case, problem: int, *, up: bool) -> None:
    """The problem of that id changes places with the one above or below it; ranks run from 1 again.
    InputError("not_here")."""
    query = select(Problem).where(Problem.case_id == case.id).order_by(col(Problem.rank), col(Problem.id))
    ranked = list(session.exec(query))
    here = next((place for place, one in enumerate(ranked) if one.id == problem), None)
    if here is None:
        raise InputError("not_here", field="problem")
    there = here + (-1 if up else 1)
    if 0 <= there < len(ranked):
        ranked[here], ranked[there] = ranked[there], ranked[here]
    for rank, one in enumerate(ranked, 1):
        one.rank = rank
    session.flush()


def set_urgency(session: Session, case: Case, above: Urgency, *, by: Worker, now: datetime) -> None:
    """Above the worst petal, or no longer so. InputError as in `create`."""
    levels = (petal.level for petal in read_record(session, case).petals)
    flower.check_above(levels, above.level, above.reason, order=list(vocabulary().threat_levels))
    history.correct(session, case, {"urgency": above.model_dump()}, by=by, now=now)


def at_least(session: Session, case: Case, level: str, reason: str, *, by: Worker, now: datetime) -> None:
    """As urgent as that, where it is not so already. A level that is not known here changes nothing."""
    order = list(vocabulary().threat_levels)
    if level in order and order.index(level) < order.index(read_record(session, case).urgency):
        set_urgency(session, case, Urgency(level=level, reason=reason), by=by, now=now)


def take_step(session: Session, case: Case, step: str, *, reason: str, by: Worker, now: datetime) -> None:
    """InputError: unknown_code, step, reason_missing."""
    steps.may_follow(case.step, step, reason=reason, order=list(vocabulary().case_steps))
    case.step = step
    session.add(StepTaken(case_id=id_of(case), by=by.code, at=now, step=step, reason=reason.strip()))
    session.flush()


def assign(session: Session, case: Case, worker: str, *, by: Worker, now: datetime) -> None:
    """Lets a worker who sees only assigned cases see this one."""
    if not _assigned(session, case, acting(session, worker)):
        session.add(Assignment(case_id=id_of(case), by=by.code, at=now, worker=worker))
        session.flush()


def unassign(session: Session, case: Case, worker: str) -> None:
    """Takes back what `assign` gave; the look of whoever does it remains."""
    session.exec(
        delete(Assignment).where(col(Assignment.case_id) == case.id, col(Assignment.worker) == worker)
    )


def _check_urgency(form: CaseHead, petals: Iterable[str]) -> None:
    above = form.urgency
    flower.check_above(petals, above.level, above.reason, order=list(vocabulary().threat_levels))


def _row(table: type[E], entry: Form, case: Case, by: Worker, now: datetime, **more: Any) -> E:
    return table(**entry.model_dump(), **more, case_id=id_of(case), by=by.code, at=now)


def _numbered(session: Session, table: type[E], case: Case, number: int) -> E:
    rows = session.exec(select(table).where(table.case_id == case.id).order_by(col(table.id))).all()
    if not 1 <= number <= len(rows):
        raise InputError("not_here", field="number")
    return rows[number - 1]


def _assigned(session: Session, case: Case, worker: Worker) -> bool:
    query = select(Assignment.id).where(Assignment.case_id == case.id, Assignment.worker == worker.code)
    return session.exec(query).first() is not None


def client_of(session: Session, case: Case) -> Person:
    return session.exec(select(Person).where(Person.case_id == case.id, Person.relation == "")).one()


def id_of(case: Case) -> int:
    assert case.id is not None
    return case.id
