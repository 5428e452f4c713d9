"""A referral from end to end: a real hub, real nodes, mutual TLS 1.3 on loopback."""

from __future__ import annotations

from pathlib import Path

from songtor_node.link.enrol import enrol
from songtor_node.link.grpc_hub import GrpcNetwork
from songtor_node.referrals import acts, replies
from songtor_proto.wire import envelope_pb2 as wire
from tests.support.hub import Serve, ServedHub
from tests.support.linked import LinkedNode, new_node, wish


def join(hub: ServedHub, folder: Path, seat: str) -> LinkedNode:
    node = new_node(folder / seat, clock=hub.hub.clock)
    enrol(node, hub.invite(seat), GrpcNetwork())
    linked = LinkedNode(node, GrpcNetwork())
    linked.sync()
    return linked


def test_a_referral_between_two_nodes_is_accepted_asked_answered_and_completed(
    served_hub: Serve, tmp_path: Path
) -> None:
    """Both ends see the same state after each exchange; the hub relays what it cannot open."""
    hub = served_hub()
    berlin, taipei = join(hub, tmp_path, "DE-02"), join(hub, tmp_path, "TW-44")
    berlin.sync()
    case = berlin.case()
    berlin.consent(case, recipients=["TW-44"])
    with berlin.act() as now:
        reference = acts.refer(now, case, wish(to="TW-44")).reference
    assert berlin.sync().sent == 1
    assert taipei.sync().received == 1
    with taipei.act() as now:
        replies.accept(now, reference)
        replies.start(now, reference)
        replies.ask(now, reference, "พูดภาษาอะไร", cleared=())
    taipei.sync()
    assert berlin.sync().received == 3
    with berlin.act() as now:
        answered = acts.answer(now, reference, "ไทย", give=frozenset(), cleared=frozenset())
        assert answered.state == wire.STATE_IN_PROGRESS
    berlin.sync()
    taipei.sync()
    with taipei.act() as now:
        replies.complete(now, reference, "assisted", words="พบที่พักแล้ว", give=(), cleared=())
    taipei.sync()
    berlin.sync()
    assert (berlin.state(reference), berlin.referral(reference).outcome) == ("completed", "assisted")
