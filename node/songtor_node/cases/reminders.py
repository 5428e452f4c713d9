"""What comes due in the cases that a worker may see: follow-ups, visits, sessions, goals of a plan and their
touch points."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import true
from sqlmodel import Session, col, func, select

from songtor_node.cases import plan
from songtor_node.cases.models import Assignment, Case, Entry, FollowUp, Goal, Meeting, TeleSession
from songtor_node.cases.steps import LAST
from songtor_node.workers import SEES_ALL, SEES_NONE, Worker

SOON = timedelta(days=7)
GRACE = timedelta(hours=1)  # a session that has just begun is not late
MOST = 100  # of a kind


@dataclass(frozen=True, slots=True)
class Reminder:
    """`what`: follow_up, visit, session, goal or step. `state`: overdue, due (today) or soon. `on` is a
    day, `at` the time of a session; `path` where to go."""

    case: str
    what: str
    state: str
    on: date
    label: str
    path: str
    at: datetime | None = None


def state(due: date, today: date) -> str:
    """overdue, due, soon (within seven days); nothing where it is later."""
    if due <= today:
        return "overdue" if due < today else "due"
    return "soon" if due <= today + SOON else ""


def of_day(due: str, today: date) -> str:
    """The state of a day as it is written."""
    return state(date.fromisoformat(due), today)


def due(session: Session, worker: Worker, now: datetime) -> list[Reminder]:
    """The most late first. `label`: a code of follow_up_methods or dimensions, of a session nothing."""
    if worker.role in SEES_NONE:
        return []
    found = [*_follow_ups(session, worker, now), *_visits(session, worker, now)]
    found += [*_sessions(session, worker, now), *_goals(session, worker, now), *_steps(session, worker, now)]
    return sorted(found, key=lambda one: (one.on, one.at is None, one.case))


def _follow_ups(session: Session, worker: Worker, now: datetime) -> Iterator[Reminder]:
    today = now.astimezone().date()
    until = (today + SOON).isoformat()
    query = _seen(FollowUp, worker).where(FollowUp.done == "", FollowUp.due <= until).order_by(FollowUp.due)
    for one, code in _rows(session, query):
        on = date.fromisoformat(one.due)
        path = f"/cases/{code}/follow-ups/{one.id}/done"
        yield Reminder(code, "follow_up", state(on, today), on, one.method, path)


def _visits(session: Session, worker: Worker, now: datetime) -> Iterator[Reminder]:
    """Those that are planned for a whole day."""
    today = now.astimezone().date()
    until = (today + SOON).isoformat()
    query = _seen(Meeting, worker).where(Meeting.state == "planned", Meeting.when <= until)
    for one, code in _rows(session, query.order_by(Meeting.when)):
        if len(one.when) == len(until):
            on = date.fromisoformat(one.when)
            yield Reminder(code, "visit", state(on, today), on, one.method, f"/cases/{code}/visits/{one.id}")


def _sessions(session: Session, worker: Worker, now: datetime) -> Iterator[Reminder]:
    today = now.astimezone().date()
    query = _seen(TeleSession, worker).where(TeleSession.state == "planned", TeleSession.starts <= now + SOON)
    for one, code in _rows(session, query.order_by(col(TeleSession.starts))):
        on = one.starts.astimezone().date()
        late = now > one.starts + timedelta(minutes=one.minutes) + GRACE
        path = f"/cases/{code}/telecare/{one.id}"
        yield Reminder(code, "session", "overdue" if late else state(on, today), on, "", path, one.starts)


def _goals(session: Session, worker: Worker, now: datetime) -> Iterator[Reminder]:
    today = now.astimezone().date()
    query = _seen(Goal, worker).where(Goal.due != "", Goal.due <= today.isoformat(), Case.step != LAST)
    for one, code in _rows(session, query.order_by(Goal.due)):
        if plan.is_open(one):
            on = date.fromisoformat(one.due)
            yield Reminder(code, "goal", state(on, today), on, one.dimension, f"/cases/{code}/plan/{one.id}")


def _steps(session: Session, worker: Worker, now: datetime) -> Iterator[Reminder]:
    """Touch points that are under way for as long as was expected, or longer, the most late first."""
    today = now.astimezone().date()
    each = func.json_each(Goal.steps).table_valued("value", name="each")
    started, days, done = (
        func.json_extract(each.c.value, f"$.{name}") for name in ("started", "days", "done")
    )
    ends = func.date(started, func.printf("+%d days", days))
    query = _seen(Goal, worker).join(each, true()).add_columns(ends)
    query = query.where(started != "", days > 0, done == "", ends <= today.isoformat(), Case.step != LAST)
    for goal, code, end in session.exec(query.order_by(ends).limit(MOST)):
        if plan.is_open(goal):
            on = date.fromisoformat(end)
            yield Reminder(
                code, "step", state(on, today), on, goal.dimension, f"/cases/{code}/plan/{goal.id}"
            )


def _seen(table: type[Entry], worker: Worker) -> Any:
    query = select(table, Case.code).join(Case, col(Case.id) == table.case_id)
    if worker.role in SEES_ALL:
        return query
    mine = select(Assignment.case_id).where(Assignment.worker == worker.code)
    return query.where(col(table.case_id).in_(mine))


def _rows(session: Session, query: Any) -> Iterable[tuple[Any, str]]:
    found: Sequence[tuple[Any, str]] = session.exec(query.limit(MOST)).all()
    return found
