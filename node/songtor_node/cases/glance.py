"""A case at a glance: what the list of cases asks of it, in one narrow row, renewed with every change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Field, Session, col, delete, func, select

from songtor_node.cases import flower, plan
from songtor_node.cases.models import Assignment, Case, FollowUp, Goal, Person, Problem, TeleSession, Threat
from songtor_node.cases.steps import LAST
from songtor_node.store.base import Row
from songtor_node.workers import SEES_ALL, Worker, may_see
from songtor_proto.errors import PeerError
from songtor_proto.vocabulary import vocabulary

PAGE = 25
ORDERS = ("urgency", "newest", "next")
STATES = ("open", "closed", "all")
_LATE = "9999"  # nothing is due: behind all that is


class Glance(Row, table=True):
    """`urgency` counts from the worst level; `next_on` is a day, `next_what` follow_up, session,
    goal or step."""

    __tablename__ = "glance"

    case_id: int = Field(foreign_key="case.id", primary_key=True, ondelete="CASCADE")
    step: str
    channel: str
    closed: bool
    urgency: int = Field(index=True)
    next_on: str = Field(default=_LATE, index=True)
    next_what: str = ""


class Filter(Row, table=True):
    """How a worker last wanted the list. Empty is any."""

    __tablename__ = "case_filter"

    worker: str = Field(foreign_key="worker.code", primary_key=True)
    step: str = ""
    problem: str = ""
    threat: str = ""
    channel: str = ""
    mine: bool = False
    state: str = STATES[0]
    order: str = ORDERS[0]


def renew(session: Session, numbers: Sequence[int]) -> None:
    """Writes anew the rows of these cases; none of a case that is no more."""
    levels = list(vocabulary().threat_levels)
    session.exec(delete(Glance).where(col(Glance.case_id).in_(numbers)))
    cases = session.exec(select(Case).where(col(Case.id).in_(numbers))).all()
    threats, due = _grouped(session, Threat, numbers), _due(session, numbers)
    for case in cases:
        assert case.id is not None
        petals = flower.petals(threats[case.id])
        worst = flower.urgency((petal.level for petal in petals), case.urgency.get("level", ""), order=levels)
        on, what = min(due[case.id], default=(_LATE, ""))
        session.add(
            Glance(
                case_id=case.id,
                step=case.step,
                channel=case.channel,
                closed=case.step == LAST,
                urgency=levels.index(worst),
                next_on=on,
                next_what=what,
            )
        )
    session.flush()


def _due(session: Session, numbers: Sequence[int]) -> defaultdict[int, list[tuple[str, str]]]:
    found: defaultdict[int, list[tuple[str, str]]] = defaultdict(list)
    for number, rows in _grouped(session, FollowUp, numbers).items():
        found[number] += [(one.due, "follow_up") for one in rows if not one.done]
    for number, rows in _grouped(session, TeleSession, numbers).items():
        found[number] += [
            (one.starts.astimezone().date().isoformat(), "session") for one in rows if one.state == "planned"
        ]
    for number, rows in _grouped(session, Goal, numbers).items():
        awaited = [one for one in rows if plan.is_open(one)]
        found[number] += [(one.due, "goal") for one in awaited if one.due]
        found[number] += [(end.isoformat(), "step") for one in awaited for end in plan.expected(one)]
    return found


def _grouped(session: Session, table: Any, numbers: Sequence[int]) -> defaultdict[int, list[Any]]:
    rows: defaultdict[int, list[Any]] = defaultdict(list)
    for row in session.exec(select(table).where(table.case_id.in_(numbers)).order_by(table.id)):
        rows[row.case_id].append(row)
    return rows


# The list


def page(
    session: Session, worker: Worker, wanted: Filter, number: int
) -> tuple[list[tuple[Case, Glance, Person]], int]:
    """The cases of that page (from 1) that the worker may see, each with its client; and how many there are
    in all. PeerError("not_allowed") for a role without case content."""
    if not may_see(worker.role, assigned=True):
        raise PeerError("not_allowed")
    which = _which(worker, wanted)
    total = session.exec(select(func.count()).select_from(Glance).where(*which)).one()
    order: dict[str, Any] = {
        "urgency": (Glance.urgency, Glance.next_on, col(Glance.case_id).desc()),
        "newest": (col(Glance.case_id).desc(),),
        "next": (Glance.next_on, Glance.urgency, col(Glance.case_id).desc()),
    }
    query = select(Glance).where(*which).order_by(*order[wanted.order])
    rows = session.exec(query.offset((number - 1) * PAGE).limit(PAGE)).all()
    numbers = [row.case_id for row in rows]
    cases = {case.id: case for case in session.exec(select(Case).where(col(Case.id).in_(numbers)))}
    people = select(Person).where(col(Person.case_id).in_(numbers), Person.relation == "")
    clients = {person.case_id: person for person in session.exec(people)}
    return [(cases[row.case_id], row, clients[row.case_id]) for row in rows], total


def _which(worker: Worker, wanted: Filter) -> list[Any]:
    which: list[Any] = []
    if worker.role not in SEES_ALL or wanted.mine:
        mine = select(Assignment.case_id).where(Assignment.worker == worker.code)
        which.append(col(Glance.case_id).in_(mine))
    if wanted.state != "all":
        which.append(col(Glance.closed).is_(wanted.state == "closed"))
    if wanted.step:
        which.append(Glance.step == wanted.step)
    if wanted.channel:
        which.append(Glance.channel == wanted.channel)
    if wanted.threat:
        which.append(Glance.urgency == list(vocabulary().threat_levels).index(wanted.threat))
    if wanted.problem:
        which.append(col(Glance.case_id).in_(select(Problem.case_id).where(Problem.code == wanted.problem)))
    return which


def due_on(glance: Glance, now: datetime) -> tuple[str, str]:
    """The day of what is next, and its state: overdue, due (today) or later; empty where nothing is."""
    if glance.next_on == _LATE:
        return "", ""
    today = now.astimezone().date().isoformat()
    state = "overdue" if glance.next_on < today else "due" if glance.next_on == today else "later"
    return glance.next_on, state
