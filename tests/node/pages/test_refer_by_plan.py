"""What open steps of a plan need is proposed where a referral is composed, within policy and consent."""

from __future__ import annotations

import re

import pytest
from sqlmodel import select

from songtor_node.cases import entries, service
from songtor_node.cases.models import Case
from songtor_node.workers import acting
from tests.support.linked import AGREED, LinkedNetwork, LinkedNode
from tests.support.referring import IN_PART, at, choose, go_on, send, text_of


@pytest.fixture
def berlin(network: LinkedNetwork) -> LinkedNode:
    return network.node("DE-02")


def planned(berlin: LinkedNode, *needs: str) -> str:
    """A case whose plan has a step that needs these."""
    case = berlin.case()
    with berlin.act() as act:
        row = act.session.exec(select(Case).where(Case.code == case)).one()
        goal = entries.Goal(
            dimension="health",
            text="Sleep",
            steps=(entries.TouchPoint(what="See the doctor", information=needs),),
        )
        service.add(act.session, row, "goal", goal, by=acting(act.session, "malee"), now=act.now)
    return case


def ticked(page: str) -> set[str]:
    return set(re.findall(r'name="tick" value="([a-z_]+)" checked', page))


def test_what_a_step_needs_is_proposed_with_the_reason(berlin: LinkedNode) -> None:
    """M2: what says who somebody is stands first and goes with one tap; the rest is ticked."""
    case, malee = planned(berlin, "services", "name", "narrative"), at(berlin)
    berlin.consent(case)
    choose(malee, case)
    page = malee.get(f"/cases/{case}/refer/look").text
    assert "name" not in ticked(page)
    assert text_of(page).count("A step of the plan needs it: See the doctor") >= 2
    stays = page[page.index('class="stays"') :]
    assert re.findall(r'name="tick" value="([a-z_]+)"', stays)[:2] == ["name", "narrative"]
    assert "Also send the 2 facts that the plan needs" in text_of(page)
    said = {"ticked": "true", "tick": sorted(ticked(page)), "by_plan": "true"}
    malee.post(f"/cases/{case}/refer/preview", said)
    page = malee.get(f"/cases/{case}/refer/look").text
    assert {"name", "narrative"} <= ticked(page)
    assert "Also send" not in page
    part = malee.post(
        f"/cases/{case}/refer/preview", {"ticked": "true", "tick": ["name"]}, headers=IN_PART
    ).text
    assert ticked(part) == {"name"}
    assert go_on(malee, case, *sorted(ticked(page))).endswith(("/words", "/send"))


def test_what_the_consent_does_not_cover_is_said_and_stays(berlin: LinkedNode) -> None:
    """The client can be asked for more; a forged tick moves nothing."""
    case, malee = planned(berlin, "name", "religion"), at(berlin)
    berlin.consent(case, categories=sorted(set(AGREED) - {"name"}))
    choose(malee, case)
    page = malee.get(f"/cases/{case}/refer/look").text
    assert "the consent does not cover it: Name" in text_of(page)
    assert (
        "Religion" not in text_of(page[page.index("The plan needs it") :])[:120]
    )  # of no use to the recipient
    malee.post(f"/cases/{case}/refer/preview", {"ticked": "true", "tick": ["name"], "by_plan": "true"})
    page = malee.get(f"/cases/{case}/refer/look").text
    assert "ดาวเรือง" not in page[page.index('class="leaves"') : page.index('class="stays"')]


def test_a_plan_without_needs_proposes_nothing(berlin: LinkedNode) -> None:
    """The columns are as they ever were, and it is sent."""
    case, malee = planned(berlin), at(berlin)
    berlin.consent(case)
    choose(malee, case)
    page = malee.get(f"/cases/{case}/refer/look").text
    assert "step of the plan" not in text_of(page)
    assert "that the plan needs" not in text_of(page)
    go_on(malee, case)
    assert send(malee, case)
