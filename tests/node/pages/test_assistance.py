"""Help given, on the pages: what kind, whose, hours, cost; and what it came to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from songtor_node.cases.models import Work
from songtor_node.cases.totals import totals
from tests.support.casework import desk
from tests.support.node import NOW

WORK = {
    "kind": "welfare",
    "practice_form": "problem_solving",
    "when": "2026-11-18",
    "text": "Paid the room",
    "who": "Malee",
    "agency": "Temple",
    "hours": "1.5",
    "cost": "1,250.50",
    "currency": "EUR",
}


def test_help_is_noted_with_hours_and_cost(tmp_path: Path) -> None:
    """Money as people write it; shown with its currency, in the list and in the sums."""
    with desk(tmp_path / "node") as at:
        assert at.malee.post(at.path("/assistance/add"), WORK).status_code == 303
        more = {**WORK, "hours": "๒", "cost": "12,50", "currency": "THB"}
        assert at.malee.post(at.path("/assistance/add"), more).status_code == 303
        page = at.malee.get(at.path("/assistance")).text
        assert "1,250.50 EUR" in page
        assert "12.50 THB" in page
        assert ">3.5<" in page
        assert "Paid the room" in page


def test_cost_without_its_currency_is_asked_again(tmp_path: Path) -> None:
    """The node's own country's money stands first in the list."""
    with desk(tmp_path / "node") as at:
        answer = at.malee.post(at.path("/assistance/add"), {**WORK, "currency": ""})
        assert answer.status_code == 422
        assert 'href="#f-currency"' in answer.text
        assert "1,250.50" in answer.text
        assert answer.text.index('value="EUR"') < answer.text.index('value="THB"')
        assert at.malee.post(at.path("/assistance/add"), {**WORK, "cost": "much"}).status_code == 422
        assert not at.record().work


def test_what_was_noted_can_be_corrected_and_taken_out(tmp_path: Path) -> None:
    """What is shown to correct is what was saved."""
    with desk(tmp_path / "node", work=[{"kind": "legal", "practice_form": "protection"}]) as at:
        number = at.record().work[0].id
        assert at.malee.post(at.path(f"/assistance/{number}"), WORK).status_code == 303
        page = at.malee.get(at.path(f"/assistance/{number}")).text
        assert 'value="1250.5"' in page
        assert "Paid the room" in page
        at.malee.post(at.path(f"/assistance/{number}/out"))
        assert not at.record().work


@pytest.mark.parametrize("count", [0, 1, 10])
def test_sums_are_exact_and_never_across_currencies(count: int) -> None:
    """Ten times 0.10 are 1.00."""

    def work(**said: Any) -> Work:
        return Work(case_id=1, by="malee", at=NOW, kind="legal", **said)

    rows = [work(practice_form="protection", hours=0.1, cost=0.1, currency="EUR")] * count
    found = totals([*rows, work(practice_form="prevention", cost=5, currency="THB")])
    assert str(found.costs.get("EUR", 0)) == str(count / 10 if count else 0)
    assert found.costs["THB"] == 5
    assert found.hours == count / 10
    assert found.forms.get("protection", 0) == count
    assert found.forms["prevention"] == 1
