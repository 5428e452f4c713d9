"""Bytes on the wire for a referral: sent, receipted, answered, the answer fetched and acknowledged."""

from __future__ import annotations

from dataclasses import dataclass

import grpc

from songtor_proto.wire.envelope_pb2 import KIND_STATUS, STATE_ACCEPTED, Envelope
from songtor_proto.wire.exchange_pb2 import FetchRequest, SubmitRequest
from songtor_proto.wire.exchange_pb2_grpc import ExchangeServiceStub
from tests.bench.network import Network
from tests.support.proxy import Proxy

REFERRALS = 20
TIMEOUT = 20


@dataclass(frozen=True)
class Wire:
    """Bytes of one referral and its answer, on an open connection; `handshake` once for that."""

    handshake: float
    total: float
    header: float
    sealed: float
    signature: float
    receipt: float

    @property
    def envelopes(self) -> float:
        return self.header + self.sealed + self.signature

    @property
    def rest(self) -> float:
        """TLS, HTTP/2, gRPC, and what the three calls say besides."""
        return self.total - self.envelopes - self.receipt


def measure(network: Network) -> Wire:
    """Through a proxy that counts, with the calls that a node makes."""
    seat, writer = network.seats[0], network.writers[0]
    seen: list[Envelope] = []
    receipts = 0
    with Proxy(network.hub.ready.exchange) as proxy:
        target = network.target(seat, proxy.port)
        with grpc.secure_channel(target.address, target.credentials) as channel:
            stub = ExchangeServiceStub(channel)
            # the connection is made, and what earlier measures left in the box is passed over
            cursor = stub.Fetch(FetchRequest(), timeout=TIMEOUT).cursor
            handshake = proxy.sent + proxy.received
            for _ in range(REFERRALS):
                sent = writer.refer(network.desk)
                (result,) = stub.Submit(SubmitRequest(envelopes=[sent]), timeout=TIMEOUT).results
                answer = network.desk.reply(sent, KIND_STATUS, writer, state=STATE_ACCEPTED)
                network.desks.commit([network.desks.admit(answer, network.desk.address)])
                page = stub.Fetch(FetchRequest(after=cursor, wait_seconds=10), timeout=TIMEOUT)
                stub.Acknowledge(writer.acknowledge(list(page.deliveries)), timeout=TIMEOUT)
                cursor = page.cursor
                seen += [sent, *(delivery.envelope for delivery in page.deliveries)]
                receipts += len(result.receipt)
            total = proxy.sent + proxy.received - handshake
    assert len(seen) == 2 * REFERRALS

    def each(size: int) -> float:
        return size / REFERRALS

    return Wire(
        handshake=handshake,
        total=each(total),
        header=each(sum(len(one.header) for one in seen)),
        sealed=each(sum(len(one.sealed) for one in seen)),
        signature=each(sum(len(one.signature) for one in seen)),
        receipt=each(receipts),
    )
