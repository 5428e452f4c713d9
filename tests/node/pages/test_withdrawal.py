"""Withdrawing is as easy as agreeing, and shows what became of everything. Rules C6 and W1 to W5."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import select

from songtor_hub.desks.opening import open_task
from songtor_node.bootstrap import Node
from songtor_node.cases.models import Case
from songtor_node.consents.models import Consent
from songtor_node.referrals import replies
from songtor_node.store.base import Setting
from songtor_node.store.engine import reading, writing
from tests.support.linked import CASE, LinkedNetwork, LinkedNode
from tests.support.referring import text_of
from tests.support.visitor import Visitor, visitor

CHILD = """
target_group: thai_abroad
channel: line
client: {nickname: ตูม, birth_date: "2015"}
people:
  - {relation: มารดา, name_thai: จันทร์ สมมติ, guardian: true}
  - {relation: บิดาเลี้ยง, name_thai: ดำ สมมติ, guardian: true, danger: true}
problems: [{code: child_protection}]
"""
GUARDIAN: dict[str, Any] = {
    "basis": "guardian_consent",
    "purpose": "child_protection",
    "categories": ["demographics", "place", "problems", "threat", "family"],
    "recipients": ["TH-00/dcy"],
    "guardian": "มารดา",
    "child_view": "อยากอยู่กับแม่",
    "age": None,
}


@pytest.fixture
def berlin(network: LinkedNetwork) -> LinkedNode:
    return network.node("DE-02")


def consent(node: Node) -> Consent:
    with reading(node.engine) as session:
        return session.exec(select(Consent)).one()


def malee(linked: LinkedNode, lang: str = "en") -> Visitor:
    return visitor(linked.node, "malee", lang)


def test_one_action_ends_it_and_calls_back_what_was_sent(network: LinkedNetwork, berlin: LinkedNode) -> None:
    """From the list of consents, with the client already chosen; then per recipient what is left."""
    reference = berlin.refer()
    network.sync_all()
    who, code = malee(berlin), consent(berlin.node).code
    page = who.get(f"/consents/{code}/withdraw").text
    assert 'name="by" value="client" checked' in page
    assert "Department of Women's Affairs" in text_of(page).replace("&#39;", "'")
    assert who.post(f"/consents/{code}/withdraw", {"by": "client"}).headers["location"].endswith("withdrawn")
    assert consent(berlin.node).withdrawn_by == "client"
    assert "No answer yet whether it is destroyed" in text_of(who.get(f"/consents/{code}").text)
    network.sync_all()
    assert berlin.state(reference) == "cancelled"
    said = text_of(who.get(f"/consents/{code}").text)
    assert "Destroyed" in said
    assert "No answer yet" not in said


def test_what_a_law_makes_them_keep_is_told_with_why(network: LinkedNetwork, berlin: LinkedNode) -> None:
    """W4: the client learns that it is kept, and by which duty."""
    hamburg = network.node("DE-05")
    network.sync_all()
    reference = berlin.refer(to="DE-05")
    network.sync_all()
    with hamburg.act() as now:
        replies.hold(now, reference, "court_order")
    network.sync_all()
    who, code = malee(berlin), consent(berlin.node).code
    who.post(f"/consents/{code}/withdraw", {"by": "client"})
    network.sync_all(3)
    assert "Kept, because the law demands it: Court order" in text_of(who.get(f"/consents/{code}").text)


def test_what_never_went_out_need_not_be_deleted(network: LinkedNetwork, berlin: LinkedNode) -> None:
    """With the line cut nothing had left."""
    berlin.refer()
    who, code = malee(berlin), consent(berlin.node).code
    who.post(f"/consents/{code}/withdraw", {"by": "client"})
    assert "It had not gone out" in text_of(who.get(f"/consents/{code}").text)


def test_it_is_not_withdrawn_twice(berlin: LinkedNode) -> None:
    """The second time says that it is done already."""
    berlin.consent(berlin.case())
    who, code = malee(berlin), consent(berlin.node).code
    who.post(f"/consents/{code}/withdraw", {"by": "client"})
    answer = who.post(f"/consents/{code}/withdraw", {"by": "client"})
    assert answer.status_code == 422
    assert f"/consents/{code}/withdraw" not in who.get(f"/consents/{code}").text


def test_a_guardian_ends_a_guardians_consent_and_the_dangerous_one_ends_nothing(berlin: LinkedNode) -> None:
    """C6: who is the danger is not offered, and their word changes nothing."""
    berlin.consent(berlin.case(CHILD), **GUARDIAN)
    who, code = malee(berlin), consent(berlin.node).code
    page = who.get(f"/consents/{code}/withdraw").text
    assert "มารดา" in page
    assert 'value="บิดาเลี้ยง"' not in page
    refused = who.post(f"/consents/{code}/withdraw", {"by": "บิดาเลี้ยง"})
    assert refused.status_code == 422
    assert consent(berlin.node).withdrawn_at is None
    assert who.post(f"/consents/{code}/withdraw", {"by": "มารดา"}).status_code == 303
    assert consent(berlin.node).withdrawn_by == "guardian"


def test_a_duty_in_law_is_withdrawn_by_nobody(berlin: LinkedNode) -> None:
    """The page says why instead of a button."""
    berlin.consent(
        berlin.case(), basis="legal_duty", duty="§ 4 KKG", second="anong", recipients=["TH-00/dwf"]
    )
    who, code = malee(berlin), consent(berlin.node).code
    page = who.get(f"/consents/{code}/withdraw").text
    assert "nobody can withdraw it" in page
    assert '<button class="destroy"' not in page
    assert who.post(f"/consents/{code}/withdraw", {"by": "client"}).status_code == 422


def test_a_node_that_has_no_seat_any_more_ends_the_consent_all_the_same(berlin: LinkedNode) -> None:
    """Nothing can be called back from there, but the consent is over."""
    berlin.consent(berlin.case(CASE))
    with writing(berlin.node.engine) as session:
        session.delete(session.get_one(Setting, "seat"))
    who, code = malee(berlin), consent(berlin.node).code
    assert who.post(f"/consents/{code}/withdraw", {"by": "client"}).status_code == 303
    assert consent(berlin.node).withdrawn_at is not None


def test_the_client_sees_who_opened_what_when_and_why(network: LinkedNetwork, berlin: LinkedNode) -> None:
    """An officer's opening stands on the client's page in plain words."""
    reference = berlin.refer()
    network.sync_all()
    desk = network.desk("dwf")
    open_task(desk, reference)
    network.sync_all()
    (case,) = berlin.rows(Case)
    said = text_of(malee(berlin).get(f"/cases/{case.code}/opened").text)
    assert "opened it, for: Help after domestic violence" in said
