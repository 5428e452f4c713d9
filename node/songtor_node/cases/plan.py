"""The plan of a case: its goals, and their way through the stages of a journey of services.

It goes back and forth; each move is kept, and so is a no.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from songtor_node.cases import history
from songtor_node.cases.entries import TouchPoint
from songtor_node.cases.models import Case, Goal, GoalMove
from songtor_node.workers import Worker
from songtor_proto.errors import InputError
from songtor_proto.vocabulary import vocabulary

USUAL_MONTHS = 12
"""A goal is usually reached within 6 to 12 months; a later day is free, and said."""


def goals(session: Session, case: Case) -> Sequence[Goal]:
    """Oldest first."""
    return session.exec(select(Goal).where(Goal.case_id == case.id).order_by(col(Goal.id))).all()


def moves(session: Session, goal: Goal) -> Sequence[GoalMove]:
    """Oldest first; not those of a goal that had the same number before."""
    query = select(GoalMove).where(GoalMove.goal_id == goal.id, col(GoalMove.at) >= goal.at)
    return session.exec(query.order_by(col(GoalMove.id))).all()


def moves_by_goal(session: Session, case: Case) -> Mapping[int, Sequence[GoalMove]]:
    """Of every goal that the case has now, by its number."""
    begun = {goal.id: goal.at for goal in goals(session, case)}
    query = select(GoalMove).where(GoalMove.case_id == case.id).order_by(col(GoalMove.id))
    found: dict[int, list[GoalMove]] = defaultdict(list)
    for move in session.exec(query):
        if move.goal_id in begun and move.at >= begun[move.goal_id]:
            found[move.goal_id].append(move)
    return found


def to_stage(session: Session, goal: Goal, stage: str, *, reason: str, by: Worker, now: datetime) -> None:
    """Forward is free, back needs a reason; who moves on has taken up what was refused.

    InputError: unknown_code, reason_missing.
    """
    order = stages()
    if stage not in order:
        raise InputError("unknown_code", field="stage")
    if stage == goal.stage and not goal.refusal:
        return
    if order.index(stage) < order.index(goal.stage) and not reason.strip():
        raise InputError("reason_missing", field="reason")
    _began(session, goal)
    goal.stage, goal.refusal = stage, ""
    _move(session, goal, reason, by, now)


def refuse(session: Session, goal: Goal, words: str, *, by: Worker, now: datetime) -> None:
    """The client or guardian says no to it, in their words. InputError("reason_missing")."""
    if not words.strip():
        raise InputError("reason_missing", field="refusal")
    _began(session, goal)
    goal.refusal = words.strip()
    _move(session, goal, words, by, now, refused=True)


def points(goal: Goal) -> list[TouchPoint]:
    return [TouchPoint.model_validate(one) for one in goal.steps]


def mark(session: Session, goal: Goal, place: int, *, done: bool, by: Worker, now: datetime) -> None:
    """The touch point at that place (from 0) was begun, or done, today; one that is done without a beginning
    began today too. Said before, it stays. InputError("not_here")."""
    if not 0 <= place < len(goal.steps):
        raise InputError("not_here", field="place")
    point = dict(goal.steps[place])
    today = now.astimezone().date().isoformat()
    point["started"] = point.get("started") or today
    if done:
        point["done"] = point.get("done") or today
    steps = [*goal.steps[:place], point, *goal.steps[place + 1 :]]
    history.correct(session, goal, {"steps": steps}, by=by, now=now)


def move_up(session: Session, goal: Goal, place: int, *, by: Worker, now: datetime) -> None:
    """The touch point at that place (from 0) and the one before it change places. InputError("not_here")."""
    if not 1 <= place < len(goal.steps):
        raise InputError("not_here", field="place")
    steps = [*goal.steps]
    steps[place - 1 : place + 1] = [steps[place], steps[place - 1]]
    history.correct(session, goal, {"steps": steps}, by=by, now=now)


def ends(point: TouchPoint) -> date | None:
    """The day by which it is expected to be done; None where that is not known."""
    if not (point.started and point.days):
        return None
    return date.fromisoformat(point.started) + timedelta(days=point.days)


def expected(goal: Goal) -> list[date]:
    """The days by which its touch points under way are expected to be done."""
    return [end for one in points(goal) if not one.done and (end := ends(one))]


def point_late(point: TouchPoint, today: date) -> bool:
    """Begun, not done, and longer under way than was expected."""
    end = ends(point)
    return end is not None and not point.done and end < today


def took(point: TouchPoint, today: date) -> int | None:
    """Days that it took, or has taken so far; None where it has not begun."""
    if not point.started:
        return None
    until = date.fromisoformat(point.done) if point.done else today
    return max(0, (until - date.fromisoformat(point.started)).days)


def overdue(goal: Goal, today: date) -> bool:
    """Its day has passed, and it is neither reached nor refused nor ended."""
    return bool(goal.due) and goal.due < today.isoformat() and is_open(goal)


def late_points(goal: Goal, today: date) -> list[int]:
    """Places of those that are late, as long as the goal is open."""
    return [place for place, one in enumerate(points(goal)) if is_open(goal) and point_late(one, today)]


def is_far(goal: Goal) -> bool:
    """Its day lies more than twelve months after it was set."""
    begun = goal.at.astimezone().date()
    return bool(goal.due) and date.fromisoformat(goal.due) > _months_after(begun, USUAL_MONTHS)


def is_whole(goal: Goal) -> bool:
    """Somebody signed it, and each of its touch points is done."""
    return bool(goal.signed) and not undone(goal)


def undone(goal: Goal) -> list[str]:
    """What its touch points say that are not done."""
    return [one.what for one in points(goal) if not one.done]


def needed_information(goals: Iterable[Goal]) -> dict[str, list[str]]:
    """By data category the touch points, not done yet, of open goals that need it."""
    found: dict[str, list[str]] = defaultdict(list)
    for goal in goals:
        for point in points(goal) if is_open(goal) else ():
            for category in point.information if not point.done else ():
                found[category].append(point.what)
    return dict(found)


def is_open(goal: Goal) -> bool:
    return goal.stage != stages()[-1] and not goal.refusal and not goal.outcome


def stages() -> list[str]:
    """Codes, from the first to the last."""
    return list(vocabulary().journey_stages)


def _months_after(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))


def _began(session: Session, goal: Goal) -> None:
    """Its first move also keeps where it stood before, where that was not at the beginning."""
    if goal.stage != stages()[0] and not moves(session, goal):
        assert goal.id is not None
        began = GoalMove(case_id=goal.case_id, goal_id=goal.id, stage=goal.stage, by=goal.by, at=goal.at)
        session.add(began)
        session.flush()


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
