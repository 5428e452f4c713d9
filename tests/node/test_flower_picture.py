"""From judgements to flowers: the present one, those before, and what was told since a moment."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from songtor_node.cases import entries, service
from songtor_node.cases.pictures.flower import history, picture, subjects, told_since
from songtor_node.workers import acting
from songtor_web.pictures.flower.model import OPEN
from tests.support.casework import Desk, desk

BABY = {"relation": "ลูก", "birth_date": "2026-01"}
TODAY = date(2026, 11, 20)


def judge(at: Desk, days: float, dimension: str, level: str, **more: Any) -> None:
    """So many days after the case was taken in."""
    form = entries.Threat.model_validate({"dimension": dimension, "level": level, **more})
    with at.session() as session:
        by = acting(session, "malee")
        now = at.clock.now + timedelta(days=days)
        service.add(session, at.case(session), "threat", form, by=by, now=now)


def test_a_flower_of_each_day_that_changed_it(tmp_path: Path) -> None:
    """As it stood at the day's end; a day on which everything stayed is none."""
    with desk(tmp_path / "node") as at:
        judge(at, 0, "health", "red")
        judge(at, 0.01, "health", "yellow")
        judge(at, 3, "health", "yellow", reason="still")
        judge(at, 9, "social", "green")
        found = history(at.record(), TODAY)
    assert [one.levels["client", "health"] for one in found] == ["yellow", "yellow"]
    assert [one.levels["client", "social"] for one in found] == [OPEN, "green"]
    days = [date.fromisoformat(one.on) for one in found]
    assert days[1] - days[0] == timedelta(days=9)


def test_the_present_flower_and_what_was_told_since(tmp_path: Path) -> None:
    """The newest judgement counts, with its reason; since a moment only what came after it."""
    with desk(tmp_path / "node") as at:
        judge(at, 0, "health", "red", reason="coughs")
        judge(at, 1, "health", "green", reason="well again")
        judge(at, 1, "social", "yellow")
        record = at.record()
    now = picture(record, TODAY)
    assert now.levels["client", "health"] == "green"
    assert [one.reason for one in now.rings[0].petals] == ["", "", "well again", ""]
    since = picture(record, TODAY, told=told_since(record, record.threats[1].id or 0))
    assert sorted(since.levels.values()) == [OPEN, OPEN, OPEN, "yellow"]


@pytest.mark.parametrize(
    ("case", "whose"),
    [
        ({}, ("client",)),
        ({"client": {"nickname": "ดาว", "birth_date": "2014"}}, ("child", "guardian")),
        ({"client": {"nickname": "หนู", "birth_date": "2026-10"}}, ("child", "guardian")),
        ({"people": [{**BABY, "lives_with_client": True}]}, ("child", "guardian")),
        ({"people": [BABY]}, ("client",)),
        ({"threats": [{"subject": "child", "dimension": "health", "level": "red"}]}, ("child", "guardian")),
    ],
)
def test_whose_petals_are_asked(tmp_path: Path, case: dict[str, Any], whose: tuple[str, ...]) -> None:
    """Child and guardian where the client is a child, even newborn, or one lives with them or was judged."""
    with desk(tmp_path / "node", **case) as at:
        assert subjects(at.record(), TODAY) == whose
