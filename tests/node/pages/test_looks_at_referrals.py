"""Who looked at what was referred, and what is left of it: nobody reads unseen, nothing goes unsaid."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import Session, select

from songtor_node import waiting
from songtor_node.cases.models import Case, Look
from songtor_node.consents.told import opened
from songtor_node.referrals import acts, outbox, replies
from songtor_node.referrals.models import Inbox, Referral, ReferralLook
from songtor_node.store.engine import reading
from songtor_node.web.forms.drafts import Draft, Saved
from songtor_node.web.forms.two_people import OtherWords
from songtor_node.workers import acting
from songtor_proto.wire import envelope_pb2 as wire
from songtor_proto.wire.payload_pb2 import Opening, Payload
from tests.support.linked import LinkedNetwork
from tests.support.page_form import form_of
from tests.support.pair import Pair
from tests.support.referring import IN_PART, SAFE, at, choose, text_of

TICKED = frozenset({"name", "contact", "narrative"})
HIDDEN = "she stays at her sister's"


def taken_on(pair: Pair, reference: str) -> str:
    answer = at(pair.taipei).post(f"/referrals/{reference}/accept")
    return str(answer.headers["location"]).split("/")[2].partition("?")[0]


def take_back(pair: Pair, reference: str) -> None:
    with pair.berlin.act() as now:
        acts.withdraw(now, reference, person="client")
    pair.network.pass_time(minutes=1)
    pair.meet()


def test_who_reads_a_referral_that_is_no_case_yet_is_recorded(network: LinkedNetwork) -> None:
    """And stands among the case's looks once it is one."""
    pair = Pair(network)
    reference = pair.berlin.refer(to="TW-44", tick=TICKED)
    pair.meet()
    page = at(pair.taipei, "anong").get(f"/referrals/{reference}")
    assert "ดาวเรือง" in page.text
    assert "Who has looked at this referral Looked at the referral anong" in text_of(page.text)
    seen = [(one.reference, one.by, one.what) for one in pair.taipei.rows(ReferralLook)]
    assert seen == [(reference, "anong", "referral")]
    taken_on(pair, reference)
    assert [(one.by, one.what) for one in pair.taipei.rows(Look)][:2] == [
        ("anong", "referral"),
        ("malee", "accept"),
    ]


def test_what_is_declined_is_not_kept(network: LinkedNetwork) -> None:
    """W6: its page tells what became of it, and nothing of what it said; the answer still leaves."""
    pair = Pair(network)
    reference = pair.berlin.refer(to="TW-44", tick=TICKED)
    pair.meet()
    with pair.taipei.act() as now:
        replies.decline(now, reference, "no_capacity")
    page = at(pair.taipei, "anong").get(f"/referrals/{reference}")
    assert page.status_code == 200
    assert not [word for word in ("ดาวเรือง", "901820", "ถูกทำร้าย") if word in page.text]
    assert pair.taipei.referral(reference).payload is None
    assert {(row.payload, row.sealed) for row in pair.taipei.rows(Inbox)} == {(None, None)}
    pair.meet()
    assert pair.berlin.state(reference) == "rejected"


def test_the_preview_of_what_leaves_is_a_look(network: LinkedNetwork) -> None:
    """It shows both columns, all that the case says."""
    node = network.node("DE-02")
    case = node.case()
    node.consent(case)
    anong = at(node, "anong")
    choose(anong, case)
    before = len(node.rows(Look))
    said = {"ticked": "true", "tick": list(SAFE)}
    page = anong.post(f"/cases/{case}/refer/preview", said, headers=IN_PART)
    assert "Musterstraße" in page.text
    assert [(one.by, one.what) for one in node.rows(Look)[before:]] == [("anong", "preview")]


def test_a_withdrawal_takes_what_was_typed_along(network: LinkedNetwork) -> None:
    """W3: drafts, two people's words and who saved what, of that case and no other."""
    pair = Pair(network)
    reference = pair.refer()
    case, other = taken_on(pair, reference), pair.taipei.case()
    malee, anong = (at(pair.taipei, one) for one in ("malee", "anong"))
    for code in (case, other):
        story = f"/cases/{code}/story"
        mine, hers = form_of(malee.get(story).text), form_of(anong.get(story).text)
        malee.post(story, {**mine, "narrative": "one"})
        anong.post(story, {**hers, "narrative": HIDDEN})
        note = form_of(malee.get(f"/cases/{code}/notes/add").text)
        malee.post("/draft", {**note, "text": HIDDEN})
    ask = f"/referrals/{reference}/ask"
    assert malee.post("/draft", {"form": ask, "made": "1", "text": HIDDEN}).status_code == 200
    assert [len(pair.taipei.rows(table)) for table in (Draft, OtherWords)] == [3, 2]
    pair.meet()
    take_back(pair, reference)
    assert [one.code for one in pair.taipei.rows(Case)] == [other]
    forms = [one.form for one in pair.taipei.rows(Draft)]
    forms += [one.form for one in pair.taipei.rows(OtherWords)]
    forms += [one.form for one in pair.taipei.rows(Saved)]
    assert len(forms) == 3
    assert all(form.startswith(f"/cases/{other}/") for form in forms)


def test_a_withdrawal_is_told_though_its_case_is_gone(network: LinkedNetwork) -> None:
    """W3: on Today of whoever sees every case, until they have looked."""
    pair = Pair(network)
    reference = pair.refer()
    taken_on(pair, reference)
    pair.meet()
    take_back(pair, reference)
    assert not pair.taipei.rows(Case)
    for worker in ("malee", "anong"):
        who = at(pair.taipei, worker)
        today = who.get("/")
        assert f"/referrals/{reference}" in today.text
        assert "took it back" in text_of(today.text)
        assert who.get(f"/referrals/{reference}").status_code == 200
        assert f"/referrals/{reference}" not in who.get("/").text


def test_what_came_after_a_look_in_the_future_is_told(network: LinkedNetwork) -> None:
    """A clock that was ahead and is put right hides no answer: what came is counted, not timed."""
    pair = Pair(network)
    reference = pair.refer()
    wrong = replace(pair.berlin.node, clock=lambda: network.clock() + timedelta(days=300))
    right, pair.berlin.node = pair.berlin.node, wrong
    assert at(pair.berlin).get(f"/referrals/{reference}").status_code == 200
    pair.berlin.node = right
    with pair.taipei.act() as now:
        replies.decline(now, reference, "no_capacity")
    pair.meet()

    def told(session: Session, worker: str) -> list[str]:
        found = waiting.answers(session, acting(session, worker), network.clock())
        return [came.referral.reference for came in found]

    with reading(pair.berlin.node.engine) as session:
        assert {one: told(session, one) for one in ("malee", "anong")} == {
            "malee": [reference],
            "anong": [reference],
        }
    at(pair.berlin).get(f"/referrals/{reference}")
    with reading(pair.berlin.node.engine) as session:
        assert told(session, "malee") == []


@pytest.mark.parametrize("when", [2**62, 253_402_300_799_999, -(2**62)])
def test_an_opening_out_of_time_hides_no_opening(network: LinkedNetwork, when: int, east: None) -> None:
    """P10: whatever a recipient says about when, the pages are there and tell who opened, and when at the
    latest."""
    pair = Pair(network)
    reference = pair.refer()
    about = pair.taipei.referral(reference)
    said = Payload(opening=Opening(role="x", desk_kind="x", purpose="x", opened_ms=when))
    with pair.taipei.act() as now:
        there = now.session.exec(select(Referral).where(Referral.task == about.task)).one()
        outbox.post(now, there, wire.KIND_OPENING, said)
    pair.meet()
    (case,) = pair.berlin.rows(Case)
    who = at(pair.berlin)
    pages = [f"/referrals/{reference}", f"/cases/{case.code}/opened"]
    assert [who.get(page).status_code for page in pages] == [200, 200]
    with reading(pair.berlin.node.engine) as session:
        (one,) = opened(session, case)
    assert one.desk == "TW-44"
    assert network.clock() - timedelta(minutes=1) < one.at <= network.clock()
