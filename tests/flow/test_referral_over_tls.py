"""A referral between two nodes, and what the line itself can do: a real hub, mutual TLS 1.3 on loopback."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from songtor_hub.seats import registry
from songtor_hub.store.engine import reading, writing
from songtor_hub.store.tables import envelope as envelope_table
from songtor_node.cases.record import read_record
from songtor_node.link.grpc_hub import GrpcNetwork
from songtor_node.link.models import Certificate
from songtor_node.link.place import read_place
from songtor_node.referrals import acts, replies
from songtor_node.referrals.models import Inbox, Outbox
from songtor_node.store.engine import reading as node_reading
from songtor_proto.errors import LinkError, PeerError
from songtor_proto.times import to_ms
from songtor_proto.wire.exchange_pb2 import FetchRequest
from songtor_proto.wire.payload_pb2 import Payload
from tests.support.hub import Serve, ServedHub
from tests.support.linked import FAMILY, LinkedNode, join, wish

Join = Callable[[str], LinkedNode]


@pytest.fixture
def hub(served_hub: Serve) -> ServedHub:
    return served_hub()


@pytest.fixture
def joined(hub: ServedHub, tmp_path: Path) -> Iterator[Join]:
    """Nodes of the served hub, by seat."""
    nodes: list[LinkedNode] = []

    def new(seat: str) -> LinkedNode:
        nodes.append(join(hub, tmp_path, seat))
        return nodes[-1]

    yield new
    for node in nodes:
        node.close()


def test_a_referral_between_two_nodes_is_accepted_asked_answered_and_completed(joined: Join) -> None:
    """Both ends see the same state after each exchange."""
    berlin, taipei = joined("DE-02"), joined("TW-44")
    berlin.sync()
    reference = berlin.refer(to="TW-44")
    assert berlin.sync().sent == 1
    assert taipei.sync().received == 1
    with taipei.act() as now:
        replies.accept(now, reference)
        replies.start(now, reference)
        replies.ask(now, reference, "พูดภาษาอะไร", cleared=())
    taipei.sync()
    assert berlin.sync().received == 3
    assert berlin.state(reference) == "on-hold"
    with berlin.act() as now:
        acts.answer(now, reference, "ไทย", give=frozenset({"demographics"}), cleared=frozenset())
    berlin.sync()
    taipei.sync()
    assert (berlin.state(reference), taipei.state(reference)) == ("in-progress", "in-progress")
    with taipei.act() as now:
        replies.complete(now, reference, "assisted", words="พบที่พักแล้ว", give=(), cleared=())
    taipei.sync()
    berlin.sync()
    assert (berlin.state(reference), berlin.referral(reference).outcome) == ("completed", "assisted")
    told = Payload.FromString(berlin.rows(Inbox)[-1].payload or b"").status
    assert told.facts.narrative == "พบที่พักแล้ว"


def test_a_family_and_a_life_arrive_without_names_and_become_a_case(joined: Join) -> None:
    """M9: what was drawn here is drawn there; nobody is named in what was told or in what is made of it."""
    berlin, taipei = joined("DE-02"), joined("TW-44")
    berlin.sync()
    case = berlin.case(FAMILY)
    told = ("genogram", "timeline", "threat")
    berlin.consent(case, recipients=("TW-44",), categories=told)
    with berlin.act() as now:
        reference = acts.refer(now, case, wish(to="TW-44", tick=frozenset(told))).reference
    berlin.sync()
    assert taipei.sync().received == 1
    with taipei.act() as now:
        said = replies.read(taipei.referral(reference), now.now)
        _, made = replies.accept(now, reference)
        record = read_record(now.session, made)
    assert {event.text for event in said.facts.timeline} == {
        "ผู้รับบริการพบ สามี ที่วัด",
        "ย้ายไปอยู่กับเขา",
        "เกิด",
    }
    assert "Max" not in str(said)
    assert {(one.relation, one.name_latin, one.name_thai) for one in record.people} == {
        ("มารดา", "", ""),
        ("สามี", "", ""),
    }
    assert {one.kind for one in record.ties} == {"married", "violent", "birth"}


def test_what_goes_between_nodes_is_deleted_at_the_hub_once_it_has_arrived(
    hub: ServedHub, joined: Join
) -> None:
    """D7: nothing of it is left but header, digest and receipt."""
    berlin, taipei = joined("DE-02"), joined("TW-44")
    berlin.sync()
    berlin.refer(to="TW-44")
    berlin.sync()
    taipei.sync()
    with reading(hub.hub.engine) as connection:
        (row,) = connection.execute(envelope_table.select()).all()
    assert row.sealed is None
    assert row.delivered_ms is not None


def test_a_hub_that_is_away_is_a_line_error_and_nothing_is_lost(hub: ServedHub, joined: Join) -> None:
    """D8: told from a refusal by the status code alone."""
    berlin = joined("DE-02")
    berlin.refer()
    hub.stop()
    with pytest.raises(LinkError, match="unavailable"):
        berlin.sync()
    assert [row.state for row in berlin.rows(Outbox)] == ["waiting"]


def test_a_revoked_seat_is_told_so_by_code(hub: ServedHub, joined: Join) -> None:
    """I10, X1: the hub's own error reaches the node."""
    berlin = joined("DE-02")
    with writing(hub.hub.engine) as connection:
        registry.revoke(connection, "DE-02", to_ms(hub.hub.clock()), hub.hub.random)
    with pytest.raises(PeerError, match="revoked"):
        berlin.sync()


def test_an_exchange_of_another_network_is_not_spoken_to(
    served_hub: Serve, hub: ServedHub, joined: Join
) -> None:
    """Row 6: its certificate is not below the pinned root, so not even a greeting is sent."""
    berlin, other = joined("DE-02"), served_hub()
    with node_reading(berlin.node.engine) as session:
        place = read_place(session)
        held = session.get_one(Certificate, 1)
    port = other.ready.exchange
    foreign = GrpcNetwork().hub(
        replace(place, exchange_address=f"127.0.0.1:{port}"),
        key=held.key,
        chain=held.chain,
    )
    with pytest.raises(LinkError):
        foreign.fetch(FetchRequest(limit=1))
    foreign.close()
