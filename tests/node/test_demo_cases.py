"""The demo's files are ordinary input: each imports, has its ground, and hides something in its free text."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlmodel import Session

from songtor_node import workers
from songtor_node.cases import service
from songtor_node.cases.casefile import read_case
from songtor_node.cases.facts import facts, known_values
from songtor_node.cases.record import read_record
from songtor_node.consents import acts
from songtor_node.consents.form import ConsentForm
from songtor_node.consents.ground import House
from songtor_node.forms import load
from songtor_node.store.engine import writing
from songtor_node.workers import acting
from songtor_proto.findings import find
from songtor_proto.minimise import default_ticks, split
from songtor_proto.vocabulary import jurisdictions, policy, vocabulary
from tests.support.node import NOW, new_node

CASES = Path(__file__).parents[1] / "demo" / "cases"
SEATS = {"de": "DE-01", "tw": "TW-44", "us": "US-20"}
NAMES = sorted(path.stem for path in CASES.glob("*.yaml") if path.stem[:2] in SEATS and "." not in path.stem)
FOUND = {"de-confined-wife", "tw-fraud", "tw-trafficking"}
"""Whose summary carries a number or name that is withheld."""


def stand_by(session: Session, second: str) -> None:
    """The demo gives each node workers of its own."""
    workers.add(session, second, name="", role="caseworker", vocabulary=vocabulary(), now=NOW)


def test_there_are_twelve_four_at_each_node() -> None:
    """Three nodes, four cases each, with a ground beside each."""
    assert [sum(name.startswith(prefix) for name in NAMES) for prefix in SEATS] == [4, 4, 4]
    assert all((CASES / f"{name}.consent.yaml").is_file() for name in NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_each_imports_and_its_grounds_carry_a_disclosure(name: str, tmp_path: Path) -> None:
    """Read by the same rules as anyone's file; what a desk needs is there to be sent."""
    seat = SEATS[name[:2]]
    node = new_node(tmp_path / name, seat=seat)
    house = House(seat, jurisdictions()[seat[:2]], vocabulary(), policy())
    with writing(node.engine) as session:
        by = acting(session, "malee")
        form = read_case((CASES / f"{name}.yaml").read_bytes())
        case = service.create(session, form, by=by, now=NOW, random=node.random)
        record = read_record(session, case)
        said = facts(record, NOW.date())
        for path in sorted(CASES.glob(f"{name}.*consent.yaml")):
            ground = load(ConsentForm, path.read_bytes())
            if ground.second:
                stand_by(session, ground.second)
            consent = acts.record(session, case, ground, house, by=by, now=NOW, random=node.random)
            for recipient in consent.recipients:
                ticks = default_ticks(policy(), consent.purpose, recipient, consent.grant)
                given = split(
                    said,
                    policy=policy(),
                    purpose=consent.purpose,
                    recipient=recipient,
                    grant=consent.grant,
                    ticked=ticks,
                    unsafe=record.unsafe,
                )
                assert {line.category for line in given.leaves} > policy().always
    node.close()
    findings = find({"narrative": case.narrative}, known_values(record), told={}, country=seat[:2])
    assert bool(findings) or name not in FOUND
    assert case.narrative.strip()


def test_consents_of_every_kind_are_among_them() -> None:
    """Of each basis; written and spoken; with a liaison's sight, without, and left to the default."""
    forms = [load(ConsentForm, path.read_bytes()) for path in CASES.glob("*.consent.yaml")]
    assert {form.basis for form in forms} == {"consent", "guardian_consent", "vital_interest", "legal_duty"}
    assert {form.form for form in forms} == {"written", "spoken"}
    assert {True, False, None} == {form.liaison_sight for form in forms}
