"""Counting cases, answers and follow-ups. A count so small that it could be somebody is not told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median
from typing import Any

from sqlmodel import Session, col, func, select

from songtor_node.cases.models import Case, FollowUp, Problem, StepTaken, Work
from songtor_node.cases.steps import FIRST
from songtor_node.referrals.models import Referral
from songtor_proto.times import to_ms

FEWEST = 5
"""Below it a count is told as "fewer than five"."""
_FIRST_HOURS = (24, 72, 336)


@dataclass(frozen=True, slots=True)
class Figures:
    """Of the cases taken in from the first day to the last; counts by code, months as `2026-11`."""

    cases: int
    by_step: Mapping[str, int]
    by_problem: Mapping[str, int]
    by_channel: Mapping[str, int]
    by_month: Mapping[str, int]
    answered: int
    median_hours: float | None
    within: Mapping[int, int]
    due: int
    kept: int
    referrals: int
    completed: int


def told(count: int) -> int | None:
    """The count, or None where it is one to four: it could point at somebody."""
    return None if 0 < count < FEWEST else count


def split(counts: Mapping[str, int]) -> dict[str, int | None]:
    """A sum's parts as they are told: with a small one the smallest of the others is withheld too, or the
    sum would give it away."""
    few = {code for code, count in counts.items() if told(count) is None}
    others = [code for code, count in counts.items() if count >= FEWEST]
    if few and others:
        few.add(min(others, key=lambda code: counts[code]))
    return {code: None if code in few else count for code, count in counts.items()}


def within_each_other(*counts: int) -> list[int | None]:
    """Each is a part of the one before: withheld where it is small, or what it lacks of the last that is
    told."""
    said: list[int | None] = []
    whole = 0
    for count in counts:
        missing = told(abs(whole - count)) if said else 0
        said.append(None if missing is None else told(count))
        whole = count if said[-1] is not None else whole
    return said


def months(first: date, last: date) -> list[str]:
    """Every month from the first to the last, `2026-11`."""
    begun, ended = first.year * 12 + first.month - 1, last.year * 12 + last.month - 1
    return [f"{number // 12}-{number % 12 + 1:02}" for number in range(begun, ended + 1)]


def figures(session: Session, first: date, last: date, today: date) -> Figures:
    """`last` is within. Months and days are those of this machine's time."""
    begin, end = _midnight(first), _midnight(date.fromordinal(last.toordinal() + 1))
    within = (col(Case.at) >= begin, col(Case.at) < end)
    began = dict(session.exec(select(Case.id, Case.at).where(*within)).all())
    by_month = dict.fromkeys(months(first, last), 0)
    for at in began.values():
        by_month[f"{at.astimezone():%Y-%m}"] += 1
    waits = _waits(session, began)
    kept, due = _follow_ups(session, first, last, today)
    sent = session.exec(
        select(Referral.outcome).where(
            col(Referral.outgoing), col(Referral.created_at) >= begin, col(Referral.created_at) < end
        )
    ).all()
    return Figures(
        cases=len(began),
        by_step=_by(session, Case.step, within),
        by_problem=_by(session, Problem.code, within, joined=True),
        by_channel=_by(session, Case.channel, within),
        by_month=by_month,
        answered=len(waits),
        median_hours=median(waits) if waits else None,
        within={hours: sum(wait <= hours for wait in waits) for hours in _FIRST_HOURS},
        due=due,
        kept=kept,
        referrals=len(sent),
        completed=sum(bool(outcome) for outcome in sent),
    )


def _midnight(day: date) -> datetime:
    """Where the day begins on this machine."""
    return datetime(day.year, day.month, day.day).astimezone()


def _by(session: Session, column: Any, within: Sequence[Any], *, joined: bool = False) -> dict[str, int]:
    query = select(column, func.count(func.distinct(Case.id))).where(*within).group_by(column)
    if joined:
        query = query.join(Case, col(Case.id) == col(Problem.case_id))
    return {code: count for code, count in session.exec(query) if code}


def _waits(session: Session, began: Mapping[int | None, datetime]) -> list[float]:
    """Hours from intake to the first thing that was done for the client."""
    firsts: dict[int | None, datetime] = {}
    for table, when, more in (
        (StepTaken, StepTaken.at, [StepTaken.step != FIRST]),
        (Work, Work.at, []),
        (FollowUp, FollowUp.at, [FollowUp.done != ""]),
        (Referral, Referral.created_at, [col(Referral.outgoing)]),
    ):
        query = select(table.case_id, func.min(when)).where(*more).group_by(col(table.case_id))
        for case_id, at in session.exec(query):
            if case_id in began and (case_id not in firsts or at < firsts[case_id]):
                firsts[case_id] = at
    return [(to_ms(at) - to_ms(began[case_id])) / 3_600_000 for case_id, at in firsts.items()]


def _follow_ups(session: Session, first: date, last: date, today: date) -> tuple[int, int]:
    """Kept, of those that were due: done on their day or before."""
    until = min(last, today).isoformat()
    query = select(FollowUp.due, FollowUp.done).where(
        col(FollowUp.due) >= first.isoformat(), col(FollowUp.due) <= until
    )
    rows = session.exec(query).all()
    return sum(bool(done) and done <= due for due, done in rows), len(rows)
