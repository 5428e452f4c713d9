"""What is referred to this node: read, decided, worked on, reported; node to node, both sides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from songtor_node.cases.models import Case
from songtor_proto import lifecycle
from tests.support.linked import LinkedNetwork, LinkedNode
from tests.support.referring import at, refer, text_of

SEAT = "TW-44"


@dataclass
class Pair:
    """Berlin refers, Taipei receives."""

    network: LinkedNetwork
    berlin: LinkedNode
    taipei: LinkedNode

    def refer(self, *tick: str, **agreed: Any) -> str:
        given = {"recipients": (self.taipei.seat,), **agreed}
        reference = refer(self.berlin, *tick, **given)
        self.network.sync_all()
        return reference

    def shown(self, side: LinkedNode, reference: str, worker: str = "malee", lang: str = "en") -> str:
        page = at(side, worker, lang).get(f"/referrals/{reference}")
        assert page.status_code == 200
        return text_of(page.text)

    def press(self, reference: str, act: str, **said: object) -> str:
        answer = at(self.taipei).post(f"/referrals/{reference}/{act}", said)
        assert answer.status_code == 303, text_of(answer.text)
        self.network.sync_all()
        return str(answer.headers["location"])


@pytest.fixture
def pair(network: LinkedNetwork) -> Pair:
    berlin, taipei = network.node("DE-02"), network.node(SEAT)
    berlin.sync()
    return Pair(network, berlin, taipei)


def test_it_is_read_on_its_terms_and_accepted_into_a_case(pair: Pair) -> None:
    """Facts in plain words, until when, what may be told back; the case knows its origin."""
    reference = pair.refer("demographics", "place", "problems", "name")
    page = at(pair.taipei).get("/referrals/incoming").text
    assert reference in page
    page = pair.shown(pair.taipei, reference)
    assert "ดาวเรือง สมมติ" in page
    assert "Domestic violence" in page
    assert "May be read until" in page
    assert "Services already given" in page
    assert "They do not know it yet" not in page or "Threat" in page
    where = pair.press(reference, "accept")
    code = where.split("/")[2].partition("?")[0]
    (case,) = pair.taipei.rows(Case)
    assert (case.code, case.origin) == (code, reference)
    assert pair.press(reference, "accept").startswith(f"/referrals/{reference}")
    assert len(pair.taipei.rows(Case)) == 1
    assert reference not in at(pair.taipei).get("/referrals/incoming").text
    assert "Accepted" in pair.shown(pair.berlin, reference)
    assert case.urgency == {"level": "yellow", "reason": reference}  # as it was sent


def test_declined_it_says_why_to_whoever_sent_it(pair: Pair) -> None:
    """L3: a reason of the list, and no case; reasons that the program gives itself are not offered."""
    reference = pair.refer()
    form = at(pair.taipei).get(f"/referrals/{reference}/decline").text
    assert 'value="no_capacity"' in form
    assert 'value="unreadable"' not in form
    assert at(pair.taipei).post(f"/referrals/{reference}/decline", {"reason": ""}).status_code == 422
    pair.press(reference, "decline", reason="no_capacity")
    assert "No capacity now" in pair.shown(pair.berlin, reference)
    assert pair.taipei.rows(Case) == []


def test_from_question_to_outcome_both_sides_see_the_same(pair: Pair) -> None:
    """Asked, answered, started, reported; a number that nobody was told is found."""
    reference = pair.refer()
    pair.press(reference, "accept")
    pair.press(reference, "ask", text="พูดภาษาจีนได้ไหม")
    assert "พูดภาษาจีนได้ไหม" in pair.shown(pair.berlin, reference)
    answer = at(pair.berlin).post(f"/referrals/{reference}/answer", {"text": "ได้เล็กน้อย"})
    assert answer.status_code == 303
    pair.network.sync_all()
    assert "ได้เล็กน้อย" in pair.shown(pair.taipei, reference)
    pair.press(reference, "start")
    page = at(pair.taipei).get(f"/referrals/{reference}/complete").text
    assert 'value="assisted"' in page
    said = {"outcome": "assisted", "text": "โทร 0912 345 678 แล้ว เข้าที่พักแล้ว"}
    wrong = at(pair.taipei).post(f"/referrals/{reference}/complete", said)
    assert wrong.status_code == 422
    assert "<mark>" in wrong.text
    pair.press(reference, "complete", outcome="assisted", text="เข้าที่พักแล้ว")
    for side in (pair.berlin, pair.taipei):
        page = pair.shown(side, reference)
        assert "เข้าที่พักแล้ว" in page
        assert "Assisted" in page
    assert pair.berlin.state(reference) == pair.taipei.state(reference) == "completed"


def test_what_could_not_be_carried_through_is_told(pair: Pair) -> None:
    """L6: with a reason."""
    reference = pair.refer()
    pair.press(reference, "accept")
    pair.press(reference, "start")
    pair.press(reference, "fail", reason="contact_lost")
    assert "Contact with the client was lost" in pair.shown(pair.berlin, reference)


def test_of_somebody_who_is_looked_for_nothing_is_told_without_their_word(pair: Pair) -> None:
    """C9: the page warns; whatever is reported, the sender learns that nobody could be reached."""
    reference = pair.refer(
        "demographics",
        "place",
        "name",
        purpose="tracing",
        categories=("name", "demographics", "place"),
        traced_person_consented=True,
    )
    assert "Somebody looks for this person" in pair.shown(pair.taipei, reference)
    pair.press(reference, "accept")
    pair.press(reference, "start")
    assert "agreed to be told of" in at(pair.taipei).get(f"/referrals/{reference}/complete").text
    pair.press(reference, "complete", outcome="person_found", text="พบแล้วที่ไทเป")
    page = pair.shown(pair.berlin, reference)
    assert "Could not be reached" in page
    assert "ไทเป" not in page


def test_taken_back_it_is_gone_and_says_why(pair: Pair) -> None:
    """W3: content and the case that was made of it; the sender sees each copy destroyed."""
    reference = pair.refer("demographics", "name")
    pair.press(reference, "accept")
    at(pair.berlin).post(f"/referrals/{reference}/withdraw", {"by": "client"})
    pair.network.sync_all(3)
    page = pair.shown(pair.taipei, reference)
    assert "Taken back" in page
    assert "ดาวเรือง" not in page
    assert pair.taipei.rows(Case) == []
    assert "At the partner Destroyed" in pair.shown(pair.berlin, reference)


def test_a_duty_to_keep_holds_it_until_it_ends(pair: Pair) -> None:
    """W4: kept with its reason, told to the sender; released, it is destroyed."""
    reference = pair.refer("demographics")
    pair.press(reference, "accept")
    pair.press(reference, "hold", duty="court_order")
    at(pair.berlin).post(f"/referrals/{reference}/withdraw", {"by": "client"})
    pair.network.sync_all(3)
    assert "Kept by legal duty" in pair.shown(pair.berlin, reference)
    assert "Court order" in pair.shown(pair.taipei, reference)
    pair.press(reference, "release")
    pair.network.sync_all(2)
    assert "Destroyed" in pair.shown(pair.berlin, reference)
    assert pair.press(reference, "release").endswith("done=moved_on")


def test_after_its_end_it_cannot_be_read(pair: Pair) -> None:
    """C4: expired content is gone, and the page says so."""
    reference = pair.refer()
    pair.network.pass_time(days=91)
    assert "has expired" in pair.shown(pair.taipei, reference)


def test_a_new_version_takes_the_place_of_the_one_before(pair: Pair) -> None:
    """L9: the receiver sees both; the first is cancelled."""
    reference = pair.refer()
    malee = at(pair.berlin)
    path = malee.post(f"/referrals/{reference}/again").headers["location"]
    case = path.split("/")[2]
    malee.post(path, {"ticked": "true", "tick": ["demographics"], "urgency": "red"})
    page = malee.get(f"/cases/{case}/refer/send").text
    task = page.partition('name="task" value="')[2][:32]
    malee.post(f"/cases/{case}/refer/send", {"task": task})
    pair.network.sync_all()
    newest = pair.taipei.referral(reference)
    assert (newest.version, lifecycle.code(newest.state)) == (2, "received")
    assert "Version 2" in pair.shown(pair.taipei, reference)


def test_only_who_sees_every_case_decides_on_what_has_none_yet(pair: Pair) -> None:
    """A volunteer sees neither the list nor the referral before it is a case of theirs."""
    reference = pair.refer()
    for worker in ("somsri", "admin"):
        who = at(pair.taipei, worker)
        assert who.get("/referrals/incoming").status_code == 403
        assert who.get(f"/referrals/{reference}").status_code == 403
        for act in ("accept", "start", "release", "decline", "ask", "complete", "fail", "hold"):
            assert who.post(f"/referrals/{reference}/{act}").status_code == 403
    assert reference not in at(pair.taipei, "somsri").get("/referrals").text


def test_the_other_sides_steps_are_not_ours(pair: Pair) -> None:
    """L3, L4: the referrer cannot accept its own, nor the recipient cancel or answer it."""
    reference = pair.refer()
    for side, act, said in (
        (pair.berlin, "decline", {"reason": "no_capacity"}),
        (pair.taipei, "cancel", {"reason": "duplicate"}),
        (pair.taipei, "answer", {"text": "x"}),
    ):
        at(side).post(f"/referrals/{reference}/{act}", said)
        assert pair.berlin.state(reference) == pair.taipei.state(reference) == "received"
