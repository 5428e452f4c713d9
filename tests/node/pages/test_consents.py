"""Consents of a case on their pages: what is agreed, copies, and who may come. Rules C3, C5, C6."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from songtor_node.bootstrap import Node
from songtor_node.cases.models import Case
from songtor_node.cases.record import CaseRecord, read_record
from songtor_node.consents.danger import danger, may_be_given
from songtor_node.consents.models import CopyAsked
from songtor_node.store.base import Setting
from songtor_node.store.engine import reading, writing
from tests.support.linked import LinkedNode
from tests.support.node import new_node
from tests.support.referring import text_of
from tests.support.talks import ADULT, CHILD, case_of
from tests.support.visitor import Visitor, visitor

GUARDIAN: dict[str, Any] = {
    "basis": "guardian_consent",
    "purpose": "child_protection",
    "categories": ["demographics", "family"],
    "recipients": ["TH-00/dcy"],
    "guardian": "มารดา",
    "child_view": "อยากอยู่กับแม่",
    "age": None,
}


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    made = new_node(tmp_path / "node")
    yield made
    made.close()


@pytest.fixture
def malee(node: Node) -> Visitor:
    return visitor(node, "malee")


def agreed(node: Node, case: str, **form: Any) -> str:
    """A consent that was recorded elsewhere; gives its code."""
    return LinkedNode(node, None).consent(case, **form)


def record_of(node: Node, data: dict[str, Any]) -> CaseRecord:
    code = case_of(node, data)
    with reading(node.engine) as session:
        case = session.exec(select(Case).where(Case.code == code)).one()
        return read_record(session, case)


def test_the_list_says_in_plain_words_what_is_agreed(node: Node, malee: Visitor) -> None:
    """What, with whom, until when, and that it can be withdrawn from here."""
    case = case_of(node)
    assert "ยังไม่ได้ขอคำยินยอม" in malee.get(f"/cases/{case}/consents").text
    code = agreed(node, case)
    page = malee.get(f"/cases/{case}/consents").text
    said = text_of(page)
    for words in ("ช่วยเหลือผู้ถูกกระทำความรุนแรง", "กรมกิจการสตรี", "ชื่อ-สกุล", "18 ก.พ. 2570", "ใช้ได้อยู่"):
        assert words in said
    assert f'href="/consents/{code}/withdraw"' in page


def test_the_record_says_everything_to_the_worker(node: Node, malee: Visitor) -> None:
    """Ground, law, who gave it and how, the very text, and that nobody has been told yet."""
    code = agreed(node, case_of(node, CHILD), **GUARDIAN)
    said = text_of(malee.get(f"/consents/{code}").text)
    for words in ("ผู้ปกครองตกลง", "มารดา", "อยากอยู่กับแม่", "GDPR Art. 49(1)(a)", "ยังไม่ได้บอกใคร", "เราขออนุญาต"):
        assert words in said
    assert code in said


def test_a_copy_is_asked_about_first(node: Node, malee: Visitor) -> None:
    """Who might find it, and is it safe; only then is there one to print, and who has it is recorded."""
    code = agreed(node, case_of(node))
    assert malee.get(f"/consents/{code}/print").headers["location"] == f"/consents/{code}/copy"
    page = malee.get(f"/consents/{code}/copy").text
    assert "อยู่บ้านเดียวกับผู้รับบริการ" in page
    said = {"person": "client", "finders": "น้องสาว"}
    answer = malee.post(f"/consents/{code}/copy", {**said, "safe": "yes"})
    assert answer.headers["location"] == f"/consents/{code}/print"
    printed = malee.get(f"/consents/{code}/print").text
    assert "<title>ส่งต่อ</title>" in printed
    assert code in printed
    assert "data-print" in printed
    assert "น้องสาว" in malee.get(f"/consents/{code}").text


def test_a_copy_that_is_not_safe_stays_here(node: Node, malee: Visitor) -> None:
    """It is noted, and nothing is printed."""
    code = agreed(node, case_of(node))
    answer = malee.post(f"/consents/{code}/copy", {"person": "client", "finders": "สามี", "safe": "no"})
    assert answer.headers["location"] == f"/consents/{code}?done=copy_stays"
    assert malee.get(f"/consents/{code}/print").status_code == 303
    with reading(node.engine) as session:
        assert not session.exec(select(CopyAsked)).one().given


def test_a_guardian_who_is_the_danger_gets_no_copy(node: Node, malee: Visitor) -> None:
    """C6: not offered, and refused where it is asked for all the same."""
    code = agreed(node, case_of(node, CHILD), **GUARDIAN)
    page = malee.get(f"/consents/{code}/copy").text
    assert 'name="person" value="มารดา"' in page
    assert 'value="บิดาเลี้ยง"' not in page
    answer = malee.post(f"/consents/{code}/copy", {"person": "บิดาเลี้ยง", "safe": "yes"})
    assert answer.status_code == 422
    with reading(node.engine) as session:
        assert session.exec(select(CopyAsked)).first() is None


def test_the_danger_is_noted_once_and_known_everywhere(node: Node) -> None:
    """Who, whether at home, and the client's safe times; guardians who may be told are the others."""
    noted = danger(record_of(node, ADULT))
    assert noted
    assert noted.at_home
    assert noted.safe == [("line", "เช้าวันธรรมดา")]
    assert noted.is_called(" max beispiel ")
    assert not noted.is_called("พี่สาว")
    assert [one.relation for one in may_be_given(record_of(node, CHILD))] == ["มารดา"]


def test_without_a_seat_no_law_is_known_and_the_page_says_so(node: Node, malee: Visitor) -> None:
    """A node that is not enrolled yet asks for nothing that it could not record."""
    case = case_of(node)
    with writing(node.engine) as session:
        session.delete(session.get_one(Setting, "seat"))
    page = malee.get(f"/cases/{case}/consents").text
    assert "จึงยังไม่รู้ว่าใช้กฎหมายของประเทศไหน" in page
    assert f"/cases/{case}/consents/new" not in page
    answer = malee.post(f"/cases/{case}/consents/new", {"safe": "yes"})
    assert answer.headers["location"] == f"/cases/{case}/consents"


@pytest.mark.parametrize("worker", ["somsri", "lek", "admin"])
def test_who_may_not_see_the_case_sees_none_of_it(node: Node, worker: str) -> None:
    """Roles that see only assigned cases, and the administrator."""
    case = case_of(node)
    code = agreed(node, case)
    who = visitor(node, worker)
    paths = ["", "/withdraw", "/copy", "/print", "/confirm"]
    for path in (
        f"/cases/{case}/consents",
        f"/cases/{case}/opened",
        *(f"/consents/{code}{end}" for end in paths),
    ):
        assert who.get(path).status_code == 403
    assert who.post(f"/consents/{code}/withdraw", {"by": "client"}).status_code == 403


def test_nobody_has_opened_anything_at_first(node: Node, malee: Visitor) -> None:
    """The client's page says so, and not that something is wrong."""
    assert "ยังไม่มีใครเปิดดู" in malee.get(f"/cases/{case_of(node)}/opened").text
