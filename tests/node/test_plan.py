"""The plan's rules: what a step takes, what is late, what was signed, and what its steps propose to tell."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from songtor_node.cases import entries, history, plan, signed
from songtor_node.cases.models import Goal
from songtor_node.referrals import suggest
from songtor_node.workers import acting
from songtor_proto.errors import InputError
from songtor_proto.remit import allowed, impersonal
from songtor_proto.vocabulary import policy
from tests.support.casework import Desk, desk
from tests.support.node import NOW

TODAY = NOW.astimezone().date()
STEADY = settings(deadline=None, derandomize=True, max_examples=200)
CATEGORIES = sorted(policy().categories)
PURPOSES = sorted(policy().purposes)
SEATS = ["TH-00/dwf", "TH-00/tsda", "TH-00/shelter-10", "TH-00/ops_fad", "TW-44"]


def step(**said: Any) -> dict[str, Any]:
    return entries.TouchPoint(what="Doctor", **said).model_dump()


def day(days: int) -> str:
    return (TODAY + timedelta(days=days)).isoformat()


def goal(**said: Any) -> Goal:
    made = {"dimension": "health", "text": "Sleep", "stage": "diagnosing", "case_id": 1, "by": "malee"}
    return Goal(**{**made, "at": NOW, "id": 1, **said})


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Desk]:
    goals = [{"dimension": "health", "text": "Sleep", "steps": [step(days=10), step()]}]
    with desk(tmp_path / "node", goals=goals) as made:
        yield made


@pytest.mark.parametrize(
    ("said", "late", "took"),
    [
        ({"started": day(-11), "days": 10}, True, 11),
        ({"started": day(-10), "days": 10}, False, 10),
        ({"started": day(-11), "days": 10, "done": day(0)}, False, 11),
        ({"started": day(-400)}, False, 400),
        ({"days": 10}, False, None),
    ],
)
def test_a_step_is_late_when_it_takes_longer_than_expected(
    said: dict[str, Any], late: bool, took: int | None
) -> None:
    """Not before it has begun, nor when it is done, nor where nobody said how long."""
    point = entries.TouchPoint(what="x", **said)
    assert (plan.point_late(point, TODAY), plan.took(point, TODAY)) == (late, took)
    assert plan.late_points(goal(steps=[point.model_dump()]), TODAY) == ([0] if late else [])
    assert not plan.late_points(goal(steps=[point.model_dump()], refusal="no"), TODAY)


def test_a_step_is_begun_and_done_with_today(at: Desk) -> None:
    """Done without a beginning began today too; said again changes nothing; former words are kept."""
    with at.session() as session:
        malee = acting(session, "malee")
        (one,) = plan.goals(session, at.case(session))
        plan.mark(session, one, 0, done=False, by=malee, now=NOW - timedelta(days=3))
        plan.mark(session, one, 0, done=False, by=malee, now=NOW)
        plan.mark(session, one, 0, done=True, by=malee, now=NOW)
        plan.mark(session, one, 1, done=True, by=malee, now=NOW)
        first, second = plan.points(one)
        assert (first.started, first.done) == (day(-3), day(0))
        assert (second.started, second.done) == (day(0), day(0))
        assert len(history.changes(session, one)) == 3
        with pytest.raises(InputError, match="not_here"):
            plan.mark(session, one, 2, done=True, by=malee, now=NOW)


def test_a_signature_brings_a_goal_to_its_stage(at: Desk) -> None:
    """And never back from a later one."""
    with at.session() as session:
        malee = acting(session, "malee")
        (one,) = plan.goals(session, at.case(session))
        signature = signed.Signature(by="guardian", name="mother", paper="7")
        assert signed.to_sign([one]) == [one]
        signed.sign(session, [one], signature, by=malee, now=NOW)
        assert (one.stage, one.signed["by"], one.signed["name"], one.signed["paper"]) == (
            "agreed", "guardian", "mother", "7",
        )  # fmt: skip
        assert not signed.to_sign([one])
        plan.to_stage(session, one, "in_service", reason="", by=malee, now=NOW)
        signed.sign(session, [one], signature, by=malee, now=NOW)
        assert one.stage == "in_service"
        assert [move.stage for move in plan.moves(session, one)] == ["agreed", "in_service"]


def test_who_signed_is_asked_again_when_the_words_change(at: Desk) -> None:
    """What is begun and done since then is no change of what was agreed."""
    with at.session() as session:
        malee = acting(session, "malee")
        (one,) = plan.goals(session, at.case(session))
        signed.sign(session, [one], signed.Signature(by="client", name="x"), by=malee, now=NOW)
        plan.mark(session, one, 0, done=True, by=malee, now=NOW)
        assert not signed.changed_since_signed(one)
        history.correct(session, one, {"text": "Sleep alone"}, by=malee, now=NOW)
        assert signed.changed_since_signed(one)
        assert signed.to_sign([one]) == [one]
        history.correct(session, one, {"text": "Sleep"}, by=malee, now=NOW)
        assert not signed.changed_since_signed(one)
        plan.to_stage(session, one, "diagnosing", reason="She asked", by=malee, now=NOW)
        assert signed.to_sign([one]) == [one]


def test_a_goal_that_began_further_on_keeps_where_it_began(at: Desk) -> None:
    """So that its first way back is seen as one."""
    with at.session() as session:
        malee = acting(session, "malee")
        (one,) = plan.goals(session, at.case(session))
        one.stage = "in_service"
        plan.to_stage(session, one, "agreed", reason="The clinic closed", by=malee, now=NOW)
        assert [
            (move.stage, move.reason) for move in plan.moves_by_goal(session, at.case(session))[one.id or 0]
        ] == [
            ("in_service", ""),
            ("agreed", "The clinic closed"),
        ]


@pytest.mark.parametrize(
    ("begun", "due", "far"),
    [
        ("2026-11-20", "2027-11-20", False),
        ("2026-11-20", "2027-11-21", True),
        ("2026-11-20", "", False),
        ("2024-02-29", "2025-02-28", False),
        ("2024-02-29", "2025-03-01", True),
    ],
)
def test_beyond_twelve_months_is_said(begun: str, due: str, far: bool) -> None:
    """The usual is within 6 to 12 months; a later day is free."""
    made = date.fromisoformat(begun)
    assert plan.is_far(goal(at=NOW.replace(year=made.year, month=made.month, day=made.day), due=due)) is far


def test_only_what_is_still_to_be_done_needs_information() -> None:
    """Steps that are done, and goals that are refused or reached, ask for nothing."""
    needs = [step(information=["health"]), step(information=["name"], done=day(0), started=day(0))]
    found = plan.needed_information(
        [
            goal(steps=needs),
            goal(steps=[step(information=["education"])], refusal="no"),
            goal(steps=[step(information=["education"])], stage="completed"),
        ]
    )
    assert found == {"health": ["Doctor"]}


@STEADY
@given(
    st.sets(st.sampled_from(CATEGORIES)),
    st.sets(st.sampled_from(CATEGORIES)),
    st.sets(st.sampled_from(CATEGORIES)),
    st.sampled_from(PURPOSES),
    st.sampled_from(SEATS),
)
def test_a_plan_proposes_nothing_beyond_policy_ground_and_safety(
    needed: set[str], covered: set[str], unsafe: set[str], purpose: str, to: str
) -> None:
    """M2, M4: ticked is only what says of nobody who they are; the rest is offered; a gap is named."""
    found = suggest.by_plan(
        policy(),
        {code: ["Doctor"] for code in needed},
        purpose=purpose,
        recipient=to,
        covered=covered,
        unsafe=unsafe,
    )
    may = allowed(policy(), purpose, to) - policy().always - unsafe
    assert set(found.ticked) | set(found.offered) == needed & may & covered
    assert set(found.ticked) <= impersonal(policy())
    assert not set(found.offered) & impersonal(policy())
    assert set(found.uncovered) == (needed & may) - covered
    assert set(found.why) <= needed
