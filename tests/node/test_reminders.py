"""What comes due: overdue, today, soon; only in cases that a worker may see."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from songtor_node.bootstrap import Node
from songtor_node.cases import plan, reminders, service
from songtor_node.cases.casefile import CaseFile
from songtor_node.cases.models import Case, Goal
from songtor_node.store.engine import writing
from songtor_node.workers import acting
from tests.support.node import NOW, new_node

TODAY = NOW.astimezone().date()


def day(days: int) -> str:
    return (TODAY + timedelta(days=days)).isoformat()


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    made = new_node(tmp_path / "node")
    yield made
    made.close()


def create(session: Session, node: Node, **said: Any) -> Case:
    form = CaseFile.model_validate({"target_group": "thai_abroad", "channel": "line", **said})
    return service.create(session, form, by=acting(session, "malee"), now=NOW, random=node.random)


@pytest.mark.parametrize(
    ("days", "state"), [(-400, "overdue"), (-1, "overdue"), (0, "due"), (1, "soon"), (7, "soon"), (8, "")]
)
def test_a_day_is_late_today_or_soon(days: int, state: str) -> None:
    """Seven days ahead; what is later is not mentioned."""
    today = date(2026, 11, 20)
    assert reminders.state(today + timedelta(days=days), today) == state


def test_the_most_late_comes_first(node: Node) -> None:
    """Follow-ups, sessions and goals together; what is done, moved, reached or far away is not there."""
    with writing(node.engine) as session:
        case = create(
            session,
            node,
            follow_ups=[
                {"method": "phone_call", "due": day(3)},
                {"method": "officer_visit", "due": day(-2)},
                {"method": "video_call", "due": day(-9), "done": day(-9), "result": "well"},
                {"method": "video_call", "due": day(30)},
            ],
            sessions=[
                {"starts": (NOW + timedelta(hours=2)).isoformat()},
                {"starts": (NOW - timedelta(days=1)).isoformat(), "state": "missed"},
                {"starts": (NOW - timedelta(days=5)).isoformat()},
            ],
            goals=[
                {"dimension": "health", "text": "x", "due": day(-1)},
                {"dimension": "social", "text": "x", "due": day(-1), "stage": "completed"},
                {"dimension": "social", "text": "x", "due": day(-1), "refusal": "no"},
                {"dimension": "social", "text": "x", "due": day(2)},
            ],
        )
        found = reminders.due(session, acting(session, "malee"), NOW)
        assert [(one.what, one.state, one.label) for one in found] == [
            ("session", "overdue", ""),
            ("follow_up", "overdue", "officer_visit"),
            ("goal", "overdue", "health"),
            ("session", "due", ""),
            ("follow_up", "soon", "phone_call"),
        ]
        assert all(one.path.startswith(f"/cases/{case.code}/") for one in found)


def test_a_session_that_runs_is_not_late(node: Node) -> None:
    """Nor within the hour after its end."""
    with writing(node.engine) as session:
        create(session, node, sessions=[{"starts": NOW.isoformat(), "minutes": 60}])
        for minutes, state in ((0, "due"), (110, "due"), (121, "overdue")):
            found = reminders.due(session, acting(session, "malee"), NOW + timedelta(minutes=minutes))
            assert [one.state for one in found] == [state]


def test_only_of_cases_that_one_may_see(node: Node) -> None:
    """A volunteer's own cases; the administrator none."""
    with writing(node.engine) as session:
        malee = acting(session, "malee")
        mine = create(session, node, follow_ups=[{"method": "phone_call", "due": day(0)}])
        create(session, node, follow_ups=[{"method": "phone_call", "due": day(0)}])
        service.assign(session, mine, "somsri", by=malee, now=NOW)
        seen = {
            worker: [one.case for one in reminders.due(session, acting(session, worker), NOW)]
            for worker in ("malee", "somsri", "lek", "admin")
        }
        assert len(seen["malee"]) == 2
        assert (seen["somsri"], seen["lek"], seen["admin"]) == ([mine.code], [], [])


def test_a_goal_of_a_closed_case_reminds_nobody(node: Node) -> None:
    """A follow-up that was left open at closure still does: somebody promised to ask."""
    with writing(node.engine) as session:
        case = create(
            session,
            node,
            goals=[{"dimension": "health", "text": "x", "due": day(-1)}],
            follow_ups=[{"method": "phone_call", "due": day(0)}],
        )
        malee = acting(session, "malee")
        service.take_step(session, case, "closure", reason="moved away", by=malee, now=NOW)
        assert [one.what for one in reminders.due(session, malee, NOW)] == ["follow_up"]


def test_a_goal_with_a_number_that_was_used_before_has_its_own_way(node: Node) -> None:
    """Moves from before it was made are another's."""
    with writing(node.engine) as session:
        malee = acting(session, "malee")
        case = create(session, node, goals=[{"dimension": "health", "text": "x"}])
        (goal,) = plan.goals(session, case)
        plan.to_stage(session, goal, "agreed", reason="", by=malee, now=NOW)
        number = goal.id
        session.delete(goal)
        session.flush()
        later = NOW + timedelta(days=1)
        session.add(
            Goal(
                id=number, case_id=service.id_of(case), by="malee", at=later, dimension="social", text="y",
                stage="diagnosing",
            )
        )  # fmt: skip
        session.flush()
        (new,) = plan.goals(session, case)
        assert not plan.moves(session, new)


def test_a_step_that_takes_longer_than_expected_is_late(node: Node) -> None:
    """From the day by which it was expected; not one that is done, ahead, or of a goal that ended."""

    def step(begun: int, **said: Any) -> dict[str, Any]:
        return {"what": "x", "started": day(begun), "days": 10, **said}

    with writing(node.engine) as session:
        create(
            session,
            node,
            goals=[
                {
                    "dimension": "health",
                    "text": "x",
                    "steps": [
                        step(-10),
                        step(-30),
                        step(-30, done=day(-1)),
                        step(-9),
                        step(-30, days=0),
                        {"what": "ahead", "days": 3},
                    ],
                },
                {"dimension": "social", "text": "x", "refusal": "no", "steps": [step(-30)]},
            ],
        )
        found = reminders.due(session, acting(session, "malee"), NOW)
        assert [(one.what, one.state, one.on.isoformat()) for one in found] == [
            ("step", "overdue", day(-20)),
            ("step", "due", day(0)),
        ]
