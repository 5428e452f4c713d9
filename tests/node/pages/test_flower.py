"""The threat flower on the pages: with those before it, a petal a screen, and in a mother's hands."""

from __future__ import annotations

import re
from pathlib import Path

from songtor_proto.vocabulary import vocabulary
from tests.support.casework import Desk, desk

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


def test_every_petal_is_a_link_in_the_picture(tmp_path: Path) -> None:
    """With whose it is, of what, and how: by keyboard and read aloud too. Nothing in it needs a style."""
    with desk(tmp_path / "node", client=CHILD) as at:
        at.malee.post(at.path("/flower/child/health"), {"level": "red", "reason": "coughs"})
        picture = re.search(r"<svg xmlns.*?</svg>", at.malee.get(at.path("/flower")).text, re.DOTALL)
        assert picture
        assert len(re.findall(rf'<a href="{at.path("/flower")}/\w+/\w+" aria-label=', picture[0])) == 8
        assert 'aria-label="The child, Health: Urgent"' in picture[0]
        assert "style" not in picture[0]
        assert "coughs" not in picture[0]


def test_former_flowers_stand_in_a_row(tmp_path: Path) -> None:
    """One a day that changed something, each dated; what the last one changed is said in words."""
    with desk(tmp_path / "node") as at:
        health = at.path("/flower/client/health")
        at.malee.post(health, {"level": "red"})
        assert "Earlier flowers" not in at.malee.get(at.path("/flower")).text
        at.later(days=20)
        at.malee.post(health, {"level": "green"})
        at.malee.post(health, {"level": "yellow", "reason": "sleeps badly"})
        at.later(days=1)
        at.malee.post(health, {"level": "yellow", "reason": "the same"})
        page = at.malee.get(at.path("/flower")).text
        row = page.partition('class="flowers"')[2].partition("</ol>")[0]
        assert len(re.findall("<svg", row)) == len(re.findall("<time", row)) == 2
        assert "The client · Health: Urgent → Complex" in page


def together(at: Desk, **said: str) -> str:
    """A flower that is filled in together is begun; gives its path."""
    answer = at.malee.post(at.path("/flower/together"), {"phone": "read", **said})
    assert answer.status_code == 303
    return str(answer.headers["location"])


def test_together_it_begins_empty(tmp_path: Path) -> None:
    """What the worker judged and wrote before is not shown to whoever holds the phone, nor who is named."""
    with desk(tmp_path / "node", client=CHILD) as at:
        at.malee.post(at.path("/flower/guardian/social"), {"level": "red", "reason": "he drinks"})
        path = together(at)
        for page in (at.malee.get(path).text, at.malee.get(f"{path}/guardian/social").text):
            assert not re.search(
                "he drinks|Urgent|Help at once|ดาว|case-bar", page.partition("<main")[2][:6000]
            )
            assert at.code not in re.sub(r'(?:href|action|value)="[^"]*"', "", page)
        assert "8 petals are still open" in at.malee.get(path).text


def test_together_each_touch_fills_a_petal(tmp_path: Path) -> None:
    """With a reason in their own words or without one; the same again is no new judgement."""
    with desk(tmp_path / "node", client=CHILD) as at:
        path = together(at)
        petal = f"{path}/child/education"
        answer = at.malee.post(petal, {"level": "yellow", "reason": "misses\nher friends"})
        assert answer.headers["location"] == path
        assert "7 petals are still open" in at.malee.get(path).text
        at.malee.post(petal, {"level": "yellow", "reason": ""})
        assert [(one.level, one.reason) for one in at.record().threats] == [("yellow", "misses her friends")]
        assert "misses her friends" in at.malee.get(at.path("/flower")).text
        again = at.malee.post(petal, {"reason": "only words"})
        assert again.status_code == 422
        assert "only words" in again.text
        assert at.malee.get(f"{path}/dog/health").status_code == 404
        assert at.malee.post(f"{path}/child/luck", {"level": "red"}).status_code == 404


def test_what_was_filled_in_together_says_so(tmp_path: Path) -> None:
    """On its petal, among what was judged before, and where the urgency comes from it; a worker's own does
    not."""
    with desk(tmp_path / "node", client=CHILD) as at:
        social, said = at.path("/flower/child/social"), "filled in together"
        at.malee.post(social, {"level": "yellow", "reason": "alone"})
        assert said not in at.malee.get(social).text + at.malee.get(at.path("/flower")).text
        at.malee.post(f"{together(at)}/child/social", {"level": "red"})
        assert [one.together for one in at.record().threats] == [False, True]
        assert at.malee.get(social).text.count(said) == 1
        petals, _, urgency = at.malee.get(at.path("/flower")).text.partition("How urgent the case is")
        assert said in petals
        assert re.search(rf'<a href="{social}">[^<]*Social[^<]* \({said}\)</a>', urgency)
        at.malee.post(social, {"level": "red", "reason": "seen"})
        assert said not in at.malee.get(at.path("/flower")).text


def test_together_a_child_is_asked_about_where_none_was_known(tmp_path: Path) -> None:
    """As on the worker's page, until a petal of the child's says so itself."""
    with desk(tmp_path / "node") as at:
        assert 'name="child" value="yes"' in at.malee.get(at.path("/flower/together?child=yes")).text
        path = together(at, child="yes")
        assert path.endswith("?child=yes")
        assert "/child/social" in at.malee.get(path).text


def test_a_phone_that_is_handed_over_opens_this_flower_alone(tmp_path: Path) -> None:
    """Neither the case nor the flower as the worker knows it."""
    with desk(tmp_path / "node", client=CHILD) as at:
        path = together(at, phone="hand")
        assert at.malee.get(path).status_code == 200
        assert at.malee.post(f"{path}/child/health", {"level": "green"}).headers["location"] == path
        for other in ("", "/flower", "/flower/child/health", "/flower/together", "/flower/together/00"):
            assert at.malee.get(at.path(other)).headers["location"] == "/hand-back"
        assert 'href="/hand-back"' in at.malee.get(path).text


def test_to_hand_over_the_telephone_does_not_look_like_a_call(tmp_path: Path) -> None:
    """A handset beside the words would be taken for dialling."""
    with desk(tmp_path / "node") as at:
        for below in ("/flower", "/flower/together"):
            page = at.malee.get(at.path(below)).text
            assert ("#smartphone" in page, "#phone" in page) == (True, False)
