"""Referrals ready to send. The sealed part is made once: the hub cannot tell, and that is a node's cost."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count, cycle

from songtor_proto import reference
from songtor_proto.envelope import uuid7
from songtor_proto.envelope.layout import signed_bytes
from songtor_proto.times import to_ms
from songtor_proto.wire.envelope_pb2 import Envelope
from songtor_proto.wire.exchange_pb2 import GetStatusRequest, SubmitRequest
from tests.support.correspondent import Correspondent, header_of


class Letters:
    """One seat's referrals to a desk, each with an id and a signature of its own."""

    def __init__(self, sender: Correspondent, to: Correspondent, seed: int) -> None:
        self._sender = sender
        self._first = sender.refer(to)
        self._header = header_of(self._first)
        self._numbers = count(seed << 48)
        self.sent: list[bytes] = []
        """Ids of the tasks so far."""

    def example(self) -> bytes:
        """A SubmitRequest of the size of all others; never sent to the hub."""
        return SubmitRequest(envelopes=[self._first]).SerializeToString()

    def requests(self, calls: int, batch: int) -> Iterator[bytes]:
        """That many serialised SubmitRequests, made now; what is taken from them counts as sent."""
        return self._sending([self._request(batch) for _ in range(calls)])

    def status_requests(self) -> Iterator[bytes]:
        """For ever, about what was sent."""
        return cycle([GetStatusRequest(task=task).SerializeToString() for task in self.sent])

    def _request(self, batch: int) -> tuple[list[bytes], bytes]:
        ids, envelopes = zip(*(self._next() for _ in range(batch)), strict=True)
        return list(ids), SubmitRequest(envelopes=envelopes).SerializeToString()

    def _sending(self, ready: list[tuple[list[bytes], bytes]]) -> Iterator[bytes]:
        for ids, message in ready:
            self.sent += ids
            yield message

    def _next(self) -> tuple[bytes, Envelope]:
        def bits(size: int) -> bytes:
            return next(self._numbers).to_bytes(32, "big")[-size:]

        header = self._header
        id_ = uuid7(to_ms(self._sender.clock()), bits)
        header.envelope_id = header.thread = header.task = id_
        header.reference = reference.new(self._sender.address, bits)
        clear, sealed = header.SerializeToString(), self._first.sealed
        signature = self._sender.keys.signing.sign_raw(signed_bytes(clear, sealed))
        return id_, Envelope(header=clear, sealed=sealed, signature=signature)
