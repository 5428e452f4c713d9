"""What the exchange answers a seat. The gRPC service is a shell round this; the simulator calls it as it is.

Whoever calls has established the seat (I1); whether it was revoked is asked here, in each transaction (I10).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import structlog
from sqlalchemy import BindParameter, Connection, Row, bindparam, or_, select

from songtor_hub.addresses import HUB
from songtor_hub.bootstrap import Hub
from songtor_hub.exchange import hand_out
from songtor_hub.exchange.door import mailbox
from songtor_hub.exchange.recall import Recalls
from songtor_hub.exchange.take_in import Incoming, TakeIn, Taken
from songtor_hub.seats import directory
from songtor_hub.store.engine import reading, writing
from songtor_hub.store.tables import task
from songtor_hub.translog.append import frontier
from songtor_hub.translog.head import Head, keep_cosignature
from songtor_hub.translog.read import stored_subtrees
from songtor_proto import receipts
from songtor_proto.comparison import open_digest
from songtor_proto.errors import EnvelopeError, InputError, PeerError, SongtorError
from songtor_proto.lifecycle import OPEN
from songtor_proto.times import to_ms
from songtor_proto.translog.proof import consistency, inclusion
from songtor_proto.wire.envelope_pb2 import KIND_RECALL_RECEIPT, KIND_WITHDRAWAL, Envelope, State
from songtor_proto.wire.exchange_pb2 import (
    AcknowledgeRequest,
    AcknowledgeResponse,
    CompareOpenRequest,
    CompareOpenResponse,
    FetchRequest,
    FetchResponse,
    GetCheckpointRequest,
    GetCheckpointResponse,
    GetDirectoryRequest,
    GetDirectoryResponse,
    GetInclusionRequest,
    GetInclusionResponse,
    GetStatusRequest,
    GetStatusResponse,
    OpenTask,
    PublishKeysRequest,
    PublishKeysResponse,
    Refusal,
    SubmitRequest,
    SubmitResponse,
    SubmitResult,
)
from songtor_proto.wire.receipt_pb2 import Delivered, ReceiptBody

MAX_ENVELOPES = 64

_log = structlog.get_logger(__name__)

_seat: BindParameter[str] = bindparam("seat")
_OPEN = (
    select(task.c.id, task.c.state)
    .where(task.c.state.in_(OPEN), or_(task.c.referrer == _seat, task.c.recipient == _seat))
    .order_by(task.c.id)
)
_STATUS = select(
    task.c.id, task.c.referrer, task.c.recipient, task.c.state, task.c.updated_ms, task.c.respond_by_ms
).where(task.c.id.in_(bindparam("ids", expanding=True)))


class Submission(NamedTuple):
    """Envelopes that one seat sends in one call."""

    seat: str
    envelopes: Sequence[Envelope]


class Arrival(NamedTuple):
    """What a seat says, under its signature, that it has stored."""

    seat: str
    delivered: Sequence[Delivered]


class Committed(NamedTuple):
    """The answers in order, the mailboxes that got something, and whether the hub has recalls to see to."""

    responses: list[SubmitResponse | AcknowledgeResponse]
    mailboxes: set[str]
    recalls: bool


class Exchange:
    """Of one hub, with the exchange's keyring. Any method may raise StoreError and PeerError("revoked")."""

    def __init__(self, hub: Hub) -> None:
        self._engine, self._network = hub.engine, hub.network
        self._clock, self._random = hub.clock, hub.random
        self._key = hub.signing_key()
        with reading(hub.engine) as connection:
            entry = directory.latest(connection, HUB)
        assert entry is not None
        version = entry.version

        def sign_group(bodies: list[ReceiptBody], now_ms: int) -> list[bytes]:
            return receipts.group(bodies, self._key, version, now_ms)

        self._head = Head(hub.network, self._key)
        self._take_in = TakeIn(hub.engine, hub.policy, hub.clock, hub.random, sign_group)
        own = TakeIn(hub.engine, hub.policy, hub.clock, hub.random, None)
        self._recalls = Recalls(hub.engine, own, self._key, version, hub.clock, hub.random)

    def submit(self, seat: str, request: SubmitRequest) -> SubmitResponse:
        """EnvelopeError("too_many"), StoreError; everything else is answered envelope by envelope (D10)."""
        (response,) = self.commit([submission(seat, request)]).responses
        assert isinstance(response, SubmitResponse)
        return response

    def acknowledge(self, seat: str, request: AcknowledgeRequest) -> AcknowledgeResponse:
        """Raises EnvelopeError: "receipt", "signature"; PeerError: "sender", "key_unknown", "revoked"."""
        (response,) = self.commit([self.arrival(seat, request)]).responses
        assert isinstance(response, AcknowledgeResponse)
        return response

    def commit(self, jobs: Sequence[Submission | Arrival]) -> Committed:
        """All of it in one transaction; StoreError where that failed, and then nothing of it happened."""
        admitted = [self._admit(job) if isinstance(job, Submission) else [] for job in jobs]
        group = [one for ones in admitted for one in ones if isinstance(one, Incoming)]
        with writing(self._engine) as connection:
            taken = iter(self._take_in.take(connection, group))
            now_ms = to_ms(self._clock())
            responses = [
                _answer(ones, taken)
                if isinstance(job, Submission)
                else AcknowledgeResponse(
                    deleted=hand_out.delivered(connection, job.seat, job.delivered, now_ms)
                )
                for job, ones in zip(jobs, admitted, strict=True)
            ]
        return Committed(
            responses,
            {mailbox(one.header.recipient) for one in group},
            any(one.header.kind in (KIND_WITHDRAWAL, KIND_RECALL_RECEIPT) for one in group),
        )

    def arrival(self, seat: str, request: AcknowledgeRequest) -> Arrival:
        """The delivery receipt, once its signature holds (D7). Raises as `acknowledge` does."""
        said = receipts.read_delivery(request.delivery_receipt)
        if said.seat != seat:
            raise PeerError("sender", field="seat")
        key = self._active_key(seat, said.signing_key_version)
        receipts.verify_delivery(request.delivery_receipt, request.signature, key)
        return Arrival(seat, said.delivered)

    def fetch(self, seat: str, request: FetchRequest) -> FetchResponse:
        """What is there now; waiting is the caller's."""
        with self._reading(seat) as connection:
            return hand_out.after(connection, seat, request, to_ms(self._clock()))

    def arrivals(self, last: int | None) -> tuple[int, Collection[str]]:
        """See `hand_out.arrivals`."""
        with reading(self._engine) as connection:
            return hand_out.arrivals(connection, last)

    def get_directory(self, seat: str, request: GetDirectoryRequest) -> GetDirectoryResponse:
        with self._reading(seat) as connection:
            now_ms = to_ms(self._clock())
            signed = directory.signed(connection, self._network, request.since, self._key, now_ms)
        return GetDirectoryResponse(directory=signed)

    def publish_keys(self, seat: str, request: PublishKeysRequest) -> PublishKeysResponse:
        """Raises PeerError: "statement", "key_version"."""
        with writing(self._engine) as connection:
            self._take_in.roll.look(connection).need_active(seat)
            now_ms = to_ms(self._clock())
            directory.publish(connection, self._network, seat, request.entry, now_ms, self._random)
            return PublishKeysResponse(version=directory.version(connection))

    def get_checkpoint(self, seat: str, request: GetCheckpointRequest) -> GetCheckpointResponse:
        """InputError("log_range") where the caller knows more than there is; PeerError("cosignature")."""
        if request.cosignature:
            with writing(self._engine) as connection:
                key = self._take_in.roll.look(connection).newest_key(seat)
                line, size = request.cosignature, request.known_size
                keep_cosignature(connection, self._head.origin, seat, size, line, key)
        with self._reading(seat) as connection:
            tree = frontier(connection)
            path = consistency(request.known_size, tree.size, stored_subtrees(connection))
        return GetCheckpointResponse(checkpoint=self._head.note(tree), consistency=path)

    def get_inclusion(self, seat: str, request: GetInclusionRequest) -> GetInclusionResponse:
        """Raises InputError("log_range")."""
        with self._reading(seat) as connection:
            if request.size > frontier(connection).size:
                raise InputError("log_range", field="size")
            path = inclusion(request.index, request.size, stored_subtrees(connection))
        return GetInclusionResponse(path=path)

    def compare_open(self, seat: str, request: CompareOpenRequest) -> CompareOpenResponse:
        """Whether the caller's list of open tasks is the hub's, and the hub's where it is not (D9)."""
        with self._reading(seat) as connection:
            rows = connection.execute(_OPEN, {"seat": seat}).all()
        same = request.digest == open_digest(rows)
        tasks = [] if same else [OpenTask(task=id_, state=state) for id_, state in rows]
        return CompareOpenResponse(same=same, tasks=tasks)

    def get_status(self, seat: str, request: GetStatusRequest) -> GetStatusResponse:
        """Raises EnvelopeError("not_found"), also where the caller is no party (D11)."""
        (found,) = self.statuses([(seat, request)])
        if isinstance(found, SongtorError):
            raise found
        return found

    def statuses(
        self, asked: Sequence[tuple[str, GetStatusRequest]]
    ) -> list[GetStatusResponse | SongtorError]:
        """Many at once, each answered as by `get_status`."""
        with reading(self._engine) as connection:
            active = self._take_in.roll.look(connection).active
            rows = connection.execute(_STATUS, {"ids": [request.task for _, request in asked]})
            found = {row.id: row for row in rows}
        return [_status(seat, found.get(request.task), seat in active) for seat, request in asked]

    def tick(self) -> set[str]:
        """What is due by the clock; the mailboxes that got something."""
        return self._recalls.tick()

    @contextmanager
    def _reading(self, seat: str) -> Iterator[Connection]:
        with reading(self._engine) as connection:
            self._take_in.roll.look(connection).need_active(seat)
            yield connection

    def _active_key(self, seat: str, version: int) -> bytes:
        with reading(self._engine) as connection:
            parties = self._take_in.roll.look(connection)
        parties.need_active(seat)
        parties.need_key(seat, version)
        return parties.keys[seat, version].signing_key

    def _admit(self, job: Submission) -> list[Incoming | SongtorError]:
        admitted: list[Incoming | SongtorError] = []
        for envelope in job.envelopes:
            try:
                admitted.append(self._take_in.admit(envelope, job.seat))
            except SongtorError as error:
                _log.warning("envelope.refused", code=error.code, field=error.field, sender=job.seat)
                admitted.append(error)
        return admitted


def submission(seat: str, request: SubmitRequest) -> Submission:
    """EnvelopeError("too_many") above what one call may hold (P1)."""
    if len(request.envelopes) > MAX_ENVELOPES:
        raise EnvelopeError("too_many", field="envelopes")
    return Submission(seat, request.envelopes)


def _answer(admitted: list[Incoming | SongtorError], taken: Iterator[Taken | SongtorError]) -> SubmitResponse:
    """One result for each envelope, in order; `taken` goes on with those that were admitted."""
    return SubmitResponse(
        results=[
            _result(one.header.envelope_id, next(taken)) if isinstance(one, Incoming) else _result(b"", one)
            for one in admitted
        ]
    )


def _result(envelope_id: bytes, outcome: Taken | SongtorError) -> SubmitResult:
    if isinstance(outcome, Taken):
        state = State.ValueType(outcome.state)
        return SubmitResult(envelope_id=envelope_id, receipt=outcome.receipt, state=state)
    return SubmitResult(envelope_id=envelope_id, refusal=Refusal(code=outcome.code, field=outcome.field))


def _status(seat: str, row: Row[*tuple[Any, ...]] | None, active: bool) -> GetStatusResponse | SongtorError:
    if not active:
        return PeerError("revoked")
    if row is None or seat not in (row.referrer, row.recipient):
        return EnvelopeError("not_found", field="task")
    return GetStatusResponse(state=row.state, updated_ms=row.updated_ms, respond_by_ms=row.respond_by_ms)
