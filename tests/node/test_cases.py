"""Case work in a real store: who may see what, what is recorded of whom, what a case says outwards."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, select

from songtor_node.bootstrap import Node
from songtor_node.cases import entries, service
from songtor_node.cases.casefile import CaseFile, CaseHead
from songtor_node.cases.facts import age_band, facts, known_values
from songtor_node.cases.flower import urgency
from songtor_node.cases.models import Case, Look
from songtor_node.cases.record import CaseRecord, as_form, read_record
from songtor_node.store.engine import writing
from songtor_node.workers import acting
from songtor_proto.errors import InputError, PeerError, SongtorError
from songtor_proto.minimise import FACTS
from songtor_proto.vocabulary import vocabulary
from tests.support.node import NOW, new_node

LEVELS = list(vocabulary().threat_levels)
STEPS = [
    {
        "id": 1,
        "what": "พบแพทย์",
        "agency": "คลินิก",
        "information": ["health"],
        "days": 30,
        "started": "2026-11-20",
    }
]
WHOLE: dict[str, Any] = {
    "target_group": "thai_abroad",
    "channel": "temple",
    "referrer": "relative",
    "request": {"text": "ขอที่พักปลอดภัย", "kinds": ["protection"]},
    "narrative": "เล่าโดยสรุป",
    "client": {
        "name_thai": "นวล ตัวอย่าง",
        "name_latin": "Nuan Tuayang",
        "nickname": "นวล",
        "sex": "female",
        "birth_date": "2531-04",
        "languages": ["th", "de"],
        "nationality": "TH",
        "religion": "พุทธ",
        "address": "ถนนสมมติ 1",
        "city": "เบอร์ลิน",
        "country": "DE",
        "contacts": [{"id": 1, "channel": "phone", "value": "+49 30 23125 000", "safe": "กลางวัน"}],
        "identity_numbers": [{"id": 1, "kind": "passport", "number": "ZZ0000000"}],
    },
    "people": [
        {
            "key": "max",
            "relation": "สามี",
            "name_latin": "Max Beispiel",
            "danger": True,
            "lives_with_client": True,
            "contacts": [{"id": 1, "channel": "phone", "value": "+49 30 23125 001"}],
        },
        {"key": "p2", "relation": "พี่สาว", "name_thai": "แดง ตัวอย่าง", "guardian": True, "birth_date": "1980"},
        {"key": "ma", "relation": "มารดา", "birth_date": "1950", "deceased": True, "death_date": "2540"},
    ],
    "ties": [
        {"one": "client", "other": "max", "kind": "married", "since": "2015"},
        {"one": "ma", "other": "client", "kind": "birth"},
        {"one": "max", "other": "client", "kind": "violent"},
    ],
    "connections": [
        {"name": "วัดตัวอย่าง", "kind": "faith", "strength": "strong", "flow": "to", "whom": "client"},
        {"name": "นายจ้าง", "kind": "work", "strength": "strained"},
    ],
    "problems": [{"code": "domestic_violence"}, {"code": "irregular_status"}],
    "threats": [
        {"subject": "client", "dimension": "social", "level": "red", "reason": "ถูกทำร้าย"},
        {"subject": "client", "dimension": "health", "level": "unknown"},
    ],
    "facts": [{"text": "มีรอยช้ำ", "source": "แพทย์", "verification": "verified", "how": "ใบรับรองแพทย์"}],
    "visits": [{"when": "2026-11-18", "method": "volunteer_visit", "state": "done", "met": "ผู้รับบริการ"}],
    "events": [
        {"key": "e1", "when": "2015", "until": "..", "text": "แต่งงาน", "led_to": ["move"]},
        {"key": "move", "when": "2562~", "text": "ย้ายไปเบอร์ลิน"},
        {"key": "e3", "after": "move", "before": "e1", "text": "ตกงาน"},
    ],
    "incidents": [{"when": "2026-11-01", "text": "ถูกผลัก", "perpetrator": "สามี"}],
    "health": {"physical": "ปวดหลัง"},
    "legal_status": {"residence": "วีซ่าคู่สมรส"},
    "finances": {"income": "ไม่มี"},
    "education": {"level": "ม.6"},
    "assessment": {"causes": "หนี้และความกลัว", "team": "อนงค์และแพทย์"},
    "goals": [
        {"dimension": "social", "text": "มีที่อยู่ปลอดภัย", "who": "อนงค์", "due": "2027-01-31", "steps": STEPS},
        {"dimension": "health", "text": "พบแพทย์", "stage": "in_service", "refusal": "ยังไม่พร้อม"},
    ],
    "work": [
        {"kind": "counselling", "practice_form": "problem_solving", "hours": 1.5, "when": "2026-11-10"},
        {"kind": "welfare", "practice_form": "protection", "cost": 12.5, "currency": "EUR"},
    ],
    "sessions": [{"starts": "2026-12-06T10:30+01:00", "client_zone": "Europe/Berlin", "safe_checked": True}],
    "follow_ups": [
        {"method": "phone_call", "due": "2026-12-01"},
        {"method": "phone_call", "due": "2026-11-01", "done": "2026-11-02", "condition": "better"},
    ],
    "notes": [{"text": "โทรกลับ"}],
    "unsafe": [{"id": 1, "category": "address", "reason": "สามีอยู่บ้าน"}],
}


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    made = new_node(tmp_path / "node")
    yield made
    made.close()


@pytest.fixture
def session(node: Node) -> Iterator[Session]:
    with writing(node.engine) as session:
        yield session


def create(session: Session, node: Node, data: dict[str, Any] = WHOLE, worker: str = "malee") -> Case:
    form = CaseFile.model_validate(data)
    return service.create(session, form, by=acting(session, worker), now=NOW, random=node.random)


def record_of(session: Session, node: Node, data: dict[str, Any] = WHOLE) -> CaseRecord:
    return read_record(session, create(session, node, data))


def refused(code: str) -> Any:
    return pytest.raises(SongtorError, match=code.replace(".", r"\."))


def test_a_case_comes_back_as_it_was_written(session: Session, node: Node) -> None:
    """Nothing of a case file is lost or changed in the store."""
    record = record_of(session, node)
    assert as_form(record) == CaseFile.model_validate(WHOLE)
    assert record.case.code.startswith("C-")
    assert [step.step for step in record.steps] == ["intake"]


def test_every_entry_says_who_made_it_and_when(session: Session, node: Node) -> None:
    """A worker and a time on each row; who checked a fact too."""
    record = record_of(session, node)
    lists = (
        record.people,
        record.problems,
        record.threats,
        record.facts,
        record.events,
        record.work,
        record.notes,
    )
    assert {(entry.by, entry.at) for entries in lists for entry in entries} == {("malee", NOW)}
    assert (record.facts[0].verified_by, record.facts[0].verified_at) == ("malee", NOW)


@pytest.mark.parametrize(
    ("worker", "sees"),
    [
        ("malee", True),
        ("anong", True),
        ("somsri", False),
        ("lek", False),
        ("admin", False),
        ("nobody", False),
    ],
)
def test_roles_see_what_is_theirs(session: Session, node: Node, worker: str, sees: bool) -> None:
    """Caseworkers see all; volunteers and interpreters what is assigned; the administrator no content."""
    case = create(session, node)
    if sees:
        assert service.find(session, case.code.lower(), worker, what="show", now=NOW)[0] is case
        return
    with refused("peer."):
        service.find(session, case.code, worker, what="show", now=NOW)
    if worker == "nobody":
        return
    service.assign(session, case, worker, by=acting(session, "malee"), now=NOW)
    if worker == "admin":
        with refused("peer.not_allowed"):
            service.find(session, case.code, worker, what="show", now=NOW)
    else:
        assert service.find(session, case.code, worker, what="show", now=NOW)[0] is case
        assert [record.case for record in service.listing(session, worker)] == [case]


def test_a_worker_without_the_case_cannot_tell_whether_it_exists(session: Session, node: Node) -> None:
    """The same refusal for what is not theirs and for what is not there."""
    code = create(session, node).code
    for asked in (code, "C-00000"):
        with refused("peer.not_allowed"):
            service.find(session, asked, "somsri", what="show", now=NOW)
    with refused("input.not_here"):
        service.find(session, "C-00000", "malee", what="show", now=NOW)


def test_a_volunteer_keeps_the_case_that_they_brought(session: Session, node: Node) -> None:
    """Who makes a case is assigned to it; an administrator makes none."""
    case = create(session, node, worker="somsri")
    assert service.find(session, case.code, "somsri", what="show", now=NOW)[0] is case
    with refused("peer.not_allowed"):
        create(session, node, worker="admin")


def test_every_look_is_recorded(session: Session, node: Node) -> None:
    """Who looked, when, and what for; a refused look leaves none."""
    case = create(session, node)
    service.find(session, case.code, "anong", what="show", now=NOW)
    with refused("peer.not_allowed"):
        service.find(session, case.code, "admin", what="show", now=NOW)
    looks = session.exec(select(Look)).all()
    assert [(look.by, look.what, look.at) for look in looks] == [("anong", "show", NOW)]


def test_steps_are_kept_with_who_and_why(session: Session, node: Node) -> None:
    """The whole way of a case can be read; a refused step changes nothing."""
    case, by = create(session, node), acting(session, "anong")
    later = NOW + timedelta(days=1)
    service.take_step(session, case, "fact_finding", reason="", by=by, now=later)
    with refused("input.reason_missing"):
        service.take_step(session, case, "closure", reason="", by=by, now=later)
    service.take_step(session, case, "closure", reason="ผู้รับบริการกลับไทยแล้ว", by=by, now=later)
    steps = [(taken.step, taken.reason, taken.by) for taken in read_record(session, case).steps]
    assert steps == [
        ("intake", "", "malee"),
        ("fact_finding", "", "anong"),
        ("closure", "ผู้รับบริการกลับไทยแล้ว", "anong"),
    ]
    assert case.step == "closure"


def test_a_fact_is_checked_with_how_by_whom_and_when(session: Session, node: Node) -> None:
    """Verified or contradicted needs a how; a fact that is not there is refused."""
    case, by = create(session, node), acting(session, "anong")
    service.add(session, case, "fact", entries.Fact(text="ทำงานร้านอาหาร"), by=by, now=NOW)
    later = NOW + timedelta(days=2)
    service.verify(session, case, 2, verification="contradicted", how="โทรถามร้าน", by=by, now=later)
    fact = read_record(session, case).facts[1]
    assert (fact.verification, fact.how, fact.verified_by, fact.verified_at) == (
        "contradicted", "โทรถามร้าน", "anong", later,
    )  # fmt: skip
    with refused("input.reason_missing"):
        service.verify(session, case, 2, verification="verified", how=" ", by=by, now=later)
    for number in (0, 3, -1, 10**30):
        with refused("input.not_here"):
            service.verify(session, case, number, verification="verified", how="x", by=by, now=later)


def test_a_follow_up_is_done_with_a_result(session: Session, node: Node) -> None:
    """Who did it and what was found."""
    case, by = create(session, node), acting(session, "anong")
    service.finish(session, case, 1, result="ปลอดภัยดี", by=by, now=NOW)
    follow_up = read_record(session, case).follow_ups[0]
    assert (follow_up.done, follow_up.result, follow_up.done_by) == ("2026-11-20", "ปลอดภัยดี", "anong")


def test_problems_are_ranked_and_later_ones_come_last(session: Session, node: Node) -> None:
    """Most pressing first."""
    case = create(session, node)
    problem = entries.Problem(code="unemployment")
    service.add(session, case, "problem", problem, by=acting(session, "malee"), now=NOW)
    ranked = [(one.rank, one.code) for one in read_record(session, case).problems]
    assert ranked == [(1, "domestic_violence"), (2, "irregular_status"), (3, "unemployment")]


@pytest.mark.parametrize(
    ("levels", "above", "worst"),
    [
        ([], "", "unknown"),
        (["unknown"], "", "unknown"),
        (["green", "unknown"], "", "green"),
        (["green", "yellow", "unknown"], "", "yellow"),
        (["yellow", "red"], "", "red"),
        (["green"], "red", "red"),
    ],
)
def test_urgency_is_the_worst_petal_or_what_was_set_above_it(
    levels: list[str], above: str, worst: str
) -> None:
    """Not known counts for nothing beside what is known."""
    assert urgency(levels, above, order=LEVELS) == worst


def test_a_newer_judgement_of_a_petal_counts_and_the_older_is_kept(session: Session, node: Node) -> None:
    """A flower changes; its history stays."""
    case = create(session, node)
    calm = entries.Threat(subject="client", dimension="social", level="green", reason="ย้ายออกแล้ว")
    service.add(session, case, "threat", calm, by=acting(session, "malee"), now=NOW)
    record = read_record(session, case)
    assert (record.urgency, len(record.threats), len(record.petals)) == ("green", 3, 2)


@pytest.mark.parametrize(
    ("set_above", "code"),
    [
        ({"level": "green", "reason": "x"}, "input.urgency"),
        ({"level": "yellow", "reason": "x"}, "input.urgency"),
        ({"level": "red"}, "input.reason_missing"),
    ],
)
def test_urgency_is_set_only_above_the_petals_and_with_a_reason(
    session: Session, node: Node, set_above: dict[str, str], code: str
) -> None:
    """A worker may raise it, never lower it."""
    petals = [{"subject": "client", "dimension": "social", "level": "yellow"}]
    with refused(code):
        create(session, node, WHOLE | {"threats": petals, "urgency": set_above})
    raised = {"level": "red", "reason": "ถูกขู่"}
    assert record_of(session, node, WHOLE | {"threats": petals, "urgency": raised}).urgency == "red"


def test_a_refused_file_leaves_nothing_of_itself(node: Node) -> None:
    """All of a case or nothing, even where the fault is found late."""
    with refused("input.urgency"), writing(node.engine) as session:
        create(session, node, WHOLE | {"urgency": {"level": "green", "reason": "x"}})
    with writing(node.engine) as session:
        assert service.listing(session, "malee") == []


def test_amending_replaces_what_a_case_says_once(session: Session, node: Node) -> None:
    """Client and narrative change, entries stay."""
    case = create(session, node)
    changed = {name: WHOLE[name] for name in CaseHead.model_fields if name in WHOLE}
    changed |= {"narrative": "ใหม่", "client": {**WHOLE["client"], "city": "ฮัมบวร์ก"}}
    service.amend(session, case, CaseHead.model_validate(changed), by=acting(session, "malee"), now=NOW)
    record = read_record(session, case)
    assert (record.case.narrative, record.client.city, len(record.people)) == ("ใหม่", "ฮัมบวร์ก", 3)


@pytest.mark.parametrize(
    ("born", "today", "band"),
    [
        ("2008-11-20", date(2026, 11, 20), "18-24"),
        ("2008-11-21", date(2026, 11, 20), "13-17"),
        ("2008", date(2026, 11, 20), "13-17"),
        ("2020", date(2026, 11, 20), "0-6"),
        ("1950-01", date(2026, 11, 20), "75+"),
        ("", date(2026, 11, 20), ""),
    ],
)
def test_age_band_takes_the_least_age_that_can_be(born: str, today: date, band: str) -> None:
    """Whoever may still be a child counts as one."""
    assert age_band(born, today) == band


def test_a_whole_case_fills_every_category(session: Session, node: Node) -> None:
    """All that a case knows can be disclosed, so that none of it is withheld by accident."""
    said = facts(record_of(session, node), NOW.date())
    filled = {FACTS[field.name] for field, _ in said.ListFields()}
    assert filled == set(FACTS.values())
    assert said.demographics.age_band == "25-39"
    assert [(threat.dimension, threat.level) for threat in said.threats] == [("social", "red")]


def test_an_empty_case_says_nothing_that_is_not_known(session: Session, node: Node) -> None:
    """What is not known is absent, not empty."""
    said = facts(record_of(session, node, {"target_group": "thai_abroad", "channel": "line"}), NOW.date())
    assert {field.name for field, _ in said.ListFields()} == {"case_code", "demographics"}


def test_a_dangerous_person_is_never_someone_to_turn_to(session: Session, node: Node) -> None:
    """Named as a warning, without a way to reach them and never as a guardian (C6)."""
    data = WHOLE | {"people": [{**WHOLE["people"][0], "guardian": True}]}
    (husband,) = facts(record_of(session, node, data), NOW.date()).family
    assert (husband.name, husband.contact, husband.guardian) == ("Max Beispiel", "", False)


def test_known_values_are_all_names_numbers_and_addresses_of_everyone(session: Session, node: Node) -> None:
    """What free text is searched for (M7)."""
    known = known_values(record_of(session, node))
    assert known == {
        "name": ("Nuan Tuayang", "นวล", "นวล ตัวอย่าง"),
        "family": ("Max Beispiel", "แดง ตัวอย่าง"),
        "birth_date": ("1950", "1980", "1988-04"),
        "contact": ("+49 30 23125 000", "+49 30 23125 001"),
        "place": ("เบอร์ลิน",),
        "address": ("ถนนสมมติ 1",),
        "identity_number": ("ZZ0000000",),
    }


def test_codes_are_unique_and_say_nothing(session: Session, node: Node) -> None:
    """A hundred cases, a hundred codes, whatever the random source repeats."""
    again = iter([b"\0" * 5] * 3 + [bytes([number] * 5) for number in range(1, 30)])
    form, by = CaseFile.model_validate(WHOLE), acting(session, "malee")
    made = [
        service.create(session, form, by=by, now=NOW, random=lambda _: next(again)).code for _ in range(20)
    ]
    assert len(set(made)) == 20
    assert made[0] == "C-00000"


@pytest.mark.parametrize("code", ["Malee", "1a", "มาลี", "a" * 40, ""])
def test_a_worker_has_a_plain_code(session: Session, node: Node, code: str) -> None:
    """Refused otherwise; an unknown role and a second of the same code too."""
    from songtor_node import workers

    for tried, role, error in (
        (code, "caseworker", "worker"),
        ("x", "boss", "unknown_code"),
        ("malee", "monk", "exists"),
    ):
        with pytest.raises(InputError, match=error):
            workers.add(session, tried, name="", role=role, vocabulary=vocabulary(), now=NOW)


def test_acting_needs_a_worker(session: Session) -> None:
    """Nobody acts unnamed."""
    for code in ("", "nobody"):
        with pytest.raises(PeerError, match="worker"):
            acting(session, code)
