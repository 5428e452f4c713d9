"""From a case's plan to its journey of services. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime

from songtor_node.cases import plan
from songtor_node.cases.entries import TouchPoint
from songtor_node.cases.models import Goal, GoalMove
from songtor_node.cases.names import hiding
from songtor_node.cases.pictures.flower import subjects
from songtor_node.cases.record import CaseRecord
from songtor_proto.vocabulary import policy, vocabulary
from songtor_web.pictures.journey import model

Moves = Mapping[int, Sequence[GoalMove]]
"""Of each goal by its number, oldest first."""


def picture(
    record: CaseRecord,
    moves: Moves,
    today: date,
    *,
    lang: str,
    names: bool = True,
    workers: Mapping[str, Collection[str]] | None = None,
    href: Callable[[Goal], str] = lambda goal: "",
) -> model.Journey:
    """As it stands today. Without names, who is named in it gives way to what they are to the client, or to
    what stands for one of the `workers`; of who does it only the latter is said, and nobody's name as who
    signed."""
    hide = str if names else hiding(record, workers)
    done_by = str if names else _only(workers or {}, hide)
    return model.Journey(
        today=today,
        dimensions=list(vocabulary().dimensions),
        stages=list(vocabulary().journey_stages),
        subjects=subjects(record, today),
        goals=[
            _goal(goal, moves.get(goal.id or 0, ()), today, lang, names, hide, done_by, href(goal))
            for goal in record.goals
        ],
    )


def _goal(
    goal: Goal,
    moves: Sequence[GoalMove],
    today: date,
    lang: str,
    names: bool,
    hide: Callable[[str], str],
    done_by: Callable[[str], str],
    href: str,
) -> model.Goal:
    points, late = plan.points(goal), plan.late_points(goal, today)
    begun = [one.started for one in points if one.started]
    outcome = vocabulary().goal_outcomes.get(goal.outcome)
    return model.Goal(
        key=str(goal.id),
        subject=goal.subject,
        dimension=goal.dimension,
        text=hide(goal.text),
        stage=goal.stage,
        begun=min([_day(goal.at), *map(date.fromisoformat, begun)]),
        due=_known(goal.due),
        late=plan.overdue(goal, today),
        refused=bool(goal.refusal),
        refusal=hide(goal.refusal),
        ended=outcome.label(lang) if outcome else "",
        signed_on=_day(datetime.fromisoformat(goal.signed["at"])) if goal.signed else None,
        signed_by=goal.signed.get("name", "") if names else "",
        moves=[model.Move(_day(one.at), one.stage, one.refused, hide(one.reason)) for one in moves],
        stations=[
            _station(one, lang, hide, done_by, late=number in late) for number, one in enumerate(points)
        ],
        href=href,
    )


def _station(
    point: TouchPoint, lang: str, hide: Callable[[str], str], done_by: Callable[[str], str], *, late: bool
) -> model.Station:
    return model.Station(
        what=hide(point.what),
        agency=hide(point.agency),
        who=done_by(point.who),
        information=[policy().categories[code].label(lang) for code in point.information],
        bring=hide(point.bring),
        days=point.days,
        started=_known(point.started),
        done=_known(point.done),
        late=late,
    )


def _only(words: Collection[str], hide: Callable[[str], str]) -> Callable[[str], str]:
    return lambda who: hidden if (hidden := hide(who)) in words else ""


def _day(moment: datetime) -> date:
    return moment.astimezone().date()


def _known(day: str) -> date | None:
    return date.fromisoformat(day) if day else None
