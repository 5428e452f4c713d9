"""A desk and a node over mutual TLS: a served hub, real nodes, and the desks' console beside them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import monotonic

import pytest
from sqlmodel import select

from songtor_hub.bootstrap import Hub
from songtor_hub.desks import acts as desk_acts
from songtor_hub.desks import refer_to_node, route
from songtor_hub.desks.confirm import confirm
from songtor_hub.desks.desk import Desk
from songtor_hub.desks.inbox import inbox
from songtor_hub.desks.opening import open_task
from songtor_node.referrals import acts, history, replies
from songtor_node.referrals.find import received, sent
from songtor_node.referrals.models import Copy, Referral
from songtor_proto import lifecycle
from songtor_proto.errors import ConsentError
from songtor_proto.wire import envelope_pb2 as wire
from songtor_proto.wire.payload_pb2 import Facts, Payload
from tests.hub.test_refer_to_node import CASE
from tests.support.desks import at
from tests.support.hub import Serve
from tests.support.linked import LinkedNode, join, wish

NewConsole = Callable[..., Hub]
NAME = "ดาวเรือง สมมติ"


class Network:
    """Berlin, the centre and the women's desk, all at one served hub."""

    def __init__(self, served_hub: Serve, new_console: NewConsole, folder: Path) -> None:
        self.served = served_hub()
        self.berlin: LinkedNode = join(self.served, folder, "DE-02")
        self._new_console = new_console
        self.case = self.berlin.case()

    def desk(self, name: str) -> Desk:
        return at(self._new_console, self.served.hub, name)

    def refer(self, **said: str) -> str:
        """From Berlin's case to the centre, under a consent that names both desks."""
        self.berlin.consent(self.case, recipients=("TH-00/tsda", "TH-00/dwf"))
        with self.berlin.act() as now:
            reference = acts.refer(now, self.case, wish(to="TH-00/tsda", **said)).reference
        self.berlin.sync()
        return reference

    def at_berlin(self, reference: str) -> Referral:
        self.berlin.sync()
        with self.berlin.act() as now:
            referral = sent(now, reference, what="test")
            now.session.expunge(referral)
        return referral

    def openings(self, reference: str) -> list[tuple[str, str]]:
        """Who opened it, as Berlin can show the client."""
        self.berlin.sync()
        with self.berlin.act() as now:
            task = sent(now, reference, what="test").task
            return [(row.sender, told.desk_kind) for row, told in history.openings(now.session, [task])]


@pytest.fixture
def network(served_hub: Serve, new_console: NewConsole, tmp_path: Path) -> Network:
    return Network(served_hub, new_console, tmp_path)


def test_opened_asked_answered_routed_and_reported(network: Network) -> None:
    """The whole way: two desks, one report, every opening told; the name that was not ticked never left."""
    reference = network.refer()
    tsda, dwf = network.desk("tsda"), network.desk("dwf")
    assert [item.reference for item in inbox(tsda)] == [reference]
    opened = open_task(tsda, reference)
    assert NAME.encode() not in b"".join(one.said.SerializeToString() for one in opened.messages)
    desk_acts.accept(tsda, reference)
    desk_acts.ask(tsda, reference, "มีที่พักชั่วคราวหรือไม่")
    assert network.at_berlin(reference).state == wire.STATE_ON_HOLD
    with network.berlin.act() as now:
        acts.answer(now, reference, "ไม่มี", give=frozenset(), cleared=frozenset())
    network.berlin.sync()
    assert open_task(tsda, reference).messages[-1].said.answer.text == "ไม่มี"

    (part,) = route.prepare(tsda, reference, ["dwf"])
    route.send(tsda, [part])
    open_task(dwf, part.reference)
    for step in (desk_acts.accept, desk_acts.start):
        step(dwf, part.reference)
    desk_acts.complete(dwf, part.reference, "legal_action", Facts(narrative="แจ้งความแล้ว"))
    desk_acts.start(tsda, reference)
    desk_acts.complete(tsda, reference, "assisted", Facts(narrative="เข้าที่พักแล้ว"))

    done = network.at_berlin(reference)
    assert (done.state, done.outcome) == (wire.STATE_COMPLETED, "assisted")
    with network.berlin.act() as now:
        said = history.messages(now.session, done.task)
    report = [one.payload for one in said if one.kind == "status" and one.payload][-1]
    assert isinstance(report, Payload)
    assert [result.outcome for result in report.status.parts] == ["legal_action"]
    assert network.openings(reference) == [
        ("TH-00/tsda", "centre"),
        ("TH-00/tsda", "centre"),
        ("TH-00/tsda", "centre"),
        ("TH-00/dwf", "department"),
    ]


def test_rejected_and_shared_again_under_the_same_reference(network: Network) -> None:
    """Row 30: the second version is a clean one; the desk decides anew and both ends agree."""
    reference = network.refer()
    tsda = network.desk("tsda")
    desk_acts.reject(tsda, reference, "not_enough_facts")
    refused = network.at_berlin(reference)
    assert (refused.state, refused.reason) == (wire.STATE_REJECTED, "not_enough_facts")
    with network.berlin.act() as now:
        second = acts.again(now, reference, wish(to="TH-00/tsda", tick=frozenset({"name"})))
        assert (second.reference, second.version) == (reference, 2)
    network.berlin.sync()
    assert [(item.reference, item.version) for item in inbox(tsda)] == [(reference, 2)]
    assert NAME in open_task(tsda, reference).messages[0].said.referral.facts.name.thai
    desk_acts.accept(tsda, reference)
    assert lifecycle.code(network.at_berlin(reference).state) == "accepted"


def test_withdrawn_while_two_desks_have_it_open(network: Network) -> None:
    """Row 28, W2 to W4: both are closed at their next request, and Berlin gets the hub's word of it."""
    reference = network.refer()
    tsda, dwf = network.desk("tsda"), network.desk("dwf")
    desk_acts.accept(tsda, reference)
    (part,) = route.prepare(tsda, reference, ["dwf"])
    route.send(tsda, [part])
    open_task(dwf, part.reference)
    with network.berlin.act() as now:
        acts.withdraw(now, reference, person="client")
    network.berlin.sync()
    for desk, ref in ((tsda, reference), (dwf, part.reference)):
        with pytest.raises(ConsentError, match=r"consent\.withdrawn"):
            open_task(desk, ref)
    wait_for(lambda: recalled(network, reference) == {"destroyed"})


def test_a_duty_to_keep_is_told_in_the_recall_receipt(network: Network) -> None:
    """W4: what a desk must keep is named with its duty, and told as destroyed once the duty has ended."""
    reference = network.refer()
    desk_acts.hold(network.desk("tsda"), reference, "court_order")
    with network.berlin.act() as now:
        acts.withdraw(now, reference, person="client")
    network.berlin.sync()
    wait_for(lambda: recalled(network, reference) == {"kept_by_legal_duty court_order"})
    desk_acts.release(network.desk("tsda"), reference)
    wait_for(lambda: recalled(network, reference) == {"destroyed"})


def test_red_at_night_is_confirmed_by_the_centre(network: Network) -> None:
    """C11: one worker sent it to the women's desk; TSDA's officer stands behind it and the node knows."""
    berlin, tsda = network.berlin, network.desk("tsda")
    berlin.consent(
        network.case,
        basis="vital_interest",
        categories=("demographics", "place", "problems", "threat"),
        harm="ขู่ฆ่าคืนนี้",
        incapacity="หมดสติ",
    )
    with berlin.act() as now:
        reference = acts.refer(now, network.case, wish(urgency="red")).reference
    berlin.sync()
    confirm(tsda, reference)
    assert network.at_berlin(reference).confirm_by is None


def test_the_hotlines_case_is_taken_on_by_a_node(network: Network) -> None:
    """Born at the hub: the node accepts, starts and reports; the centre reads it in its inbox."""
    tsda, berlin = network.desk("tsda"), network.berlin
    draft = refer_to_node.prepare(tsda, CASE.encode(), "DE-02")
    refer_to_node.send(tsda, draft)
    berlin.sync()
    with berlin.act() as now:
        assert received(now, draft.reference, what="test").purpose == "older_person"
        replies.accept(now, draft.reference)
        replies.start(now, draft.reference)
        replies.complete(now, draft.reference, "assisted", words="ไปเยี่ยมแล้ว", give=(), cleared=())
    berlin.sync()
    (item,) = inbox(tsda)
    assert (item.reference, lifecycle.code(item.state), item.news) == (draft.reference, "completed", 3)
    report = open_task(tsda, draft.reference).messages[-1].said.status
    assert (report.outcome, report.facts.narrative) == ("assisted", "ไปเยี่ยมแล้ว")


def test_a_node_declines_and_the_centre_takes_it_back(network: Network) -> None:
    """A reason comes back; then the client withdraws, and the node's copy is destroyed too (W3)."""
    tsda, berlin = network.desk("tsda"), network.berlin
    draft = refer_to_node.prepare(tsda, CASE.encode(), "DE-02")
    refer_to_node.send(tsda, draft)
    berlin.sync()
    with berlin.act() as now:
        replies.decline(now, draft.reference, "no_capacity")
    berlin.sync()
    assert open_task(tsda, draft.reference).messages[-1].said.status.reason == "no_capacity"
    desk_acts.withdraw(tsda, draft.reference, "withdrawn")
    berlin.sync()
    with berlin.act() as now:
        assert received(now, draft.reference, what="test").payload is None


def recalled(network: Network, reference: str) -> set[str]:
    """What Berlin knows of the copies at the hub."""
    network.berlin.sync()
    with network.berlin.act() as now:
        task = sent(now, reference, what="test").task
        copies = now.session.exec(select(Copy).where(Copy.task == task)).all()
    names: dict[int, str] = {number: name[14:].lower() for name, number in wire.RecallResult.items()}
    return {f"{names[copy.result]} {copy.reason}".strip() for copy in copies}


def wait_for(holds: Callable[[], bool]) -> None:
    """The hub's own clockwork answers within seconds."""
    end = monotonic() + 20
    while not holds():
        assert monotonic() < end, "it did not come about"
