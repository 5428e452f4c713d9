"""The plan on the pages: goals, stages that go back and forth, a no that is kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import col, select

from songtor_node.cases import history, plan
from songtor_node.cases.models import Change, Goal
from songtor_node.cases.pictures import journey
from songtor_node.cases.record import read_record
from tests.support.casework import Desk, desk

GOAL = {
    "dimension": "education",
    "text": "Back at school every day",
    "todo": "Meet the teacher",
    "who": "Anong",
    "agency": "School",
    "due": "2026-12-01",
}


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path / "node") as made:
        assert made.malee.post(made.path("/plan/add"), GOAL).status_code == 303
        yield made


STEP = {
    "what": "See the doctor",
    "agency": "Clinic",
    "who": "Somsri",
    "days": "10",
    "information": ["health"],
}


def goal(at: Desk) -> Goal:
    return at.record().goals[0]


def test_a_goal_says_who_does_what_by_when(at: Desk) -> None:
    """All that was said is shown, under its dimension."""
    one = goal(at)
    assert (one.stage, one.due) == ("diagnosing", "2026-12-01")
    page = at.malee.get(at.path(f"/plan/{one.id}")).text
    assert all(said in page for name, said in GOAL.items() if name not in ("dimension", "due"))
    assert "1 Dec 2026" in page
    assert "Back at school every day" in at.malee.get(at.path("/plan")).text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"text": "Sleep"}, "Nothing is chosen yet"),
        ({**GOAL, "due.day": "31", "due.month": "2", "due.year": "2026", "due": ""}, "day, month and year"),
    ],
)
def test_an_error_speaks_of_the_field_as_it_is_answered(at: Desk, words: dict[str, str], said: str) -> None:
    """Of circles and boxes, not of what a file would say."""
    answer = at.malee.post(at.path("/plan/add"), words)
    assert (answer.status_code, said in answer.text) == (422, True)


def test_a_goal_without_a_step_offers_the_first(at: Desk) -> None:
    """On its card, until there is one or it is refused."""
    path, add = at.path(f"/plan/{goal(at).id}"), at.path(f"/plan/{goal(at).id}/steps/new")
    assert add in at.malee.get(at.path("/plan")).text
    at.malee.post(f"{path}/refusal", {"refusal": "No"})
    assert add not in at.malee.get(at.path("/plan")).text
    at.malee.post(path, {"stage": "agreed"})
    at.malee.post(add, STEP)
    assert add not in at.malee.get(at.path("/plan")).text


def test_days_in_words_are_asked_for_in_digits(at: Desk) -> None:
    """There is no template to look into."""
    answer = at.malee.post(at.path(f"/plan/{goal(at).id}/steps/new"), {**STEP, "days": "สามวัน"})
    assert (answer.status_code, "in digits" in answer.text) == (422, True)


def test_a_goal_needs_only_its_dimension_and_words(at: Desk) -> None:
    """The rest can wait; without words it is asked again."""
    assert at.malee.post(at.path("/plan/add"), {"dimension": "health", "text": "Sleep"}).status_code == 303
    assert at.malee.post(at.path("/plan/add"), {"dimension": "health"}).status_code == 422


def test_stages_go_back_with_a_reason(at: Desk) -> None:
    """Forward is free; back is refused without a reason; every move is kept and shown."""
    path = at.path(f"/plan/{goal(at).id}")
    assert at.malee.post(path, {"stage": "in_service"}).status_code == 303
    assert at.malee.post(path, {"stage": "agreed"}).status_code == 422
    answer = at.malee.post(path, {"stage": "agreed", "reason": "The school changed"})
    assert answer.status_code == 303
    assert goal(at).stage == "agreed"
    with at.session() as session:
        moved = [(one.stage, one.by) for one in plan.moves(session, session.get_one(Goal, goal(at).id))]
    assert moved == [("in_service", "malee"), ("agreed", "malee")]
    assert "The school changed" in at.malee.get(path).text
    assert at.malee.post(path, {"stage": "flying"}).status_code == 422


def test_a_refusal_is_recorded_not_hidden(at: Desk) -> None:
    """In the client's words; it is shown on plan and goal; going on takes it up again."""
    path = at.path(f"/plan/{goal(at).id}")
    assert at.malee.post(f"{path}/refusal", {"refusal": "  "}).status_code == 422
    assert at.malee.post(f"{path}/refusal", {"refusal": "Not while he drinks"}).status_code == 303
    assert "Refused" in at.malee.get(at.path("/plan")).text
    assert "Not while he drinks" in at.malee.get(path).text
    at.malee.post(path, {"stage": "agreed"})
    assert goal(at).refusal == ""
    assert "Not while he drinks" in at.malee.get(path).text


def test_what_is_late_is_said(at: Desk) -> None:
    """After its day, until it is reached or refused."""
    assert "Overdue" not in at.malee.get(at.path("/plan")).text
    at.later(days=12)
    assert "Overdue" in at.malee.get(at.path("/plan")).text
    at.malee.post(at.path(f"/plan/{goal(at).id}"), {"stage": "completed", "sure": "true"})
    assert "Overdue" not in at.malee.get(at.path("/plan")).text


def test_a_goal_with_something_open_is_asked_about_before_it_is_met(at: Desk) -> None:
    """Once, naming the step that is not done and that nobody signed; a tick answers it."""
    path = at.path(f"/plan/{goal(at).id}")
    at.malee.post(f"{path}/steps/new", STEP)
    assert 'name="sure"' not in at.malee.get(path).text
    asked = at.malee.post(path, {"stage": "completed"})
    assert (asked.status_code, goal(at).stage) == (422, "diagnosing")
    card = asked.text.partition("Where it stands")[2]
    assert "Not done yet: <bdi>See the doctor</bdi>" in card
    assert "Nobody has signed it yet." in card
    assert 'name="sure"' in card
    assert at.malee.post(path, {"stage": "completed", "sure": "true"}).status_code == 303
    assert goal(at).stage == "completed"
    assert at.malee.post(path, {"stage": "completed"}).status_code == 303


def test_a_goal_taken_out_comes_back_with_its_way(at: Desk) -> None:
    """Its moves are there again."""
    number = goal(at).id
    at.malee.post(at.path(f"/plan/{number}"), {"stage": "agreed"})
    assert at.malee.post(at.path(f"/plan/{number}/out")).status_code == 303
    assert not at.record().goals
    with at.session() as session:
        query = select(Change.id).where(col(Change.gone)).order_by(col(Change.id).desc())
        history.put_back(session, at.case(session), session.exec(query).first() or 0)
        back = session.get_one(Goal, number)
        assert [one.stage for one in plan.moves(session, back)] == ["agreed"]


def test_what_is_typed_is_kept_as_a_draft(at: Desk) -> None:
    """For who typed it alone; saved, it is gone."""
    for path, field, words in (
        (at.path("/plan/add"), "text", "Half a goal"),
        (at.path(f"/plan/{goal(at).id}"), "reason", "Half a reason"),
    ):
        assert at.malee.post("/draft", {"form": path, field: words}).status_code == 200
        assert words in at.malee.get(path).text
        assert words not in at.anong.get(path).text
        at.malee.post(path, {**GOAL, "stage": "agreed"})
        assert words not in at.malee.get(path).text


def test_two_people_move_one_goal(at: Desk) -> None:
    """The first move stays; the second person reads both."""
    path = at.path(f"/plan/{goal(at).id}")
    was = dict(re.findall(r'name="(was\.[a-z_]+)" value="([0-9a-f]+)"', at.malee.get(path).text))
    at.anong.post(path, {"stage": "agreed", **was})
    answer = at.malee.post(path, {"stage": "in_service", **was})
    assert "both_kept" in answer.headers["location"]
    assert goal(at).stage == "agreed"
    assert "In service" in at.malee.get(path).text


def test_a_step_says_where_with_whom_what_it_needs_and_how_long(at: Desk) -> None:
    """It is added, changed and taken out; its former words are kept with the goal."""
    path = at.path(f"/plan/{goal(at).id}")
    assert "No step yet" in at.malee.get(path).text
    assert at.malee.post(f"{path}/steps/new", {"agency": "Clinic"}).status_code == 422
    assert at.malee.post(f"{path}/steps/new", STEP).status_code == 303
    for page in (at.malee.get(path).text, at.malee.get(at.path("/plan")).text):
        for words in (
            "See the doctor",
            "Clinic",
            "Somsri",
            "Expected: 10 days",
            "Needs: Physical and mental",
        ):
            assert words in page
    assert at.malee.post(f"{path}/steps/1", {**STEP, "bring": "Vaccination book"}).status_code == 303
    assert "Vaccination book" in at.malee.get(path).text
    was = re.search(r'name="was" value="([0-9a-f]+)"', at.malee.get(f"{path}/steps/1").text)
    assert was
    assert at.malee.post(f"{path}/steps/1/out", {"was": was[1]}).status_code == 303
    assert not goal(at).steps
    with at.session() as session:
        assert len(history.changes(session, session.get_one(Goal, goal(at).id))) == 3


def test_a_step_is_begun_and_done_with_one_tap(at: Desk) -> None:
    """On the very step that the page showed; a late one stands out, in Today too."""
    path = at.path(f"/plan/{goal(at).id}")
    at.malee.post(f"{path}/steps/new", STEP)

    def tap(what: str) -> int:
        was = re.search(r'name="was" value="([0-9a-f]+)"', at.malee.get(path).text)
        assert was
        return at.malee.post(f"{path}/steps/1/tap", {"was": was[1], "what": what}).status_code

    assert at.malee.post(f"{path}/steps/1/tap", {"was": "0", "what": "done"}).status_code == 404
    assert at.malee.post(f"{path}/steps/9/tap", {"was": "0", "what": "done"}).status_code == 404
    assert tap("started") == 303
    assert "Day 0 of 10" in at.malee.get(path).text
    assert "Step of the plan" in at.malee.get("/cases").text
    assert tap("flown") == 400
    at.later(days=11)
    assert "1 day late (expected 10)" in at.malee.get(path).text
    assert "A step is late" in at.malee.get(path).text
    assert f'href="{path}"' in at.malee.get("/").text
    assert tap("done") == 303
    assert "Done in 11 days (expected 10)" in at.malee.get(path).text
    assert f'href="{path}"' in at.malee.get("/").text  # the goal's own day has passed too


def test_a_goal_far_ahead_is_hinted_and_kept(at: Desk) -> None:
    """The usual is within 6 to 12 months."""
    path = at.path(f"/plan/{goal(at).id}")
    assert "within 6 to 12 months" not in at.malee.get(path).text
    assert at.malee.post(f"{path}/change", {**GOAL, "due": "2029-01-01"}).status_code == 303
    assert "within 6 to 12 months" in at.malee.get(path).text
    assert goal(at).due == "2029-01-01"


def test_whose_goal_it_is_is_asked_where_there_are_a_child_and_a_guardian(at: Desk) -> None:
    """Of an adult alone it is not."""
    assert 'name="subject"' not in at.malee.get(at.path("/plan/add")).text
    assert goal(at).subject == "client"
    at.malee.post(at.path("/client/about"), {"birth_date": "2015"})
    page = at.malee.get(at.path("/plan/add")).text
    assert 'value="child" checked' in page
    assert 'value="guardian"' in page
    said = {**GOAL, "subject": "guardian", "text": "A rest"}
    assert at.malee.post(at.path("/plan/add"), said).status_code == 303
    assert [one.subject for one in at.record().goals] == ["client", "guardian"]
    page = at.malee.get(at.path("/plan")).text
    assert page.index("The child") < page.index("The guardian")


def test_the_picture_shows_what_the_plan_says(at: Desk) -> None:
    """Goals lead to their pages; the same stands in words; names go where they are not wanted."""
    path = at.path(f"/plan/{goal(at).id}")
    at.malee.post(f"{path}/steps/new", {**STEP, "what": "Ask นวล ตัวอย่าง"})
    at.malee.post(path, {"stage": "in_service"})
    at.malee.post(path, {"stage": "agreed", "reason": "The school changed"})
    at.malee.post(f"{path}/refusal", {"refusal": "Not now"})
    page = at.malee.get(at.path("/plan")).text
    assert f'<a href="{path}" aria-label="Back at school every day">' in page
    for words in ("Went back: The school changed", "Refused: Not now", "To be reached by 1 Dec 2026"):
        assert words in page
    assert "นวล ตัวอย่าง" in page[page.index("<svg") :]
    with at.session() as session:
        record = read_record(session, at.case(session))
        moves = plan.moves_by_goal(session, record.case)
        day = at.clock.now.astimezone().date()
        hidden = str(journey.picture(record, moves, day, lang="en", names=False))
        assert "นวล" in str(journey.picture(record, moves, day, lang="en"))
    assert not any(name in hidden for name in ("นวล", "Somsri"))
    assert at.malee.get(at.path("/plan.pdf?names=no")).content.startswith(b"%PDF")


def test_a_plan_that_nobody_signed_is_among_what_is_missing(at: Desk) -> None:
    """Gently, and only once there is one to sign."""
    at.malee.post(at.path("/step"), {"step": "planning", "reason": "now"})
    assert "nobody has signed yet" in at.malee.get(at.path("")).text
    assert f'href="{at.path("/agreement")}"' in at.malee.get(at.path("")).text


def test_steps_are_put_into_order(at: Desk) -> None:
    """One tap moves one up; they are kept when the goal is taken out and put back."""
    path = at.path(f"/plan/{goal(at).id}")
    for what in ("First", "Second"):
        at.malee.post(f"{path}/steps/new", {"what": what})
    was = re.findall(r'name="was" value="([0-9a-f]+)"', at.malee.get(path).text)
    assert at.malee.post(f"{path}/steps/1/tap", {"was": was[0], "what": "up"}).status_code == 404
    assert at.malee.post(f"{path}/steps/2/tap", {"was": was[1], "what": "up"}).status_code == 303
    assert [one["what"] for one in goal(at).steps] == ["Second", "First"]
    undo = at.malee.post(f"{path}/out").headers["location"].partition("undo=")[2].partition("&")[0]
    assert not at.record().goals
    at.malee.post(at.path("/put-back"), {"number": undo, "back": at.path("/plan")})
    assert [one["what"] for one in goal(at).steps] == ["Second", "First"]
