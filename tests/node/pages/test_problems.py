"""Problems on the pages: picked, ranked, explained; two people at one of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from songtor_proto.vocabulary import vocabulary
from tests.support.casework import Desk, desk


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path / "node", problems=[{"code": "fraud"}, {"code": "unemployment"}]) as made:
        yield made


def codes(at: Desk) -> list[str]:
    return [one.code for one in at.record().problems]


def marks(page: str) -> dict[str, str]:
    return dict(re.findall(r'name="(was\.[a-z_]+)" value="([0-9a-f]+)"', page))


def test_every_problem_can_be_picked_and_stands_in_a_group(at: Desk) -> None:
    """All of the vocabulary that is not there yet, under the groups' headings."""
    page = at.malee.get(at.path("/problems/add")).text
    offered = set(re.findall(r'name="code" value="([a-z_]+)"', page))
    assert offered == vocabulary().problems.keys() - {"fraud", "unemployment"}
    assert all(
        term.label("en").replace(",", "").split()[0] in page for term in vocabulary().problem_groups.values()
    )
    assert all(term.group in vocabulary().problem_groups for term in vocabulary().problems.values())


def test_the_search_needs_no_script_and_keeps_what_is_ticked(at: Desk) -> None:
    """Part of a Thai or English word finds; what was ticked stays ticked."""
    page = at.malee.post(
        at.path("/problems/add"), {"do": "search", "wanted": "หนี้", "code": ["disability", ""]}
    )
    assert page.status_code == 200
    found = re.findall(r'name="code" value="([a-z_]+)"( checked)?', page.text)
    assert set(found) == {("insufficient_income", ""), ("disability", " checked")}
    assert codes(at) == ["fraud", "unemployment"]


def test_the_most_pressing_first(at: Desk) -> None:
    """What is picked goes to the end; buttons move it up and down, and at an end nothing moves."""
    answer = at.malee.post(at.path("/problems/add"), {"do": "add", "code": ["disability", "fraud"]})
    assert answer.headers["location"].startswith(at.path("/problems"))
    assert codes(at) == ["fraud", "unemployment", "disability"]
    last = at.record().problems[2].id
    at.malee.post(at.path("/problems/rank"), {"up": str(last)})
    at.malee.post(at.path("/problems/rank"), {"up": str(last)})
    at.malee.post(at.path("/problems/rank"), {"up": str(last)})
    assert codes(at) == ["disability", "fraud", "unemployment"]
    at.malee.post(at.path("/problems/rank"), {"down": str(last)})
    assert codes(at) == ["fraud", "disability", "unemployment"]
    assert [one.rank for one in at.record().problems] == [1, 2, 3]
    assert at.malee.post(at.path("/problems/rank"), {"up": "999"}).status_code == 404


def test_two_people_at_one_note(at: Desk) -> None:
    """Whoever saves second overwrites nothing: both texts are kept and shown."""
    number = at.record().problems[0].id
    page = at.malee.get(at.path(f"/problems/{number}"))
    assert vocabulary().problems["fraud"].label("en") in page.text
    was = marks(page.text)
    assert at.anong.post(at.path(f"/problems/{number}"), {"note": "Anong's", **was}).status_code == 303
    answer = at.malee.post(at.path(f"/problems/{number}"), {"note": "Malee's", **was})
    assert "both_kept" in answer.headers["location"]
    assert at.record().problems[0].note == "Anong&#39;s".replace("&#39;", "'")
    shown = at.malee.get(at.path(f"/problems/{number}")).text
    assert "Malee&#39;s" in shown
    assert "Anong&#39;s" in shown


def test_causes_and_team_are_told_in_words(at: Desk) -> None:
    """They belong to the case, stand on the page of problems, and leave what was there before behind."""
    path = at.path("/problems/causes")
    was = marks(at.malee.get(path).text)
    said = {"causes": "Debt since the spring", "team": "Malee, a doctor"}
    assert at.malee.post(path, {**said, **was}).status_code == 303
    assert at.record().case.assessment == said
    assert "Debt since the spring" in at.malee.get(at.path("/problems")).text


def test_one_taken_out_leaves_the_ranking(at: Desk) -> None:
    """And no other case's entry can be reached by its number."""
    number = at.record().problems[0].id
    assert at.malee.post(at.path(f"/problems/{number}/out")).status_code == 303
    assert codes(at) == ["unemployment"]
    assert at.malee.get(at.path(f"/problems/{number}")).status_code == 404
    assert at.malee.get(at.path("/problems/x")).status_code == 404


def test_a_text_too_long_is_shown_again_as_typed(at: Desk) -> None:
    """With the words of what is wrong beside the field."""
    number = at.record().problems[0].id
    answer = at.malee.post(at.path(f"/problems/{number}"), {"note": "x" * 301})
    assert answer.status_code == 422
    assert "x" * 301 in answer.text
    assert 'role="alert"' in answer.text
