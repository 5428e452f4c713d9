"""Fact finding: what is said, and how it was checked; visits and calls; incidents."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlmodel import select

from songtor_node.cases import service
from songtor_node.cases.casefile import CaseFile
from songtor_node.cases.models import Fact
from songtor_node.workers import acting
from tests.support.casework import Desk, desk
from tests.support.page_form import form_of


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path / "node") as made:
        yield made


def save(at: Desk, below: str, **words: str) -> int:
    path = at.path(below)
    form = form_of(at.malee.get(path).text)
    return int(at.malee.post(path, {**form, **words}).status_code)


def undo(location: str) -> str:
    """What the page that one came to would put back."""
    return parse_qs(urlsplit(location).query)["undo"][0]


def test_a_fact_has_a_source_and_is_checked(at: Desk) -> None:
    """How, by whom and when; contradicted is said too; without how it is asked again."""
    assert save(at, "/facts/new", text="He keeps her passport", source="A neighbour") == 303
    number = at.record().facts[0].id
    assert "Not checked yet" in at.malee.get(at.path("/facts")).text
    assert save(at, f"/facts/{number}/check", verification="verified") == 422
    assert save(at, f"/facts/{number}/check", verification="verified", how="Saw the police report") == 303
    fact = at.record().facts[0]
    assert (fact.verification, fact.how, fact.verified_by) == ("verified", "Saw the police report", "malee")
    page = at.malee.get(at.path("/facts")).text
    assert "Checked: it is so" in page
    assert "Saw the police report" in page
    assert save(at, f"/facts/{number}/check", verification="contradicted", how="The embassy has it") == 303
    assert "Saw the police report" in at.malee.get(at.path(f"/facts/{number}/check")).text


@pytest.mark.parametrize("how", ["x" * 301, "\u202ereport"])
def test_how_a_fact_was_checked_is_bounded_as_every_line_is(at: Desk, how: str) -> None:
    """Nothing endless, and nothing that turns the direction of writing; the case can be given out."""
    assert save(at, "/facts/new", text="She has work") == 303
    number = at.record().facts[0].id
    for verification in ("verified", "unverified"):
        assert save(at, f"/facts/{number}/check", verification=verification, how=how) == 422
    assert at.record().facts[0].how == ""


def test_a_check_can_be_taken_back(at: Desk) -> None:
    """Not checked after all; no reason is forced."""
    assert save(at, "/facts/new", text="She has work") == 303
    number = at.record().facts[0].id
    assert save(at, f"/facts/{number}/check", verification="verified", how="Contract") == 303
    assert save(at, f"/facts/{number}/check", verification="unverified", how="") == 303
    assert at.record().facts[0].verification == "unverified"


def test_correcting_a_fact_keeps_its_check_and_its_former_words(at: Desk) -> None:
    """And it can be taken out and put back with both."""
    assert save(at, "/facts/new", text="She has work") == 303
    number = at.record().facts[0].id
    save(at, f"/facts/{number}/check", verification="verified", how="Contract")
    assert save(at, f"/facts/{number}", text="She has had work since May") == 303
    fact = at.record().facts[0]
    assert (fact.text, fact.verification) == ("She has had work since May", "verified")
    assert "She has work" in at.malee.get(at.path(f"/facts/{number}")).text
    gone = at.malee.post(at.path(f"/facts/{number}/out")).headers["location"]
    assert at.record().facts == []
    at.malee.post(at.path("/put-back"), {"number": undo(gone), "back": at.path("/facts")})
    (back,) = at.record().facts
    assert (back.text, back.how, back.verified_at) == (fact.text, fact.how, fact.verified_at)


def test_no_entry_shows_what_was_typed_or_said_in_another(at: Desk) -> None:
    """Neither a draft nor former words of one that was taken out, of this case or of one that is hidden."""
    with at.session() as session:
        by = acting(session, "malee")
        hidden = service.create(session, CaseFile(), by=by, now=at.clock(), random=at.node.random).code
    assert save(at, "/facts/new", text="First") == 303
    number = at.record().facts[0].id
    at.malee.post("/draft", {"form": at.path(f"/facts/{number}"), "text": "Half-typed", "was.text": "0"})
    gone = at.malee.post(at.path(f"/facts/{number}/out")).headers["location"]
    assert save(at, "/facts/new", text="Second") == 303
    second = at.record().facts[0].id
    assert "Half-typed" not in at.malee.get(at.path(f"/facts/{second}")).text
    at.malee.post(at.path(f"/facts/{second}/out"))
    at.malee.post(f"/cases/{hidden}/facts/new", {"text": "She hides at Rose Street"})
    with at.session() as session:
        there = session.exec(select(Fact)).one().id
    at.malee.post(f"/cases/{hidden}/facts/{there}", {"text": "She has moved"})
    at.malee.post(f"/cases/{hidden}/facts/{there}/out")
    at.malee.post(at.path("/put-back"), {"number": undo(gone), "back": at.path("/facts")})
    (back,) = at.record().facts
    assert (back.id, back.text) == (number, "First")
    assert "Rose Street" not in at.malee.get(at.path(f"/facts/{number}")).text
    assert len({number, second, there}) == 3


def test_a_visit_is_planned_and_then_made(at: Desk) -> None:
    """When, how, who, where; then whom they met, what was found, whether it was safe."""
    when = {"when.year": "2026", "when.month": "11", "when.day": "25"}
    assert save(at, "/visits/plan", method="volunteer_visit", at_time="14:30", who="Somsri", **when) == 303
    assert "25 Nov 2026 14:30" in at.malee.get(at.path("/visits")).text
    number = at.record().visits[0].id
    assert (
        save(at, f"/visits/{number}", state="done", met="The client", found="A bruise", safety="unsafe")
        == 303
    )
    visit = at.record().visits[0]
    assert (visit.state, visit.met, visit.when, visit.who) == ("done", "The client", "2026-11-25", "Somsri")
    page = at.malee.get(at.path("/visits")).text
    for words in ("Made", "Met The client", "A bruise", "It was not safe"):
        assert words in page


def test_a_call_that_was_made_is_noted_at_once(at: Desk) -> None:
    """With the method alone, if need be; a wrong time is asked again."""
    assert save(at, "/visits/new", method="phone_call") == 303
    assert at.record().visits[0].state == "done"
    assert save(at, "/visits/new", method="phone_call", at_time="25:00") == 422


def test_planned_visits_stand_first(at: Desk) -> None:
    """The next at the top, what was made below."""
    for below, day in (("/visits/new", "20"), ("/visits/plan", "28"), ("/visits/plan", "26")):
        when = {"when.year": "2026", "when.month": "11", "when.day": day}
        assert save(at, below, method="phone_call", **when) == 303
    page = at.malee.get(at.path("/visits")).text
    assert page.index("26 Nov") < page.index("28 Nov") < page.index("20 Nov")


def test_incidents(at: Desk) -> None:
    """A plain list; each can be corrected and taken out."""
    words = {"text": "Pushed", "when.year": "2569", "perpetrator": "husband"}
    assert save(at, "/incidents/new", **words) == 303
    page = at.malee.get(at.path("/incidents")).text
    assert all(one in page for one in ("Pushed", "2026", "husband"))
    (entry,) = at.record().incidents
    assert save(at, f"/incidents/{entry.id}", text="Corrected") == 303
    assert at.malee.post(at.path(f"/incidents/{entry.id}/out")).status_code == 303
    assert not at.record().incidents


def test_another_cases_entry_is_not_reached(at: Desk) -> None:
    """By its number in this case's path."""
    assert save(at, "/facts/new", text="Mine") == 303
    number = at.record().facts[0].id
    begun = at.malee.post("/cases/new", {"once": "x"}).headers["location"].removesuffix("/intake/channel")
    assert at.malee.get(f"{begun}/facts/{number}").status_code == 404
    assert at.malee.post(f"{begun}/facts/{number}/out").status_code == 404
    assert (
        at.malee.post(f"{begun}/facts/{number}/check", {"verification": "verified", "how": "x"}).status_code
        == 404
    )


def test_a_planned_visit_stands_in_today(at: Desk) -> None:
    """Until it was made."""
    when = {"when.year": "2026", "when.month": "11", "when.day": "20"}
    assert save(at, "/visits/plan", method="volunteer_visit", **when) == 303
    number = at.record().visits[0].id
    path = at.path(f"/visits/{number}")
    assert path in at.malee.get("/").text
    assert save(at, f"/visits/{number}", state="done") == 303
    assert path not in at.malee.get("/").text
