"""The threat flower on the pages: a petal a screen, with what was judged before."""

from __future__ import annotations

import re
from pathlib import Path

from songtor_proto.vocabulary import vocabulary
from tests.support.casework import desk

CHILD = {"name_thai": "ดาว", "birth_date": "2014-06-09"}


def test_an_adult_without_a_child_has_one_ring(tmp_path: Path) -> None:
    """Four petals; a link asks for child and guardian where there is a child after all."""
    with desk(tmp_path / "node") as at:
        page = at.malee.get(at.path("/flower")).text
        assert set(re.findall(r"/flower/([a-z]+)/[a-z]+", page)) == {"client"}
        assert set(re.findall(r"/flower/client/([a-z]+)", page)) == set(vocabulary().dimensions)
        both = at.malee.get(at.path("/flower?child=yes")).text
        assert set(re.findall(r"/flower/([a-z]+)/[a-z]+", both)) == {"child", "guardian"}


def test_a_child_has_two_rings(tmp_path: Path) -> None:
    """The client who is a child, or a child who lives with the client."""
    with desk(tmp_path / "one", client=CHILD) as at:
        page = at.malee.get(at.path("/flower")).text
        assert set(re.findall(r"/flower/([a-z]+)/[a-z]+", page)) == {"child", "guardian"}
    living = [{"relation": "ลูก", "birth_date": "2020", "lives_with_client": True}]
    with desk(tmp_path / "two", people=living) as at:
        assert "/flower/child/" in at.malee.get(at.path("/flower")).text


def test_a_judgement_leads_to_the_next_petal_and_keeps_those_before(tmp_path: Path) -> None:
    """The newest counts; the earlier ones are shown with who and when."""
    with desk(tmp_path / "node") as at:
        social = at.path("/flower/client/social")
        answer = at.malee.post(social, {"level": "yellow", "reason": "alone all day"})
        assert answer.headers["location"].startswith(at.path("/flower/client/education"))
        at.anong.post(social, {"level": "red", "reason": "struck yesterday"})
        page = at.malee.get(social).text
        assert "alone all day" in page
        assert "struck yesterday" in page
        assert "by anong" in page
        assert [petal.level for petal in at.record().petals] == ["red"]
        assert len(at.record().threats) == 2
        for dimension in ("education", "health"):
            at.malee.post(at.path(f"/flower/client/{dimension}"), {"level": "green"})
        last = at.malee.post(at.path("/flower/client/governance"), {"level": "unknown"})
        assert last.headers["location"].split("?")[0] == at.path("/flower")


def test_a_petal_without_a_level_is_asked_again(tmp_path: Path) -> None:
    """The reason that was typed is still there; a petal that is none is not here."""
    with desk(tmp_path / "node") as at:
        answer = at.malee.post(at.path("/flower/client/health"), {"reason": "coughs"})
        assert answer.status_code == 422
        assert "coughs" in answer.text
        assert at.malee.get(at.path("/flower/client/luck")).status_code == 404
        assert at.malee.post(at.path("/flower/dog/health"), {"level": "red"}).status_code == 404


def test_urgency_above_the_petals_needs_a_reason(tmp_path: Path) -> None:
    """Only higher levels are offered; one at or below the worst petal is refused."""
    petals = [{"dimension": "health", "level": "yellow"}]
    with desk(tmp_path / "node", threats=petals) as at:
        path = at.path("/flower/urgency")
        page = at.malee.get(path).text
        assert re.findall(r'name="level" value="([a-z]+)"', page) == ["red"]
        assert at.malee.post(path, {"level": "red"}).status_code == 422
        assert at.malee.post(path, {"level": "green", "reason": "x"}).status_code == 422
        assert at.malee.post(path, {"level": "red", "reason": "he comes tonight"}).status_code == 303
        assert at.record().urgency == "red"
        assert "he comes tonight" in at.malee.get(at.path("/flower")).text
        assert at.malee.post(path, {"level": "", "reason": ""}).status_code == 303
        assert at.record().urgency == "yellow"
