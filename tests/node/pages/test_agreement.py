"""A plan signed on the worker's phone, on paper, before a witness; nothing else is within reach meanwhile."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from songtor_node.cases.models import Goal
from songtor_node.web.front import When
from songtor_node.web.routes import PAGES
from tests.support.accounts import PASSWORD, with_account
from tests.support.casework import Desk, desk
from tests.support.talks import CHILD, png

GOALS = [
    {"subject": "child", "dimension": "health", "text": "Sleep", "todo": "See the doctor", "who": "Anong",
     "steps": [{"what": "Weigh her", "agency": "Clinic", "days": 10, "information": ["health"]}]},
    {"subject": "child", "dimension": "education", "text": "Back at school", "due": "2027-01-31"},
]  # fmt: skip
IN_ANY_HAND = {"/hand-back", "/leave", "/language", "/locked", "/sign-out"}


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path / "node", **{**CHILD, "goals": GOALS, "narrative": "A long story"}) as made:
        with_account(made.node, "malee")
        yield made


def goals(at: Desk) -> list[Goal]:
    return list(at.record().goals)


def mother(at: Desk) -> str:
    return f"guardian:{next(one.key for one in at.record().people if one.relation == 'มารดา')}"


def asked(at: Desk, how: str, **said: Any) -> str:
    """Whom and what; gives where it leads."""
    numbers = [str(one.id) for one in goals(at)]
    form = {"by": mother(at), "goals": numbers, "language": "en", "how": how, **said}
    answer = at.malee.post(at.path("/agreement"), form)
    assert answer.status_code == 303, re.findall(r'class="error"[^>]*>([^<]*)', answer.text)
    return str(answer.headers["location"])


def read(at: Desk, *numbers: int) -> str:
    """Ticks goals on the page that is read; gives where that leads."""
    held = at.path("/agreement/held")
    page = at.malee.get(held).text
    seen = re.search(r'name="seen" value="([^"]*)"', page)
    assert seen
    answer = at.malee.post(held, {"seen": seen[1], "agreed": [str(one) for one in numbers]})
    assert answer.status_code == 303
    return str(answer.headers["location"])


def test_the_guardian_reads_ticks_and_signs(at: Desk) -> None:
    """In plain words, with nothing else of the case; what was ticked is signed, its signature kept."""
    first, second = goals(at)
    assert asked(at, "hand") == at.path("/agreement/held")
    page = at.malee.get(at.path("/agreement/held")).text
    for words in ("Sleep", "See the doctor", "Weigh her", "about 10 days", "Back at school", "31 Jan 2027"):
        assert words in page
    for other in ("A long story", "ดำ สมมติ", "ตูม", 'class="case-bar"'):
        assert other not in page
    assert read(at, first.id or 0) == at.path("/agreement/held/sign")
    answer = at.malee.post(at.path("/agreement/held/sign"), {"signature": png()})
    assert answer.headers["location"].startswith(at.path("/agreement/held/thanks"))
    assert "Thank you" in at.malee.get(answer.headers["location"]).text
    signed, not_signed = goals(at)
    assert (signed.stage, signed.signed["by"], signed.signed["name"]) == (
        "agreed",
        "guardian",
        "มารดา จันทร์ สมมติ",
    )
    assert (not_signed.stage, not_signed.signed) == ("diagnosing", {})
    assert at.malee.get(at.path(f"/plan/{second.id}")).headers["location"] == "/hand-back"
    assert at.malee.post("/hand-back", {"password": PASSWORD}).status_code == 303
    assert at.malee.get(at.path("/agreement/held")).headers["location"].endswith("/plan")
    page = at.malee.get(at.path(f"/plan/{first.id}")).text
    assert "จันทร์ สมมติ signed it on" in page
    paper = re.search(r'href="(/cases/[^"]+/papers/\d+)"', page)
    assert paper
    assert at.malee.get(paper[1]).status_code == 200
    at.malee.post(
        at.path(f"/plan/{first.id}/change"), {"subject": "child", "dimension": "health", "text": "Sleep well"}
    )
    assert "Changed after signing" in at.malee.get(at.path(f"/plan/{first.id}")).text


def test_a_day_that_has_passed_is_pointed_out_before_it_is_signed(at: Desk) -> None:
    """To the worker, where goals are chosen."""
    assert "has passed" not in at.malee.get(at.path("/agreement")).text
    at.later(days=90)
    assert "Its day, 31 Jan 2027, has passed" in at.malee.get(at.path("/agreement")).text


def test_what_goal_and_step_say_alike_is_read_once(at: Desk) -> None:
    """With whom and how long of the step stay."""
    first = goals(at)[0]
    path = at.path(f"/plan/{first.id}/steps/{first.steps[0]['id']}")
    assert at.malee.post(path, {"what": "Sleep", "agency": "Clinic", "days": "10"}).status_code == 303
    asked(at, "here")
    page = at.malee.get(at.path("/agreement/held")).text
    assert "Clinic · about 10 days" in page
    assert "Sleep · Clinic" not in page


def test_a_phone_that_was_handed_over_reaches_the_plan_alone(at: Desk) -> None:
    """The whole table of pages is walked."""
    asked(at, "hand")
    for page in PAGES:
        held = page.path.startswith("/cases/{case}/agreement/held")
        if page.path in IN_ANY_HAND or held or "{talk" in page.path or page.when not in (None, When.OPEN):
            continue
        path = page.path.replace("{case}", at.code)
        for way, handler in ((at.malee.get, page.get), (at.malee.post, page.post)):
            if handler is not None:
                assert way(path).headers.get("location") == "/hand-back", path


def test_a_guardian_who_is_the_danger_is_not_asked(at: Desk) -> None:
    """C6: not offered, refused when forged, and dropped when noted as the danger meanwhile."""
    page = at.malee.get(at.path("/agreement")).text
    danger = next(one for one in at.record().people if one.danger)
    assert "จันทร์ สมมติ" in page
    assert f"guardian:{danger.key}" not in page
    forged = {"by": f"guardian:{danger.key}", "goals": [str(goals(at)[0].id)], "how": "here"}
    assert at.malee.post(at.path("/agreement"), forged).status_code == 422
    asked(at, "here")
    with at.session() as session:
        for person in at.record().people:
            session.merge(person).danger = True
    assert at.malee.get(at.path("/agreement/held")).headers["location"].endswith("/plan")


def test_whoever_is_the_danger_and_named_in_the_plan_is_pointed_out(at: Desk) -> None:
    """C6: before anybody reads it."""
    assert "is the danger is named" not in at.malee.get(at.path("/agreement")).text
    change = {"subject": "child", "dimension": "health", "text": "Sleep", "who": "ดำ สมมติ"}
    at.malee.post(at.path(f"/plan/{goals(at)[0].id}/change"), change)
    assert "is the danger is named" in at.malee.get(at.path("/agreement")).text


def test_the_very_words_that_were_read_are_signed(at: Desk) -> None:
    """Changed meanwhile, they are read again; without a tick or a signature nothing is agreed."""
    first, _ = goals(at)
    asked(at, "here")
    held = at.path("/agreement/held")
    page = at.malee.get(held).text
    seen = re.search(r'name="seen" value="([^"]*)"', page)
    assert seen
    assert "Tick what you agree to" in at.malee.post(held, {"seen": seen[1]}).text
    assert "has changed" in at.malee.post(held, {"seen": "older", "agreed": str(first.id)}).text
    assert read(at, first.id or 0).endswith("/sign")
    assert at.malee.post(f"{held}/sign", {"signature": ""}).status_code == 422
    at.anong.post(
        at.path(f"/plan/{first.id}/change"), {"subject": "child", "dimension": "health", "text": "Eat"}
    )
    assert at.malee.post(f"{held}/sign", {"signature": png()}).headers["location"] == held
    assert not goals(at)[0].signed


def test_whoever_reads_changes_the_language(at: Desk) -> None:
    """On their own screens, and stays on them."""
    asked(at, "here", language="th")
    held = at.path("/agreement/held")
    assert "แผนที่เราจะทำด้วยกัน" in at.malee.get(held).text
    assert at.malee.post(held, {"speak": "en"}).headers["location"] == held
    assert "What we will do together" in at.malee.get(held).text


def test_on_paper(at: Desk) -> None:
    """A sheet with the same words is printed; where it lies is written down."""
    assert asked(at, "paper") == at.path("/agreement/paper")
    sheet = at.malee.get(at.path("/agreement/sheet")).text
    assert "Weigh her" in sheet
    assert at.malee.post(at.path("/agreement/paper"), {"paper_kept": " "}).status_code == 422
    assert at.malee.post(at.path("/agreement/paper"), {"paper_kept": "Blue folder"}).status_code == 303
    assert all(one.stage == "agreed" and one.signed["kept"] == "Blue folder" for one in goals(at))
    assert "Blue folder" in at.malee.get(at.path(f"/plan/{goals(at)[0].id}")).text


def test_before_a_witness(at: Desk) -> None:
    """Who is the danger is no witness (C6)."""
    assert asked(at, "spoken") == at.path("/agreement/spoken")
    path = at.path("/agreement/spoken")
    assert "Weigh her" in at.malee.get(path).text
    for nobody in ("", "บิดาเลี้ยง"):
        assert at.malee.post(path, {"spoken_witness": nobody}).status_code == 422
    assert at.malee.post(path, {"spoken_witness": "Nurse Wandee"}).status_code == 303
    assert all(one.signed["witness"] == "Nurse Wandee" for one in goals(at))


def test_it_is_asked_who_and_which(at: Desk) -> None:
    """And nothing waits where all is signed."""
    form = {"by": "", "goals": [str(goals(at)[0].id)], "how": "here"}
    assert at.malee.post(at.path("/agreement"), form).status_code == 422
    assert (
        at.malee.post(at.path("/agreement"), {"by": "client", "goals": "", "how": "here"}).status_code == 422
    )
    asked(at, "spoken")
    at.malee.post(at.path("/agreement/spoken"), {"spoken_witness": "Nurse Wandee"})
    assert "No goal waits for a signature" in at.malee.get(at.path("/agreement")).text
    assert "Draft" not in at.malee.get("/").text
