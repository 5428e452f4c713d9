"""Taking a case in: one question a screen, nothing that must be filled, nothing twice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import select

from songtor_node.bootstrap import Node
from songtor_node.cases.models import Case, Person
from songtor_node.cases.record import CaseRecord, read_record
from songtor_node.store.engine import reading
from songtor_node.web.case.person import REACHED_BY
from tests.support.node import new_node
from tests.support.page_form import form_of
from tests.support.visitor import Visitor, visitor


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    made = new_node(tmp_path / "node")
    yield made
    made.close()


@pytest.fixture
def malee(node: Node) -> Visitor:
    return visitor(node, "malee", lang="en")


def records(node: Node) -> list[CaseRecord]:
    with reading(node.engine) as session:
        return [read_record(session, case) for case in session.exec(select(Case).order_by(Case.code))]


def begin(somebody: Visitor, group: str = "thai_abroad") -> str:
    """The first answer; the case's path."""
    form = form_of(somebody.get("/cases/new").text, "/cases/new")
    answer = somebody.post("/cases/new", {"once": form["once"], "target_group": group})
    assert answer.status_code == 303
    return str(answer.headers["location"]).removesuffix("/intake/channel")


def test_a_case_is_taken_in_with_nine_taps_and_fields(node: Node, malee: Visitor) -> None:
    """Group, channel, name, story and request, with as few taps as answers; all of it is in the case."""
    taps = 1  # the group is a button
    case = begin(malee)
    taps += 1
    assert malee.post(f"{case}/intake/channel", {"channel": "hotline_1300"}).headers["location"] == (
        f"{case}/intake/name"
    )
    onward = f"{case}/intake/name"
    for words in ({"nickname": "Dao"}, {}, {"narrative": "Her pay was kept"}, {"text": "A place to stay"}):
        form = form_of(malee.get(onward).text)
        answer = malee.post(onward, {**form, **words})
        taps += len(words) + 1
        assert answer.status_code == 303
        onward = answer.headers["location"].split("?")[0]
    assert (onward, taps) == (case, 9)
    (record,) = records(node)
    head = record.case
    assert (head.target_group, head.channel, head.referrer) == ("thai_abroad", "hotline_1300", "hotline_1300")
    assert (record.client.nickname, head.narrative, head.request["text"]) == (
        "Dao", "Her pay was kept", "A place to stay",
    )  # fmt: skip
    assert not record.client.contacts
    home = malee.get(case).text
    assert re.search(r'/client">[^<]+</a><span class="status status-begun">', home)  # a nickname is something
    assert "Step 1 of 7" in home


def test_every_screen_can_be_skipped(node: Node, malee: Visitor) -> None:
    """A case begins with nothing at all, and its pages show."""
    case = begin(malee, group="")
    for screen in ("channel", "name", "contact", "story", "request"):
        page = malee.get(f"{case}/intake/{screen}")
        assert page.status_code == 200
        assert "Skip for now" in page.text
    for below in ("", "/client", "/contact", "/story", "/request", "/background", "/arrival", "/step"):
        assert malee.get(case + below).status_code == 200
    (record,) = records(node)
    assert (record.case.target_group, record.case.channel) == ("", "")


def test_the_same_first_answer_twice_makes_one_case(node: Node, malee: Visitor) -> None:
    """A phone that lost the line and sends again comes to the case that is there."""
    once = str(form_of(malee.get("/cases/new").text, "/cases/new")["once"])
    said = {"once": once, "target_group": "thai_abroad"}
    places = {malee.post("/cases/new", said).headers["location"] for _ in range(2)}
    assert len(places) == 1
    assert len(records(node)) == 1
    somsri = visitor(node, "somsri")
    assert somsri.post("/cases/new", said).headers["location"] not in places


def test_the_safe_way_is_asked_for_with_when_and_what_to_say(node: Node, malee: Visitor) -> None:
    """No way is chosen for them, though the case came by one; what is said is kept together, once."""
    case = begin(malee)
    malee.post(f"{case}/intake/channel", {"channel": "line"})
    page = malee.get(f"{case}/intake/contact").text
    form = form_of(page)
    assert form.get("channel", "") == ""
    offered = set(re.findall(r'<option value="(\w+)"', page))
    assert offered == set(REACHED_BY)
    assert not offered & {"hotline_1300", "self_report", "professional_team"}
    words = {"channel": "line", "value": "dao.example", "safe": "Mornings", "say": "The temple calls"}
    assert malee.post(f"{case}/intake/contact", {**form, **words}).status_code == 303
    again = form_of(malee.get(f"{case}/intake/contact").text)
    assert malee.post(f"{case}/intake/contact", {**again, "safe": "Before ten"}).status_code == 303
    (record,) = records(node)
    assert record.client.contacts == [{"id": 1, **words, "safe": "Before ten"}]


def test_who_must_not_know_is_asked_with_the_safe_way(node: Node, malee: Visitor) -> None:
    """Named once, the line about them stands over the case at once; sent twice, they are one person."""
    case = begin(malee)
    page = malee.get(f"{case}/intake/contact").text
    assert "case-danger" not in page
    said = {**form_of(page), "must_not_know": "her husband", "must_not_know_at_home": "true"}
    for _ in range(2):
        onward = malee.post(f"{case}/intake/contact", said).headers["location"]
        assert onward.startswith(f"{case}/intake/story")
    assert "case-danger" in malee.get(f"{case}/intake/story").text
    (record,) = records(node)
    assert [(one.relation, one.danger, one.lives_with_client) for one in record.people] == [
        ("her husband", True, True)
    ]
    assert not record.client.contacts
    refused = malee.post(f"{case}/intake/contact", {**said, "must_not_know": "x" * 5000})
    assert refused.status_code == 422


def test_only_who_sees_cases_takes_them_in(node: Node) -> None:
    """A volunteer does, and sees the case then; the administrator does not."""
    assert visitor(node, "admin").get("/cases/new").status_code == 403
    somsri = visitor(node, "somsri")
    case = begin(somsri)
    assert somsri.get(case).status_code == 200
    assert visitor(node, "lek").get(case).status_code == 403


def test_an_unknown_answer_makes_no_case(node: Node, malee: Visitor) -> None:
    """A code that is not in the list is refused."""
    assert malee.post("/cases/new", {"once": "x", "target_group": "nobody"}).status_code == 400
    assert records(node) == []


def test_what_is_typed_on_a_screen_is_kept_as_a_draft(node: Node, malee: Visitor) -> None:
    """It stands there again when the line comes back; nobody else sees it; saving ends it."""
    case = begin(malee)
    path = f"{case}/intake/story"
    form = form_of(malee.get(path).text)
    assert malee.post("/draft", {**form, "narrative": "Half a sent"}).status_code == 200
    page = malee.get(path).text
    assert form_of(page)["narrative"] == "Half a sent"
    assert "have not saved" in page
    assert form_of(visitor(node, "anong").get(path).text)["narrative"] == ""
    with reading(node.engine) as session:
        assert session.exec(select(Case.narrative)).one() == ""
    assert malee.post(path, {**form_of(page), "narrative": "A whole sentence"}).status_code == 303
    assert "have not saved" not in malee.get(path).text


def test_a_draft_can_be_dropped(node: Node, malee: Visitor) -> None:
    """Then the page shows what is saved."""
    path = f"{begin(malee)}/intake/name"
    form = form_of(malee.get(path).text)
    malee.post("/draft", {**form, "nickname": "Dao"})
    assert malee.post("/draft/drop", {**form, "nickname": "Dao"}).headers["location"] == path
    assert form_of(malee.get(path).text)["nickname"] == ""
    with reading(node.engine) as session:
        assert session.exec(select(Person.nickname)).one() == ""
