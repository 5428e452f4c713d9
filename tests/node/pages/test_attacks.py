"""What somebody at the pages tries who should not: a worker with a form of their own making."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest
from sqlmodel import select

from songtor_node.cases import service
from songtor_node.cases.casefile import CaseFile
from songtor_node.cases.models import Person
from songtor_node.web.app import STRANGERS, create_app
from songtor_node.web.forms.drafts import Draft
from songtor_node.web.forms.two_people import OtherWords
from songtor_node.workers import acting
from tests.support.casework import Desk, desk
from tests.support.visitor import ORIGIN, Visitor, front_of, visitor

HIDDEN = "ดอกแก้ว"


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Desk]:
    """Its case is assigned to somsri, a volunteer."""
    with desk(tmp_path / "node") as made:
        with made.session() as session:
            malee, now = acting(session, "malee"), made.clock()
            service.assign(session, made.case(session), "somsri", by=malee, now=now)
        yield made


@pytest.fixture
def somsri(at: Desk) -> Visitor:
    return visitor(at.node, "somsri", lang="en")


def other_case(at: Desk) -> str:
    """The code of one that is not assigned to somsri."""
    with at.session() as session:
        form = CaseFile.model_validate({"client": {"nickname": HIDDEN}})
        by, random = acting(session, "malee"), at.node.random
        return service.create(session, form, by=by, now=at.clock(), random=random).code


def test_the_client_is_no_entry_of_the_people(at: Desk, somsri: Visitor) -> None:
    """Made somebody's relative, a case would be without its client, and no list could show it."""
    with at.session() as session:
        client = session.exec(select(Person).where(Person.case_id == at.case(session).id)).one().id
    for below in ("", "/change", "/about", "/address", "/contacts/new"):
        assert somsri.get(at.path(f"/people/{client}{below}")).status_code == 404
    somsri.post(at.path(f"/people/{client}/change"), {"relation": "friend", "danger": "true"})
    assert at.record().client.name_thai
    assert at.malee.get("/cases").status_code == 200


def test_a_draft_names_no_case_that_is_not_ones_own(at: Desk, somsri: Visitor) -> None:
    """Today tells whose case a draft is of: a made-up address must not ask it of any case."""
    hidden = other_case(at)
    for form in (f"/cases/{hidden}/story", f"/cases/{hidden.lower()}", f"/cases/{hidden}"):
        assert somsri.post("/draft", {"form": form, "narrative": "x"}).status_code == 403
    with at.session() as session:
        form, now = f"/cases/{hidden}/story", at.clock()
        session.add(Draft(worker="somsri", form=form, values={"narrative": ["x"]}, at=now))
        session.add(OtherWords(form=form, field="narrative", value="x", by="somsri", at=now))
    today = somsri.get("/").text
    assert hidden not in today
    assert HIDDEN not in today
    assert hidden in visitor(at.node, "malee").get("/cases").text


@pytest.mark.parametrize("form", ["javascript:alert(1)", "//evil.example/", "https://evil.example", ""])
def test_a_draft_leads_nowhere_else(somsri: Visitor, form: str) -> None:
    """Its address becomes a link on Today."""
    assert somsri.post("/draft", {"form": form, "narrative": "x"}).status_code == 403
    assert somsri.post("/draft/drop", {"form": form}).headers["location"] == "/"


@pytest.mark.parametrize("number", ["9" * 20, "9" * 5000, "-1", "²", "1e3", "0"])
def test_numbers_that_no_row_has(at: Desk, number: str) -> None:
    """Nothing is there, and nothing fails."""
    for below, form in (
        ("/put-back", {"number": number}),
        ("/problems/rank", {"up": number}),
        ("/alike", {"answer": f"{number}:same"}),
    ):
        assert at.malee.post(at.path(below), form).status_code == 404
    assert at.malee.post(at.path("/story"), {"settle": f"{number}:mine"}).status_code == 303
    if number.isdigit() and len(number) < 100:
        assert at.malee.get(at.path(f"/consents/{number}")).status_code == 404


@pytest.mark.parametrize("words", ['a"b', 'a" OR text:"b', "NEAR(", "*", "abc\x00def", "\x00", "AND", "(a"])
def test_a_search_is_words_and_no_query(at: Desk, words: str) -> None:
    """Whatever the index's own language would make of them."""
    assert at.malee.post("/cases/search", {"words": words}).status_code in (200, 303)


def test_a_slash_too_many_sends_nobody_elsewhere(at: Desk) -> None:
    """A redirect made before anyone is known would name the host and scheme that it guesses."""
    for client in (at.malee, visitor(at.node)):
        answer = client.get(at.path("/"))
        assert answer.status_code == 404
        assert "location" not in answer.headers


def test_what_a_page_has_checked_is_not_overwritten_by_a_draft(at: Desk) -> None:
    """The referral that is being prepared, and what a conversation about consent is begun for."""
    for below in ("/refer", "/consents/new"):
        form = {"form": at.path(below), "task": "zz", "purpose": "x", "recipients": "y", "to": "z"}
        assert at.malee.post("/draft", form).status_code == 403
    assert at.malee.get(at.path("/refer/whom")).headers["location"] == at.path("/refer")
    assert "purpose" not in at.malee.post(at.path("/consents/new"), {"safe": "yes"}).headers["location"]


def test_a_page_has_one_address(at: Desk, somsri: Visitor) -> None:
    """By a code in small letters one comes to the same, with all that was typed, and not past any rule."""
    small = at.path("/story").replace(at.code, at.code.lower())
    for answer in (at.malee.get(small), at.malee.post(small, {"narrative": "x"})):
        assert (answer.status_code, answer.headers["location"]) == (307, at.path("/story"))
    at.malee.post(at.path("/facts/new"), {"text": "x"})
    at.malee.post(at.path("/contact/new"), {"channel": "phone", "value": "1"})
    for below, status in (("/facts/1", 200), ("/facts/01", 404), ("/contact/1", 200), ("/contact/01", 404)):
        assert at.malee.get(at.path(below)).status_code == status
    hidden = other_case(at)
    assert somsri.get(f"/cases/{hidden.lower()}", follow_redirects=True).status_code == 403


@pytest.mark.parametrize("path", ["/sign-in", "/language", "/start", "/sign-in/passkey/done", "/locked"])
def test_a_strangers_form_is_small(at: Desk, path: str) -> None:
    """Reading one holds up everybody; nobody knows who sends it."""
    assert visitor(at.node).post(path, {"x": "&" * STRANGERS}).status_code == 413


def test_a_stranger_who_never_ends_a_form_is_not_waited_for(at: Desk) -> None:
    """Whoever knows nobody here keeps no place at the door."""
    host, said = ORIGIN.removeprefix("http://").encode(), [{"type": "http.request", "more_body": True}]
    form = (b"content-type", b"application/x-www-form-urlencoded")
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "path": "/sign-in",
        "query_string": b"",
        "headers": [(b"host", host), (b"origin", ORIGIN.encode()), form],
    }
    answers: list[Any] = []

    async def receive() -> Any:
        return said.pop() if said else await anyio.sleep_forever()

    async def send(message: Any) -> None:
        answers.append(message)

    async def attempt() -> None:
        with anyio.fail_after(10):
            await create_app(front_of(at.node), strangers_seconds=0.2)(scope, receive, send)

    anyio.run(attempt)
    assert answers[0]["status"] == 400
