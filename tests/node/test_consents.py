"""Grounds for disclosure as they are recorded, shown, confirmed, withdrawn. Rules C1 to C11 in the store."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from songtor_node.bootstrap import Node
from songtor_node.cases import service
from songtor_node.cases.casefile import CaseFile
from songtor_node.cases.models import Case
from songtor_node.cases.record import read_record
from songtor_node.consents import acts
from songtor_node.consents.form import ConsentForm
from songtor_node.consents.ground import House, text_to_show
from songtor_node.consents.models import BASES, Consent
from songtor_node.store.engine import writing
from songtor_node.workers import acting
from songtor_proto.consent import record_digest
from songtor_proto.errors import SongtorError, catalogue
from songtor_proto.vocabulary import jurisdictions, policy, vocabulary
from tests.support.node import NOW, new_node

ADULT: dict[str, Any] = {
    "target_group": "thai_abroad",
    "channel": "line",
    "client": {"name_thai": "นวล ตัวอย่าง", "birth_date": "1988-04"},
    "people": [
        {"relation": "สามี", "name_latin": "Max Beispiel", "danger": True},
        {"relation": "พี่สาว", "name_thai": "แดง ตัวอย่าง"},
    ],
    "problems": [{"code": "domestic_violence"}],
}
CHILD: dict[str, Any] = {
    "target_group": "thai_abroad",
    "channel": "line",
    "client": {"nickname": "ตูม", "birth_date": "2015"},
    "people": [
        {"relation": "มารดา", "name_thai": "จันทร์ สมมติ", "guardian": True},
        {"relation": "บิดาเลี้ยง", "name_thai": "ดำ สมมติ", "guardian": True, "danger": True},
        {"relation": "ครู"},
    ],
    "problems": [{"code": "child_protection"}],
}
CONSENT: dict[str, Any] = {
    "basis": "consent",
    "purpose": "domestic_violence",
    "categories": ["demographics", "place", "problems", "threat", "contact", "name"],
    "recipients": ["TH-00/dwf", "TH-00/shelter-10"],
}
GUARDIAN: dict[str, Any] = {
    "basis": "guardian_consent",
    "purpose": "child_protection",
    "categories": ["demographics", "place", "problems", "threat", "family"],
    "recipients": ["TH-00/dcy"],
    "guardian": "มารดา",
    "child_view": "อยากอยู่กับแม่",
}
VITAL: dict[str, Any] = {
    "basis": "vital_interest",
    "purpose": "emergency_protection",
    "categories": ["demographics", "place", "problems", "threat"],
    "recipients": ["TH-00/tsda"],
    "harm": "ถูกขู่ฆ่าคืนนี้",
    "incapacity": "ติดต่อไม่ได้",
}
DUTY: dict[str, Any] = {
    "basis": "legal_duty",
    "purpose": "child_protection",
    "categories": ["demographics", "family", "name"],
    "recipients": ["TH-00/dcy"],
    "duty": "แจ้งเด็กถูกทำร้าย",
    "second": "anong",
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


def case_of(session: Session, node: Node, data: dict[str, Any] = ADULT) -> Case:
    form = CaseFile.model_validate(data)
    return service.create(session, form, by=acting(session, "malee"), now=NOW, random=node.random)


def house(seat: str = "DE-01") -> House:
    return House(seat, jurisdictions()[seat[:2]], vocabulary(), policy())


def record(
    session: Session,
    node: Node,
    case: Case,
    *changes: dict[str, Any],
    seat: str = "DE-01",
    now: datetime = NOW,
) -> Consent:
    data = {name: value for change in changes for name, value in change.items()}
    form, by = ConsentForm.model_validate(data), acting(session, "malee")
    return acts.record(session, case, form, house(seat), by=by, now=now, random=node.random)


def refused(code: str) -> Any:
    assert code in catalogue()
    return pytest.raises(SongtorError, match=code.replace(".", r"\."))


def test_a_consent_is_recorded_with_what_was_shown_and_on_what_law_it_rests(
    session: Session, node: Node
) -> None:
    """The very text, the country's law, 90 days; whoever reads the record can say what was agreed."""
    consent = record(session, node, case_of(session, node), CONSENT)
    shown = consent.record["pii_processing"]["privacy_notice"]
    for said in ("กรมกิจการสตรี", "ชื่อ-สกุล", "18 ก.พ. 2570", "GDPR Art. 49(1)(a)", "ถอนความยินยอม"):
        assert said in shown
    assert (consent.jurisdiction, consent.citation) == ("DE", "GDPR Art. 49(1)(a)")
    assert consent.expires_at - consent.given_at == timedelta(days=90)
    assert consent.record["event"]["entity_id"] == "malee"
    assert not consent.liaison_sight


def test_the_record_has_the_fields_of_the_standard(session: Session, node: Node) -> None:
    """ISO/IEC TS 27560: header, processing, parties, event; nobody's name is in it."""
    consent = record(session, node, case_of(session, node), CONSENT)
    assert consent.record.keys() == {
        "schema_version", "record_id", "pii_principal_id", "pii_processing", "party_identification", "event",
    }  # fmt: skip
    (purpose,) = consent.record["pii_processing"]["purposes"]
    assert purpose.keys() >= {
        "purpose", "lawful_basis", "pii_information", "pii_controllers", "jurisdictions", "retention_period",
        "recipient_third_parties", "withdrawal_method", "processing_method",
    }  # fmt: skip
    assert {"pii_type": "problems", "sensitive_pii_category": True} in purpose["pii_information"]
    assert "ตัวอย่าง" not in json.dumps(consent.record, ensure_ascii=False)


def test_its_digest_holds_after_the_store_gave_it_back(session: Session, node: Node) -> None:
    """What travels of a record can be proven from the record."""
    consent = record(session, node, case_of(session, node), CONSENT)
    digest = consent.grant.record
    session.expire(consent)
    assert consent.grant.record == digest == record_digest(consent.record)


@pytest.mark.parametrize("basis", [CONSENT, GUARDIAN, VITAL | {"second": "anong"}, DUTY])
def test_each_basis_becomes_a_ground_for_its_purpose_and_recipient(
    session: Session, node: Node, basis: dict[str, Any]
) -> None:
    """C1: recorded once, it carries a disclosure there, not elsewhere, not for something else."""
    case = case_of(session, node, CHILD if basis in (GUARDIAN, DUTY) else ADULT)
    consent = record(session, node, case, basis)
    to, purpose = basis["recipients"][0], basis["purpose"]
    assert acts.ground_for(session, case, purpose=purpose, recipient=to, now=NOW) is consent
    assert consent.grant.basis == BASES[basis["basis"]]
    with refused("consent.recipient"):
        acts.ground_for(session, case, purpose=purpose, recipient="TH-00/dop", now=NOW)
    with refused("consent.missing"):
        acts.ground_for(session, case, purpose="advice", recipient=to, now=NOW)


def test_the_newest_valid_ground_counts(session: Session, node: Node) -> None:
    """A wider consent supersedes; when it is withdrawn the older one still stands."""
    case = case_of(session, node)
    older = record(session, node, case, CONSENT)
    newer = record(session, node, case, CONSENT, now=NOW + timedelta(hours=1))
    later = NOW + timedelta(hours=2)
    ask: dict[str, Any] = {"purpose": "domestic_violence", "recipient": "TH-00/dwf", "now": later}
    assert acts.ground_for(session, case, **ask) is newer
    acts.withdraw(session, newer, person="client", by=acting(session, "malee"), now=later)
    assert acts.ground_for(session, case, **ask) is older
    acts.withdraw(session, older, person="client", by=acting(session, "malee"), now=later)
    with refused("consent.withdrawn"):
        acts.ground_for(session, case, **ask)


def test_expiry_ends_new_disclosure(session: Session, node: Node) -> None:
    """C3, C4: the named day still counts, the next no more."""
    case = case_of(session, node)
    record(session, node, case, CONSENT, {"expires": "2026-12-01"})
    ask = {"purpose": "domestic_violence", "recipient": "TH-00/dwf"}
    acts.ground_for(session, case, **ask, now=datetime(2026, 12, 1, 23, 59, tzinfo=UTC))
    with refused("consent.expired"):
        acts.ground_for(session, case, **ask, now=datetime(2026, 12, 2, tzinfo=UTC))


@pytest.mark.parametrize(
    ("data", "changes", "code"),
    [
        (ADULT, CONSENT | {"form": "spoken"}, "consent.witness"),
        (ADULT, CONSENT | {"copies": ["client"]}, "consent.copy_safe"),
        (ADULT, CONSENT | {"copies": ["สามี"], "copy_safe": True}, "consent.guardian_is_danger"),
        (ADULT, CONSENT | {"copies": ["ใครไม่รู้"], "copy_safe": True}, "input.not_here"),
        (ADULT, CONSENT | {"recipients": ["TH-00/shelter-99"]}, "input.unknown_code"),
        (ADULT, CONSENT | {"recipients": ["DE-99"]}, "input.unknown_code"),
        (ADULT, CONSENT | {"recipients": ["ที่ไหนสักแห่ง"]}, "input.address"),
        (ADULT, CONSENT | {"recipients": ["TH-00/dop"]}, "consent.recipient"),
        (ADULT, CONSENT | {"categories": ["religion"]}, "consent.categories"),
        (ADULT, CONSENT | {"expires": "2026-11-01"}, "consent.expiry"),
        (ADULT, CONSENT | {"expires": "2028-01-01"}, "consent.expiry"),
        (CHILD, CONSENT, "consent.minor"),
        (ADULT | {"client": {}}, CONSENT, "consent.age"),
        (CHILD, GUARDIAN | {"guardian": ""}, "consent.guardian"),
        (CHILD, GUARDIAN | {"guardian": "ครู"}, "consent.guardian"),
        (CHILD, GUARDIAN | {"guardian": "ดำ สมมติ"}, "consent.guardian_is_danger"),
        (CHILD, GUARDIAN | {"child_view": ""}, "consent.child_view"),
        (ADULT, VITAL | {"harm": ""}, "consent.harm"),
        (ADULT, VITAL | {"incapacity": ""}, "consent.incapacity"),
        (ADULT, VITAL | {"categories": ["name"]}, "consent.above_emergency_level"),
        (ADULT, VITAL | {"liaison_sight": True}, "consent.sight"),
        (ADULT, VITAL | {"second": "malee"}, "consent.same_person"),
        (ADULT, VITAL | {"second": "nobody"}, "peer.worker"),
        (ADULT, VITAL | {"second": "admin"}, "peer.not_allowed"),
        (CHILD, DUTY | {"second": ""}, "consent.second_person"),
        (CHILD, DUTY | {"duty": ""}, "consent.duty"),
    ],
)
def test_what_the_rules_do_not_let_pass_is_not_recorded(
    node: Node, data: dict[str, Any], changes: dict[str, Any], code: str
) -> None:
    """Each with its own words; nothing of it is kept."""
    with writing(node.engine) as session:
        case = case_of(session, node, data)
    with refused(code), writing(node.engine) as session:
        record(session, node, case, changes)
    with writing(node.engine) as session:
        assert acts.listing(session, case) == []


def test_a_country_that_wants_writing_gets_it(session: Session, node: Node) -> None:
    """A spoken consent does in Germany, not in the United States."""
    case, spoken = case_of(session, node), CONSENT | {"form": "spoken", "witness": "ล่าม"}
    record(session, node, case, spoken)
    with refused("consent.form"):
        record(session, node, case, spoken, seat="US-20")


def test_age_may_be_told_where_no_date_is_known(session: Session, node: Node) -> None:
    """A known date counts more than what is told."""
    record(session, node, case_of(session, node, ADULT | {"client": {}}), CONSENT | {"age": 40})
    with refused("consent.minor"):
        record(session, node, case_of(session, node, CHILD), CONSENT | {"age": 40})


@pytest.mark.parametrize(
    ("problems", "purpose", "asked", "sight"),
    [
        ([], "return_to_thailand", None, True),
        ([{"code": "domestic_violence"}], "return_to_thailand", None, False),
        ([{"code": "domestic_violence"}], "return_to_thailand", True, True),
        ([], "return_to_thailand", False, False),
        ([], "psychosocial", None, False),
    ],
)
def test_a_liaison_sees_by_default_only_what_is_not_sensitive(
    session: Session,
    node: Node,
    problems: list[dict[str, str]],
    purpose: str,
    asked: bool | None,
    sight: bool,
) -> None:
    """C10: the purpose's default, off for a sensitive problem; above both the client's choice. It is said."""
    case = case_of(session, node, ADULT | {"problems": problems})
    changes = {
        "purpose": purpose,
        "recipients": ["TH-00/tsda"],
        "categories": ["demographics"],
        "liaison_sight": asked,
    }
    consent = record(session, node, case, CONSENT, changes)
    assert consent.liaison_sight is sight
    shown = consent.record["pii_processing"]["privacy_notice"]
    assert ("จะไม่เห็นว่ามีเรื่องนี้" in shown) is not sight


def test_red_at_night_one_worker_stands_for_a_day(session: Session, node: Node) -> None:
    """C7, C11: a second, different person confirms in time, or it carries nothing more."""
    case = case_of(session, node)
    consent = record(session, node, case, VITAL)
    ask = {"purpose": "emergency_protection", "recipient": "TH-00/tsda"}
    assert consent.confirm_by == NOW + timedelta(hours=24)
    assert acts.ground_for(session, case, **ask, now=NOW) is consent
    with refused("consent.same_person"):
        acts.confirm(session, consent, by=acting(session, "malee"), now=NOW)
    late = NOW + timedelta(hours=24)
    with refused("consent.not_confirmed"):
        acts.ground_for(session, case, **ask, now=late)
    with refused("consent.not_confirmed"):
        acts.confirm(session, consent, by=acting(session, "anong"), now=late)
    acts.confirm(session, consent, by=acting(session, "anong"), now=late - timedelta(seconds=1))
    assert (consent.confirmed, consent.confirmed_by) == (True, "anong")
    assert acts.ground_for(session, case, **ask, now=late) is consent


def test_two_at_once_may_tell_more(session: Session, node: Node) -> None:
    """C7: above level 1 the second person is there from the start."""
    consent = record(
        session, node, case_of(session, node), VITAL | {"categories": ["name", "contact"], "second": "anong"}
    )
    assert consent.confirmed
    assert (consent.confirmed_by, consent.confirmed_at) == ("anong", NOW)


@pytest.mark.parametrize(
    ("data", "basis", "person", "ends"),
    [
        (ADULT, CONSENT, "client", True),
        (CHILD, GUARDIAN, "client", True),
        (CHILD, GUARDIAN, "มารดา", True),
        (CHILD, GUARDIAN, "จันทร์ สมมติ", True),
        (CHILD, GUARDIAN, "บิดาเลี้ยง", False),
        (ADULT, VITAL, "client", True),
        (CHILD, VITAL, "มารดา", False),
        (CHILD, VITAL, "บิดาเลี้ยง", False),
        (CHILD, DUTY, "client", False),
        (CHILD, DUTY, "มารดา", False),
    ],
)
def test_a_withdrawal_ends_what_is_theirs_to_end(
    session: Session, node: Node, data: dict[str, Any], basis: dict[str, Any], person: str, ends: bool
) -> None:
    """C6: one who is the danger stops nothing; vital interest and duty do not hang on a guardian."""
    case = case_of(session, node, data)
    consent = record(session, node, case, basis)
    by = acting(session, "anong")
    if ends:
        acts.withdraw(session, consent, person=person, by=by, now=NOW)
        assert (consent.withdrawn_at, consent.withdrawal_recorded_by) == (NOW, "anong")
        with refused("consent.withdrawn"):
            acts.withdraw(session, consent, person=person, by=by, now=NOW)
    else:
        with refused("consent.not_theirs"):
            acts.withdraw(session, consent, person=person, by=by, now=NOW)
        assert consent.withdrawn_at is None


@pytest.mark.parametrize("person", ["guardian", "ครู", "ใครไม่รู้", ""])
def test_who_withdraws_must_be_clear(session: Session, node: Node, person: str) -> None:
    """`guardian` will not do where one of two guardians is the danger; nor one who is no guardian."""
    consent = record(session, node, case_of(session, node, CHILD), GUARDIAN)
    with refused("input.not_here"):
        acts.withdraw(session, consent, person=person, by=acting(session, "malee"), now=NOW)


def test_a_withdrawn_ground_is_not_confirmed_any_more(session: Session, node: Node) -> None:
    """Nobody brings back what the client ended."""
    consent = record(session, node, case_of(session, node), VITAL)
    acts.withdraw(session, consent, person="client", by=acting(session, "malee"), now=NOW)
    with refused("consent.withdrawn"):
        acts.confirm(session, consent, by=acting(session, "anong"), now=NOW)


def test_a_ground_is_seen_by_who_may_see_its_case(session: Session, node: Node) -> None:
    """And the look is recorded with the case."""
    case = case_of(session, node)
    code = record(session, node, case, CONSENT).code
    assert acts.find(session, code.lower(), "anong", what="consent show", now=NOW)[1] is case
    for worker in ("somsri", "admin"):
        with refused("peer.not_allowed"):
            acts.find(session, code, worker, what="consent show", now=NOW)
    with refused("input.not_here"):
        acts.find(session, "K-00000", "malee", what="consent show", now=NOW)


@pytest.mark.parametrize("lang", ["th", "en"])
def test_the_text_tells_what_to_whom_why_how_long_and_what_may_follow(
    session: Session, node: Node, lang: str
) -> None:
    """In the client's language, with the names of categories and recipients, not their codes."""
    form = ConsentForm.model_validate(CONSENT | {"language": lang, "recipients": ["TH-00/dwf", "US-20"]})
    shown = text_to_show(read_record(session, case_of(session, node)), form, house(), NOW)
    told = policy().always | set(form.categories)
    for category in policy().categories.values():
        assert (f"- {category.label(lang)}\n" in shown) is (category.code in told)
    assert policy().purposes["domestic_violence"].label(lang) in shown
    assert {"th": "ศูนย์ส่งเสริมชาวไทย", "en": "Thai Community Development Center"}[lang] in shown
    assert {"th": "18 ก.พ. 2570", "en": "18 Feb 2027"}[lang] in shown
    assert "dwf" not in shown
    assert "$" not in shown


def test_the_very_text_that_was_shown_is_kept(session: Session, node: Node) -> None:
    """Where a worker used other words, those."""
    consent = record(session, node, case_of(session, node), CONSENT | {"shown": "ถ้อยคำที่ใช้จริง"})
    assert consent.record["pii_processing"]["privacy_notice"] == "ถ้อยคำที่ใช้จริง"
