"""The list of cases: whose one may see, in order, narrowed, page by page; and the search on it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from songtor_node.bootstrap import Node
from songtor_node.cases import entries, glance, service
from songtor_node.cases.casefile import read_case
from songtor_node.cases.glance import Filter, Glance
from songtor_node.cases.models import Case, FollowUp, Look, Person
from songtor_node.store.base import metadata
from songtor_node.store.engine import reading, writing
from songtor_node.workers import acting
from tests.support.linked import CASE
from tests.support.node import NOW, new_node
from tests.support.visitor import Visitor, visitor

PERSON = re.compile(r'<a class="row" href="/cases/(C-[0-9A-Z]+)"')


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    made = new_node(tmp_path / "list")
    yield made
    made.close()


@pytest.fixture
def malee(node: Node) -> Visitor:
    return visitor(node, "malee", "en")


def new_case(
    node: Node,
    level: str = "yellow",
    name: str = "ดาวเรือง สมมติ",
    problem: str = "domestic_violence",
    by: str = "malee",
) -> str:
    file = CASE.replace("level: yellow", f"level: {level}").replace("ดาวเรือง สมมติ", name)
    file = file.replace("domestic_violence", problem)
    with writing(node.engine) as session:
        who = acting(session, by)
        return service.create(session, read_case(file.encode()), by=who, now=NOW, random=node.random).code


def case_of(session: Session, code: str) -> Case:
    return session.exec(select(Case).where(Case.code == code)).one()


def follow_up(node: Node, code: str, days: int) -> None:
    due = (NOW + timedelta(days=days)).date().isoformat()
    with writing(node.engine) as session:
        form = entries.FollowUp(method="volunteer_visit", due=due)
        by = acting(session, "malee")
        service.add(session, case_of(session, code), "follow_up", form, by=by, now=NOW)


def step(node: Node, code: str, to: str) -> None:
    with writing(node.engine) as session:
        by = acting(session, "malee")
        service.take_step(session, case_of(session, code), to, reason="ทดสอบ", by=by, now=NOW)


def listed(client: Visitor, path: str = "/cases") -> list[str]:
    return PERSON.findall(client.get(path).text)


def test_the_most_urgent_stand_first_and_the_order_is_kept(node: Node, malee: Visitor) -> None:
    """By urgency, by age, by what is due; as chosen last, and not in the address."""
    green, red, yellow = (new_case(node, level) for level in ("green", "red", "yellow"))
    assert listed(malee) == [red, yellow, green]
    assert malee.post("/cases", {"order": "newest"}).headers["location"] == "/cases"
    assert listed(malee) == [yellow, red, green]
    follow_up(node, green, 3)
    follow_up(node, yellow, 9)
    malee.post("/cases", {"order": "next"})
    assert listed(malee) == [green, yellow, red]
    assert listed(visitor(node, "anong")) == [red, yellow, green]


@pytest.mark.parametrize(
    ("narrowed", "expected"),
    [
        ({"threat": "red"}, ["red"]),
        ({"problem": "forced_labour"}, ["green"]),
        ({"step": "fact_finding"}, ["yellow"]),
        ({"channel": "walk_in"}, []),
        ({"channel": "line"}, ["red", "yellow", "green"]),
        ({"threat": "red", "step": "fact_finding"}, []),
        ({"state": "closed"}, ["closed"]),
        ({"state": "all"}, ["red", "yellow", "closed", "green"]),
        ({"mine": "true"}, ["red"]),
        (
            {"threat": "no such level", "order": "'; DROP TABLE case", "state": "?"},
            ["red", "yellow", "green"],
        ),
    ],
    ids=str,
)
def test_the_list_is_narrowed_and_stays_so(node: Node, narrowed: dict[str, str], expected: list[str]) -> None:
    """By step, problem, urgency, channel, mine, open or closed; what is no code is passed over."""
    made = {
        "green": new_case(node, "green", problem="forced_labour"),
        "closed": new_case(node, "yellow"),
        "red": new_case(node, "red", by="anong"),
        "yellow": new_case(node, "yellow"),
    }
    step(node, made["closed"], "closure")
    step(node, made["yellow"], "fact_finding")
    anong = visitor(node, "anong", "en")
    anong.post("/cases", narrowed)
    names = {code: name for name, code in made.items()}
    assert [names[code] for code in listed(anong)] == expected
    assert [names[code] for code in listed(anong)] == expected
    anong.post("/cases", {"clear": "true"})
    assert [names[code] for code in listed(anong)] == ["red", "yellow", "green"]


def test_a_page_holds_twenty_five(node: Node, malee: Visitor) -> None:
    """Each case stands on one page; a page that is not there leads to the first."""
    made = {new_case(node, ("red", "green")[number % 2]) for number in range(27)}
    first, second = listed(malee), listed(malee, "/cases?page=2")
    assert (len(first), len(second)) == (25, 2)
    assert {*first, *second} == made
    assert "page 1 of 2" in malee.get("/cases").text
    assert malee.get("/cases?page=3").headers["location"] == "/cases"
    assert len(listed(malee, "/cases?page=x")) == 25
    assert len(listed(malee, "/cases?page=0")) == 25


def test_a_line_says_whose_how_urgent_where_it_stands_and_what_is_next(node: Node, malee: Visitor) -> None:
    """With the day, and whether it has passed."""
    code = new_case(node, "red")
    page = malee.get("/cases").text
    assert "ดาวเรือง สมมติ" in page
    assert "Urgent protection" in page
    assert "Intake" in page
    assert "Nothing planned next" in page
    follow_up(node, code, -2)
    page = malee.get("/cases").text
    assert "18 Nov 2026" in page
    assert "Overdue" in page
    with writing(node.engine) as session:
        session.exec(select(FollowUp)).one().done = "2026-11-20"
    assert "Nothing planned next" in malee.get("/cases").text


def test_a_volunteer_sees_the_assigned_ones_and_the_nickname_first(node: Node) -> None:
    """And is told what to do while there are none; the administrator sees no list at all."""
    code, _ = new_case(node), new_case(node)
    somsri = visitor(node, "somsri", "en")
    assert listed(somsri) == []
    assert "No case is assigned to you yet" in somsri.get("/cases").text
    with writing(node.engine) as session:
        case = case_of(session, code)
        service.assign(session, case, "somsri", by=acting(session, "malee"), now=NOW)
        session.exec(select(Person).where(Person.case_id == case.id)).one().nickname = "น้อยหน่า"
    page = somsri.get("/cases").text
    assert PERSON.findall(page) == [code]
    assert "น้อยหน่า" in page
    assert "ดาวเรือง" not in page
    found = somsri.post("/cases/search", {"words": "ดาวเรือง"}).text
    assert PERSON.findall(found) == [code]
    assert "ดาวเรือง สมมติ" not in found
    assert visitor(node, "admin").get("/cases").status_code == 403
    assert visitor(node, "admin").post("/cases/search", {"words": "ดาว"}).status_code == 403


def test_a_search_shows_where_the_words_stand_and_is_recorded(node: Node, malee: Visitor) -> None:
    """Marked, in context; who was shown a case's words has looked at it."""
    code = new_case(node)
    page = malee.post("/cases/search", {"words": "ทำร้าย"}).text
    assert PERSON.findall(page) == [code]
    assert "<mark>ทำร้าย</mark>" in page
    with reading(node.engine) as session:
        assert [look.what for look in session.exec(select(Look))] == ["search"]


def test_what_is_searched_for_is_in_no_address_and_kept_nowhere(node: Node, malee: Visitor) -> None:
    """The answer is no page to come back to."""
    new_case(node)
    answer = malee.post("/cases/search", {"words": "หาไม่เจอแน่นอน"})
    assert answer.status_code == 200
    assert "No case has these words" in answer.text
    assert malee.get("/cases/search").headers["location"] == "/cases"
    assert malee.post("/cases/search", {"words": "  "}).headers["location"] == "/cases"
    with reading(node.engine) as session:
        everything = [
            str(row)
            for table in metadata.sorted_tables
            for row in session.connection().execute(table.select())
        ]
    assert not [row for row in everything if "หาไม่เจอ" in row]


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "'\"><img src=x onerror=alert(1)>",
        "\u202eevil",
        "{{ 7 * 7 }}",
        "ก" * 500,
        "\x00",
    ],
)
def test_hostile_words_are_shown_as_they_are(node: Node, malee: Visitor, hostile: str) -> None:
    """In the search field and in the list."""
    new_case(node)
    page = malee.post("/cases/search", {"words": hostile})
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert "<img" not in page.text
    assert "49" not in PERSON.sub("", page.text.split("<main")[1].split("</main")[0])


def test_the_glance_is_what_the_records_say(node: Node) -> None:
    """After whatever happened to a case, its row says the same as one made anew."""
    codes = [new_case(node, level) for level in ("red", "yellow", "green")]
    follow_up(node, codes[0], 4)
    follow_up(node, codes[0], 1)
    step(node, codes[1], "closure")
    with writing(node.engine) as session:
        form = entries.Threat(subject="client", dimension="health", level="red", reason="ป่วยหนัก")
        service.add(session, case_of(session, codes[2]), "threat", form, by=acting(session, "malee"), now=NOW)
    with writing(node.engine) as session:
        session.delete(case_of(session, new_case_in(session, node)))
    with writing(node.engine) as session:
        before = [row.model_dump() for row in session.exec(select(Glance).order_by(col(Glance.case_id)))]
        session.expunge_all()
        glance.renew(session, [row["case_id"] for row in before])
        after = [row.model_dump() for row in session.exec(select(Glance).order_by(col(Glance.case_id)))]
    assert before == after
    assert [row["urgency"] for row in before] == [0, 1, 0]
    assert before[0]["next_on"] == "2026-11-21"
    assert before[1]["closed"]


def new_case_in(session: Session, node: Node) -> str:
    by = acting(session, "malee")
    return service.create(session, read_case(CASE.encode()), by=by, now=NOW, random=node.random).code


def test_a_list_of_many_is_read_by_pages(node: Node) -> None:
    """However many cases there are, a page reads its own."""
    for _ in range(30):
        new_case(node)
    with reading(node.engine) as session:
        lines, total = glance.page(session, acting(session, "malee"), Filter(worker="malee"), 2)
        read = {row.id for row in session.identity_map.values() if isinstance(row, Case)}
    assert (len(lines), total, len(read)) == (5, 30, 5)
