"""A case's home: at a glance, its tasks, what is missing, and its way through the steps."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import col, select

from songtor_node.cases.missing import OF_STEP
from songtor_node.cases.models import StepTaken
from songtor_node.web.case.tasks import PATHS, WHERE_ASKED
from songtor_node.web.routes import PAGES
from songtor_proto.vocabulary import vocabulary
from tests.support.casework import Desk, desk
from tests.support.page_form import form_of
from tests.support.visitor import visitor


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Desk]:
    with desk(
        tmp_path / "node",
        people=[{"relation": "husband", "danger": True}],
        client={"name_thai": "นวล ตัวอย่าง", "nickname": "Dao",
                "contacts": [{"channel": "line", "value": "dao", "safe": "Mornings"}]},
        follow_ups=[{"method": "phone_call", "due": f"2026-12-{day}"} for day in ("24", "01")],
        visits=[{"method": "volunteer_visit", "when": "2026-11-25", "at_time": "14:30"}],
        facts=[{"text": "He keeps her passport"}],
        threats=[{"dimension": "social", "level": "red", "reason": "Beaten"}],
    ) as made:  # fmt: skip
        yield made


def home(at: Desk, query: str = "") -> str:
    answer = at.malee.get(at.path("") + query)
    assert answer.status_code == 200
    return answer.text


def test_what_one_needs_at_a_glance(at: Desk) -> None:
    """Who, how urgent, which step, the next follow-up and visit; and the danger with the safe times."""
    page = home(at)
    for words in ("นวล ตัวอย่าง", "Urgent protection", "Intake", "1 Dec 2026", "25 Nov 2026", "14:30"):
        assert words in page
    assert "24 Dec 2026" not in page
    assert "The danger: husband. Nothing goes to them. Safe to reach: Mornings" in re.sub(r"\s+", " ", page)


def test_every_page_of_the_case_says_who_is_the_danger(at: Desk) -> None:
    """Noted once, it stands on all of them."""
    for below in ("/client", "/contact", "/story", "/facts", "/visits", "/people", "/background", "/step"):
        assert "The danger: husband" in at.malee.get(at.path(below)).text


def test_the_title_says_nothing(at: Desk) -> None:
    """Neither code nor name stand in the window's title."""
    assert "<title>Songtor</title>" in home(at)


def test_a_volunteer_sees_the_nickname_first(at: Desk) -> None:
    """Their phone is seen by others: the head of the page says the nickname, the client's page the name."""
    assert at.malee.post(at.path("/team"), {"worker": "somsri"}).status_code == 303
    somsri = visitor(at.node, "somsri", lang="en")
    head = somsri.get(at.path("")).text
    assert "Dao" in head
    assert "นวล" not in head
    assert "นวล" in somsri.get(at.path("/client")).text


def test_every_task_has_its_page_and_its_word(at: Desk) -> None:
    """All steps of a case's life have tasks; each leads somewhere; states are said in words."""
    page = home(at)
    paths = {one.path for one in PAGES}
    assert list(PATHS) == list(vocabulary().case_steps)[1:]
    for tasks in PATHS.values():
        for task in tasks:
            assert f'href="{at.path("/" + task)}"' in page
            assert "/cases/{case}/" + task in paths
    assert {"There", "Begun", "Nothing yet"} <= set(re.findall(r'class="status [^"]+">([^<]+)<', page))


def test_the_open_step_is_where_the_case_stands_or_what_is_asked_for(at: Desk) -> None:
    """The rail leads to the tasks of a step."""

    def open_one(page: str) -> list[str]:
        return re.findall(r'<details class="step" id="([a-z_]+)" open>', page)

    assert open_one(home(at)) == ["intake"]
    assert open_one(home(at, "?step=planning")) == ["planning"]
    assert open_one(home(at, "?step=nonsense")) == ["intake"]


def test_what_is_missing_is_a_list_and_no_must(at: Desk) -> None:
    """As far as the case has come; each leads to where it is asked; nothing is refused for it."""
    page = home(at)
    assert "What happened" in page
    assert "Facts not checked yet" not in page
    assert at.malee.post(at.path("/step"), {"step": "fact_finding"}).status_code == 303
    assert "Facts not checked yet" in home(at)
    assert at.malee.post(at.path("/step"), {"step": "assessment"}).status_code == 303
    codes = {code for known in OF_STEP.values() for code in known}
    assert codes == WHERE_ASKED.keys()
    paths = {one.path for one in PAGES}
    assert all("/cases/{case}/" + path in paths for path in WHERE_ASKED.values())


def test_one_step_onwards_is_one_tap(at: Desk) -> None:
    """No reason is asked for; the step, who took it and when are kept."""
    form = form_of(home(at), at.path("/step"))
    assert at.malee.post(at.path("/step"), {**form, "step": "fact_finding"}).status_code == 303
    assert at.record().case.step == "fact_finding"
    with at.session() as session:
        last = session.exec(select(StepTaken).order_by(col(StepTaken.id).desc())).first()
        assert last is not None
        assert (last.step, last.by) == ("fact_finding", "malee")


def test_back_or_over_a_step_needs_a_reason(at: Desk) -> None:
    """Without one the page is shown again with what was chosen; with one it is taken and told."""
    refused = at.malee.post(at.path("/step"), {"step": "planning", "reason": " "})
    assert refused.status_code == 422
    assert 'value="planning" checked' in refused.text
    assert (
        at.malee.post(at.path("/step"), {"step": "planning", "reason": "She must leave"}).status_code == 303
    )
    assert "She must leave" in at.malee.get(at.path("/step")).text
    assert at.record().case.step == "planning"


def test_a_case_is_closed_on_its_own_page(at: Desk) -> None:
    """Closure has questions of its own, and so has reopening."""
    answer = at.malee.post(at.path("/step"), {"step": "closure", "reason": "Done"})
    assert answer.headers["location"] == at.path("/closure")
    assert at.record().case.step == "intake"


def test_nobody_else_opens_it(at: Desk) -> None:
    """A role that is not assigned is refused; a look is recorded."""
    for worker in ("somsri", "lek", "admin"):
        assert visitor(at.node, worker).get(at.path("")).status_code == 403
    assert at.malee.get("/cases/C-00000").status_code == 403
