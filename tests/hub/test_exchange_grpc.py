"""The exchange over real mutual TLS: what it answers, and what it bears. Rules D2, D6, I10, P1 to P7."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any, cast

import grpc
import pytest

from songtor_hub.bootstrap import Hub
from songtor_hub.exchange.rate import BURST, PER_SECOND, Rates
from songtor_hub.exchange.take_in import TakeIn
from songtor_hub.exchange.waiters import MAX_WAITING
from songtor_hub.seats import registry
from songtor_hub.store.engine import writing
from songtor_proto import receipts
from songtor_proto.errors import LinkError
from songtor_proto.times import to_ms
from songtor_proto.wire.envelope_pb2 import KIND_STATUS, STATE_ACCEPTED, Envelope
from songtor_proto.wire.exchange_pb2 import (
    FetchRequest,
    FetchResponse,
    GetDirectoryRequest,
    GetStatusRequest,
    SubmitRequest,
    SubmitResponse,
)
from songtor_proto.wire.exchange_pb2_grpc import ExchangeServiceStub
from tests.support.correspondent import Correspondent, desk, header_of
from tests.support.hub import Serve, ServedHub
from tests.support.proxy import Proxy
from tests.support.refusal import refused
from tests.support.seat import Seat

SECONDS = 20
AT_ONCE = 3.0
"""Far less than any wait below, far more than a busy machine needs."""

SUBMIT = "/songtor.v1.ExchangeService/Submit"


@dataclass
class Line:
    """A seat with its open channel."""

    seat: Seat
    writes: Correspondent
    channel: grpc.Channel
    stub: ExchangeServiceStub

    def submit(self, *envelopes: Envelope) -> SubmitResponse:
        return self.stub.Submit(SubmitRequest(envelopes=envelopes), timeout=SECONDS)

    def fetch(self, after: int = 0, wait: int = 0) -> FetchResponse:
        return self.stub.Fetch(FetchRequest(after=after, wait_seconds=wait), timeout=SECONDS + wait)

    def raw(self, message: bytes, metadata: tuple[tuple[str, str], ...] = ()) -> bytes:
        method: grpc.UnaryUnaryMultiCallable[bytes, bytes] = self.channel.unary_unary(SUBMIT)
        return method(message, timeout=SECONDS, metadata=metadata)


@contextmanager
def line(hub: ServedHub, name: str) -> Iterator[Line]:
    seat = Seat.enrolled(hub, name)
    with seat.channel() as channel:
        yield Line(seat, Correspondent(seat.keys, hub.hub.clock), channel, ExchangeServiceStub(channel))


@pytest.fixture
def hub(served_hub: Serve, database: str) -> ServedHub:
    return served_hub(database=database)


@pytest.fixture
def berlin(hub: ServedHub) -> Iterator[Line]:
    with line(hub, "DE-02") as opened:
        yield opened


@pytest.fixture
def taipei(hub: ServedHub) -> Iterator[Line]:
    with line(hub, "TW-44") as opened:
        yield opened


def served_at_once(sender: Line, to: Line) -> None:
    """An envelope is taken in as if nothing else were happening."""
    start = time.monotonic()
    assert sender.submit(sender.writes.refer(to.writes)).results[0].receipt
    assert time.monotonic() - start < AT_ONCE


def test_there_and_back(hub: ServedHub, berlin: Line, taipei: Line) -> None:
    """D2, D6, D7, D11: receipt, delivery, the recipient's word, the answer, and where it stands."""
    sent = berlin.writes.refer(taipei.writes)
    (result,) = berlin.submit(sent).results
    receipts.check(result.receipt, sent, hub.hub.signing_key().public)
    page = taipei.fetch()
    assert [delivery.envelope for delivery in page.deliveries] == [sent]
    word = taipei.writes.acknowledge(list(page.deliveries))
    assert taipei.stub.Acknowledge(word, timeout=SECONDS).deleted == 1
    taipei.submit(taipei.writes.reply(sent, KIND_STATUS, berlin.writes, state=STATE_ACCEPTED))
    assert len(berlin.fetch().deliveries) == 1
    asked = GetStatusRequest(task=header_of(sent).task)
    assert berlin.stub.GetStatus(asked, timeout=SECONDS).state == STATE_ACCEPTED
    assert berlin.stub.GetDirectory(GetDirectoryRequest(), timeout=SECONDS).directory.signature


def test_who_waits_is_told_at_once(berlin: Line, taipei: Line) -> None:
    """P4: a Fetch that waits is answered by the commit that fills its box."""
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(taipei.fetch, 0, 15)
        berlin.submit(berlin.writes.refer(taipei.writes))
        start = time.monotonic()
        assert len(waiting.result(SECONDS).deliveries) == 1
    assert time.monotonic() - start < AT_ONCE


def test_who_waits_hears_of_other_processes(
    hub: ServedHub, berlin: Line, new_console: Callable[[Hub], Hub]
) -> None:
    """P4: what a desk commits in the console's process arrives as well."""
    console = new_console(hub.hub)
    dwf = desk(console, "TH-00/dwf")
    desks = TakeIn(console.engine, console.policy, console.clock, console.random, None)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(berlin.fetch, 0, 15)
        desks.commit([desks.admit(dwf.refer(berlin.writes), dwf.address)])
        start = time.monotonic()
        assert len(waiting.result(SECONDS).deliveries) == 1
    assert time.monotonic() - start < AT_ONCE


def test_a_wait_ends_when_it_said(berlin: Line) -> None:
    """P4: with nothing, and the cursor where it was."""
    start = time.monotonic()
    page = berlin.fetch(after=7, wait=1)
    assert (list(page.deliveries), page.cursor) == ([], 7)
    assert 0.9 < time.monotonic() - start < 1 + AT_ONCE


def test_revoked_while_it_waits_it_gets_nothing(hub: ServedHub, berlin: Line, taipei: Line) -> None:
    """Row 8, I10: the box is looked into again only for a seat that still counts."""
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(taipei.fetch, 0, 15)
        sent = berlin.writes.refer(taipei.writes)
        with writing(hub.hub.engine) as connection:
            registry.revoke(connection, "TW-44", to_ms(hub.hub.clock()), hub.hub.random)
        assert berlin.submit(sent).results[0].refusal.code == "peer.recipient"
        waiting.cancel()
    with refused("peer.revoked"):
        taipei.fetch()


def test_stopping_does_not_wait_for_who_waits(hub: ServedHub, berlin: Line) -> None:
    """A clean stop answers the long-polls and is over in seconds."""
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(berlin.fetch, 0, 50)
        assert berlin.fetch().cursor == 0
        start = time.monotonic()
        hub.stop()
        assert time.monotonic() - start < 2 * AT_ONCE
        assert not waiting.result(SECONDS).deliveries


def test_one_byte_too_large(berlin: Line, taipei: Line) -> None:
    """Row 26, P2: refused before it is read, and the connection lives on."""
    envelope = Envelope(header=b"h", sealed=bytes(4 * 1024 * 1024))
    request = SubmitRequest(envelopes=[envelope]).SerializeToString()
    with pytest.raises(grpc.RpcError) as caught:
        berlin.raw(request[: 4 * 1024 * 1024 + 1])
    assert cast("grpc.Call", caught.value).code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    served_at_once(berlin, taipei)


def test_more_envelopes_than_a_call_may_hold(berlin: Line) -> None:
    """P1, X2: none of them is taken in, and the caller hears what was too much."""
    with refused("envelope.too_many", "envelopes"):
        berlin.submit(*[Envelope(header=b"h")] * 65)


def test_what_cannot_be_parsed(berlin: Line, taipei: Line) -> None:
    """Row 26: nesting without end, lengths that lie, noise."""
    deep = b"\x0a" + b"\xff\xff\x03" + b"\x1b" * 65_535
    for message in (deep, b"\x1b" * 100_000, b"\x0a\xff\xff\xff\xff\x0f", bytes(range(256)) * 16):
        with refused("input.message"):
            berlin.raw(message)
    served_at_once(berlin, taipei)


def test_huge_metadata(berlin: Line, taipei: Line) -> None:
    """Row 26, P7: refused, others are served."""
    with pytest.raises(grpc.RpcError) as caught:
        berlin.raw(b"", (("x", "y" * 9 * 1024),))
    assert cast("grpc.Call", caught.value).code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    served_at_once(taipei, berlin)


def test_a_flood_of_calls_is_bounded_and_others_are_served(berlin: Line, taipei: Line) -> None:
    """Row 26: more waiting calls than a seat may have are told to come again; the next seat is not kept."""
    calls = [berlin.stub.Fetch.future(FetchRequest(wait_seconds=50), timeout=50) for _ in range(100)]
    ended: SimpleQueue[Any] = SimpleQueue()
    for call in calls:
        call.add_done_callback(lambda ended_one: ended.put(ended_one))
    try:
        told = {ended.get(timeout=SECONDS).code() for _ in range(100 - MAX_WAITING)}
        assert told == {grpc.StatusCode.RESOURCE_EXHAUSTED}
        served_at_once(taipei, berlin)
    finally:
        for call in calls:
            call.cancel()


def test_a_flood_of_connections(hub: ServedHub, berlin: Line, taipei: Line) -> None:
    """Row 26: hundreds that open a connection and say nothing keep nobody out."""
    lines = [socket.create_connection(("127.0.0.1", hub.ready.exchange)) for _ in range(300)]
    try:
        start = time.monotonic()
        with berlin.seat.exchange() as stub:
            sent = SubmitRequest(envelopes=[berlin.writes.refer(taipei.writes)])
            assert stub.Submit(sent, timeout=SECONDS).results[0].receipt
        assert time.monotonic() - start < AT_ONCE
    finally:
        for one in lines:
            one.close()


def test_a_client_that_does_not_read(hub: ServedHub, berlin: Line, taipei: Line) -> None:
    """Row 26: it asks for all it can and takes nothing; the hub holds little for it and serves the others."""
    large = [berlin.writes.refer(taipei.writes, text="ก" * 21_000) for _ in range(40)]
    berlin.submit(*large)
    with Proxy(hub.ready.exchange) as proxy:
        with taipei.seat.channel(proxy.port) as channel:
            slow = ExchangeServiceStub(channel)
            assert slow.Fetch(FetchRequest(limit=1), timeout=SECONDS).deliveries
            proxy.stall()
            calls = [slow.Fetch.future(FetchRequest(), timeout=SECONDS) for _ in range(30)]
            for _ in range(5):
                served_at_once(berlin, taipei)
            for call in calls:
                call.cancel()


def test_a_seat_may_send_so_much_and_no_more() -> None:
    """P5: a burst, then so many a second; another seat has its own measure."""
    now = 0.0
    rates = Rates(lambda: now)
    rates.take("DE-02", int(BURST))
    with pytest.raises(LinkError):
        rates.take("DE-02", 1)
    rates.take("TW-44", 64)
    now = 1.0
    rates.take("DE-02", int(PER_SECOND))
    with pytest.raises(LinkError):
        rates.take("DE-02", 1)
    now = 10_000.0
    rates.take("DE-02", int(BURST))
    with pytest.raises(LinkError):
        rates.take("DE-02", 1)
