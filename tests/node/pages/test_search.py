"""Search inside Thai words, over everything that a case says, of the cases that a worker may see."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import Session, col, delete, select, update

from songtor_node.bootstrap import Node, open_node
from songtor_node.cases import entries, kept_right, papers, search, service
from songtor_node.cases.casefile import read_case
from songtor_node.cases.models import Case, Note, Person
from songtor_node.settings import keep
from songtor_node.store.engine import reading, writing
from songtor_node.unlock import Unlock
from songtor_node.workers import acting
from tests.node.pages.test_papers import PNG
from tests.support.linked import CASE
from tests.support.node import NOW, PASSPHRASE, new_node
from tests.support.visitor import visitor


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    made = new_node(tmp_path / "search")
    yield made
    made.close()


def new_case(node: Node, file: str = CASE) -> str:
    with writing(node.engine) as session:
        by = acting(session, "malee")
        return service.create(session, read_case(file.encode()), by=by, now=NOW, random=node.random).code


def case_of(session: Session, code: str) -> Case:
    return session.exec(select(Case).where(Case.code == code)).one()


def found(node: Node, asked: str, worker: str = "malee") -> list[str]:
    with reading(node.engine) as session:
        return [hit.case.code for hit in search.find(session, acting(session, worker), asked).hits]


def shown(node: Node, asked: str) -> list[str]:
    with reading(node.engine) as session:
        (hit,) = search.find(session, acting(session, "malee"), asked).hits
    return ["|".join(snippet.parts) for snippet in hit.snippets]


@pytest.mark.parametrize(
    "asked",
    [
        "ดาวเรือง",
        "าวเรื",  # inside a word
        "ทำร้าย",
        "ทํา" + "ร้าย",  # sara am typed as two letters
        "ถูกทำร้าย ดาวเรือง",
        "ที่พักปลอดภัย",
        "musterstrasse",
        "MUSTER",
        "berlin",
        "901820",
        "+49 30 901820",
        "๙๐๑๘๒๐",
        "4930901820",
        "ความรุนแรง",  # a problem's name
        "domestic viol",
        "เร",  # below three letters
        "ดาวเรือง เร",
    ],
)
def test_any_part_of_a_word_is_found(node: Node, asked: str) -> None:
    """Names, places, numbers, story, request, problems; in either spelling, of any length."""
    code = new_case(node)
    assert found(node, asked) == [code]


@pytest.mark.parametrize(
    "asked", ["", "   ", "ดาวเรืองxyz", "ก็ไม่มี", '"', "'; DROP TABLE words", "OR", "NEAR(", "%", "_", "*"]
)
def test_what_is_not_there_is_not_found(node: Node, asked: str) -> None:
    """And signs of the index's own language are letters like others."""
    new_case(node)
    assert found(node, asked) == []
    assert found(node, "ดาวเรือง")


def test_a_tone_mark_typed_before_or_after_is_the_same(node: Node) -> None:
    """Old texts and scans write น้ำ with a nikhahit below the tone mark."""
    code = new_case(node, CASE.replace("ผู้รับบริการเล่าว่า", "บ้านติดแม่น้ำ "))
    for spelling in ("แม่น้ำ", "แม่น้ํา", "แม่นํ้า", unicodedata.normalize("NFD", "แม่น้ำ")):
        assert found(node, spelling) == [code]


def test_what_matched_is_shown_in_its_context_and_marked(node: Node) -> None:
    """A few words before and after; marks stay on their letters."""
    new_case(node)
    assert shown(node, "ทำร้าย") == ["ผู้รับบริการเล่าว่าถูก|ทำร้าย|"]
    long = "ก" * 500 + " พบที่ตลาดน้ำ " + "ข" * 500
    new_case(node, CASE.replace("ผู้รับบริการเล่าว่าถูกทำร้าย", long))
    (snippet,) = shown(node, "ตลาดน")
    before, match, after = snippet.split("|")
    assert before.startswith("…ก")
    assert before.endswith("พบที่")
    assert match == "ตลาดน้"
    assert after.startswith("ำ")
    assert after.endswith("ข…")
    assert len(snippet) < 130


def test_a_change_is_found_in_the_same_transaction(node: Node) -> None:
    """Added, corrected, taken out, by rows or by one statement: at the commit the index is right."""
    code = new_case(node)
    with writing(node.engine) as session:
        case = case_of(session, code)
        by = acting(session, "malee")
        service.add(session, case, "note", entries.Note(text="พบกันที่วัดไทย"), by=by, now=NOW)
    assert found(node, "วัดไทย") == [code]
    with writing(node.engine) as session:
        session.exec(select(Note)).one().text = "พบกันที่สถานทูต"
    assert (found(node, "วัดไทย"), found(node, "สถานทูต")) == ([], [code])
    with writing(node.engine) as session:
        session.exec(update(Note).values(text="โทรศัพท์หากัน"))
    assert (found(node, "สถานทูต"), found(node, "โทรศัพท์หา")) == ([], [code])
    with writing(node.engine) as session:
        session.exec(delete(Note).where(col(Note.text).contains("โทร")))
    assert found(node, "โทรศัพท์หา") == []
    with writing(node.engine) as session:
        session.exec(select(Person)).one().nickname = "น้อยหน่า"
    assert found(node, "น้อยหน่า") == [code]


def test_what_is_rolled_back_is_not_found(node: Node) -> None:
    """A transaction that fails leaves the index as it was."""
    code = new_case(node)
    with pytest.raises(ValueError, match="on purpose"), writing(node.engine) as session:
        case_of(session, code).narrative = "เรื่องใหม่เอี่ยม"
        session.flush()
        raise ValueError("on purpose")
    assert found(node, "ใหม่เอี่ยม") == []
    with writing(node.engine) as session:
        by = acting(session, "malee")
        with session.begin_nested() as inner:
            service.add(session, case_of(session, code), "fact", entries.Fact(text="ชั่วคราว"), by=by, now=NOW)
            session.flush()
            inner.rollback()
        service.add(session, case_of(session, code), "fact", entries.Fact(text="ถาวรแล้ว"), by=by, now=NOW)
    assert (found(node, "ชั่วคราว"), found(node, "ถาวรแล้ว")) == ([], [code])


def test_a_case_that_is_no_more_is_not_found(node: Node) -> None:
    """Nothing of it is left in the index."""
    code = new_case(node)
    with writing(node.engine) as session:
        session.delete(case_of(session, code))
    assert found(node, "ดาวเรือง") == []
    with reading(node.engine) as session:
        assert session.connection().execute(text("SELECT count(*) FROM words")).scalar_one() == 0


def test_papers_are_found_by_what_they_are_called(node: Node) -> None:
    """And no longer when they are called otherwise."""
    code = new_case(node)
    with writing(node.engine) as session:
        by = acting(session, "malee")
        file = papers.checked(PNG)
        papers.keep(session, case_of(session, code), name="ใบเกิดลูก", file=file, kind="", by=by, now=NOW)
    assert found(node, "ใบเกิด") == [code]


def test_what_is_around_a_household_is_found_and_codes_are_not(node: Node) -> None:
    """The page says where it stands; how strong a tie is, or whose, is no word of the case."""
    code = new_case(node)
    with writing(node.engine) as session:
        case, by = case_of(session, code), acting(session, "malee")
        around = entries.Connection(kind="faith", name="วัดพุทธาราม", whom="client", strength="strained")
        service.add(session, case, "connection", around, by=by, now=NOW)
        bond = entries.Tie(one="client", other="p77", kind="hostile")
        service.add(session, case, "tie", bond, by=by, now=NOW)
    page = visitor(node, "malee", lang="en").post("/cases/search", {"words": "ทธาราม"})
    assert page.status_code == 200
    assert "Around the household" in page.text
    for codes in ("strained", "faith", "p77", "hostile"):
        assert found(node, codes) == []


def test_only_cases_that_the_worker_may_see_are_found(node: Node) -> None:
    """A volunteer finds the assigned ones, the administrator none; also below three letters."""
    code, _ = new_case(node), new_case(node)
    for asked in ("ดาวเรือง", "เร"):
        assert len(found(node, asked)) == 2
        assert found(node, asked, "somsri") == []
        assert found(node, asked, "admin") == []
    with writing(node.engine) as session:
        by = acting(session, "malee")
        service.assign(session, case_of(session, code), "somsri", by=by, now=NOW)
    for asked in ("ดาวเรือง", "เร"):
        assert found(node, asked, "somsri") == [code]


def test_a_store_of_before_is_indexed_when_it_is_opened(node: Node, tmp_path: Path) -> None:
    """Cases that an older program made are found too."""
    code = new_case(node)
    with writing(node.engine) as session:
        session.connection().execute(text("DELETE FROM words"))
        keep(session, kept_right.SETTING, "")
    assert found(node, "ดาวเรือง") == []
    again = open_node(node.data, Unlock(passphrase=PASSPHRASE), clock=lambda: NOW)
    assert found(again, "ดาวเรือง") == [code]
    again.close()
