"""Closing a case and opening it again, on the pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from songtor_node.consents.models import Consent
from songtor_node.referrals.models import Referral
from songtor_proto.wire import envelope_pb2 as wire
from tests.support.casework import Desk, desk
from tests.support.node import NOW

CASE = {
    "goals": [{"dimension": "health", "text": "Sleeps at night"}],
    "follow_ups": [
        {"method": "phone_call", "due": "2026-11-01", "done": "2026-11-02", "result": "She is well"},
        {"method": "officer_visit", "due": "2026-12-24"},
    ],
    "sessions": [{"starts": "2026-12-01T10:00Z"}],
}
END = {
    "outcome": "assisted",
    "reason": "Goals met",
    "summary": "Has a room and work",
    "satisfaction": "I can sleep",
}


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path / "node", **CASE) as made:
        yield made


def test_what_is_still_open_is_a_list_and_no_block(at: Desk) -> None:
    """Follow-ups and sessions to come are named; the case can be closed all the same."""
    page = at.malee.get(at.path("/closure")).text
    assert "Still open" in page
    assert "24 Dec 2026" in page
    assert "/telecare/" in page
    assert "She is well" in page
    assert at.malee.post(at.path("/closure/end"), END).status_code == 303
    assert at.record().case.step == "closure"


def test_referrals_and_consents_that_are_open_are_named(at: Desk) -> None:
    """Those under way and those that hold; what a referral came to, and who sent the case."""
    with at.session() as session:
        case = at.case(session)
        case.origin = "TH00-7K3M-Q9XM"
        for number, (reference, state, outcome) in enumerate(
            (
                ("DE01-AAAA-AAAA", wire.STATE_ACCEPTED, ""),
                ("DE01-BBBB-BBBB", wire.STATE_COMPLETED, "assisted"),
            )
        ):
            session.add(
                Referral(
                    task=bytes([number]), thread=bytes([number]), version=1, reference=reference,
                    outgoing=True, peer="TH-00", case_id=case.id, purpose="advice", urgency=1, state=state,
                    outcome=outcome, created_at=NOW, expires_at=NOW, respond_by=NOW, terms=b"", payload=None,
                )
            )  # fmt: skip
        holds = NOW + timedelta(days=9, hours=-9)  # until that day begins
        for code, ends in (("K-AAAAA", holds), ("K-BBBBB", NOW - timedelta(days=9))):
            session.add(
                Consent(
                    code=code, case_id=case.id or 0, basis="consent", jurisdiction="DE", citation="x",
                    purpose="advice", liaison_sight=False, given_at=NOW, expires_at=ends, by="malee",
                )
            )  # fmt: skip
    page = at.malee.get(at.path("/closure")).text
    _, reported, open_ones = re.split("What the referrals came to|Still open", page)
    assert "/referrals/DE01-BBBB-BBBB" in reported
    assert "/referrals/DE01-AAAA-AAAA" in open_ones
    assert "DE01-BBBB" not in open_ones
    assert "/consents/K-AAAAA" in open_ones
    assert "K-BBBBB" not in page
    assert "28 Nov 2026" in open_ones  # the last day, as the client was told
    assert "/referrals/TH00-7K3M-Q9XM" in page


def test_each_goal_has_its_outcome(at: Desk) -> None:
    """Said on its own screen, shown on the closing's; a goal is not taken out from there."""
    path = at.path(f"/closure/goals/{at.record().goals[0].id}")
    assert "/out" not in at.malee.get(path).text
    said = {"outcome": "partly", "outcome_text": "Most nights"}
    assert at.malee.post(path, said).headers["location"].startswith(at.path("/closure"))
    assert at.record().goals[0].outcome == "partly"
    assert "Partly met" in at.malee.get(at.path("/closure")).text


def test_the_end_is_told_in_the_clients_words_too(at: Desk) -> None:
    """Outcome, reason, summary, satisfaction; the last follow-up's result is where the summary begins."""
    assert "She is well" in at.malee.get(at.path("/closure/end")).text
    assert at.malee.post(at.path("/closure/end"), {**END, "outcome": ""}).status_code == 422
    at.malee.post(at.path("/closure/end"), END)
    page = at.malee.get(at.path("/closure")).text
    assert all(words in page for words in ("Assisted", "Goals met", "Has a room and work", "I can sleep"))
    assert at.malee.post(at.path("/closure/end"), END).status_code == 422
    (closing,) = at.record().closings
    assert closing.by == "malee"


def test_a_closed_case_s_home_says_so_and_offers_to_open_it_again(at: Desk) -> None:
    """The outcome, not the next thing to do; a step that was skipped was not done."""
    at.malee.post(at.path("/closure/end"), END)
    home = at.malee.get(at.path("")).text
    assert "This case is closed" in home
    assert "Assisted" in home
    assert at.path("/closure/reopen") in home
    assert "Not known yet" not in home
    assert 'class="step-done"' in home  # the intake
    assert 'class="step-skipped"' in home


def test_a_list_without_open_cases_leads_to_the_closed(at: Desk) -> None:
    """Nobody reads that no case is theirs after closing the last one."""
    at.malee.post(at.path("/closure/end"), END)
    page = at.malee.get("/cases").text
    assert "No open cases" in page
    assert "See the closed case" in page
    at.malee.post("/cases", {"state": "closed"})
    assert at.code in at.malee.get("/cases").text


def test_a_closed_case_opens_again_with_a_reason(at: Desk) -> None:
    """Back to fact finding; the closing before stays; an open case has nothing to reopen."""
    path = at.path("/closure/reopen")
    assert at.malee.post(path, {"reason": "x"}).status_code == 422
    at.malee.post(at.path("/closure/end"), END)
    assert at.malee.post(path, {"reason": "  "}).status_code == 422
    assert at.malee.post(path, {"reason": "He came back"}).status_code == 303
    record = at.record()
    assert record.case.step == "fact_finding"
    assert (record.steps[-1].reason, record.steps[-1].by) == ("He came back", "malee")
    assert "I can sleep" in at.malee.get(at.path("/closure")).text
    assert at.malee.post(at.path("/closure/end"), END).status_code == 303
    assert len(at.record().closings) == 2
