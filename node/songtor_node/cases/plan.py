"""The plan of a case: its goals, and their way through the stages of a journey of services.

It goes back and forth; each move is kept, and so is a no.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlmodel import Session, col, select

from songtor_node.cases.models import Case, Goal, GoalMove
from songtor_node.workers import Worker
from songtor_proto.errors import InputError
from songtor_proto.vocabulary import vocabulary


def goals(session: Session, case: Case) -> Sequence[Goal]:
    """Oldest first."""
    return session.exec(select(Goal).where(Goal.case_id == case.id).order_by(col(Goal.id))).all()


def moves(session: Session, goal: Goal) -> Sequence[GoalMove]:
    """Oldest first; not those of a goal that had the same number before."""
    query = select(GoalMove).where(GoalMove.goal_id == goal.id, col(GoalMove.at) >= goal.at)
    return session.exec(query.order_by(col(GoalMove.id))).all()


def to_stage(session: Session, goal: Goal, stage: str, *, reason: str, by: Worker, now: datetime) -> None:
    """Forward is free, back needs a reason; who moves on has taken up what was refused.

    InputError: unknown_code, reason_missing.
    """
    order = list(vocabulary().journey_stages)
    if stage not in order:
        raise InputError("unknown_code", field="stage")
    if stage == goal.stage and not goal.refusal:
        return
    if order.index(stage) < order.index(goal.stage) and not reason.strip():
        raise InputError("reason_missing", field="reason")
    goal.stage, goal.refusal = stage, ""
    _move(session, goal, reason, by, now)


def refuse(session: Session, goal: Goal, words: str, *, by: Worker, now: datetime) -> None:
    """The client or guardian says no to it, in their words. InputError("reason_missing")."""
    if not words.strip():
        raise InputError("reason_missing", field="refusal")
    goal.refusal = words.strip()
    _move(session, goal, words, by, now, refused=True)


def overdue(goal: Goal, today: date) -> bool:
    """Its day has passed, and it is neither reached nor refused nor ended."""
    return bool(goal.due) and goal.due < today.isoformat() and is_open(goal)


def is_open(goal: Goal) -> bool:
    return goal.stage != list(vocabulary().journey_stages)[-1] and not goal.refusal and not goal.outcome


def _move(
    session: Session, goal: Goal, reason: str, by: Worker, now: datetime, *, refused: bool = False
) -> None:
    assert goal.id is not None
    session.add(
        GoalMove(
            case_id=goal.case_id,
            goal_id=goal.id,
            stage=goal.stage,
            refused=refused,
            reason=reason.strip(),
            by=by.code,
            at=now,
        )
    )
    session.flush()
