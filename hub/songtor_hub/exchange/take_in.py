"""Taking in: one transaction for a group of envelopes, whoever sent them. Rules D1 to D4, E11, I10, T1, W2.

An envelope that is refused changes nothing and stops no other. What was taken in once is answered from what
was stored then, before any rule is asked that time could have turned against it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy import Connection, Engine

from songtor_hub.addresses import HUB
from songtor_hub.exchange import door, tasks
from songtor_hub.exchange.parties import Parties, Roll
from songtor_hub.exchange.rows import Tasks, insert_envelopes, stored
from songtor_hub.exchange.withdraw import confirm_parts, note_recalls, withdraw
from songtor_hub.store.engine import reading, writing
from songtor_hub.translog import append_many
from songtor_proto.envelope.check import digest, read_header, verify
from songtor_proto.errors import EnvelopeError, PeerError, SongtorError
from songtor_proto.times import Clock, Random, to_ms
from songtor_proto.translog.entry import taken_in
from songtor_proto.vocabulary import Policy
from songtor_proto.wire.envelope_pb2 import (
    KIND_CONFIRMATION,
    KIND_RECALL_RECEIPT,
    KIND_REFERRAL,
    KIND_WITHDRAWAL,
    STATE_UNSPECIFIED,
    Envelope,
    Header,
    State,
)
from songtor_proto.wire.receipt_pb2 import ReceiptBody

_log = structlog.get_logger(__name__)

SignGroup = Callable[[list[ReceiptBody], int], list[bytes]]
"""The serialised receipts of one commit, made at that time in milliseconds."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """An envelope of an established sender. `refusal`: what the door says of it, if it is new."""

    envelope: Envelope
    header: Header
    digest: bytes
    refusal: SongtorError | None


@dataclass(slots=True)
class Taken:
    """Durably taken in, now or before. `receipt` is empty where none is given; `state` is the task's now."""

    envelope_id: bytes
    receipt: bytes
    state: int


class TakeIn:
    """`sign_group` None: what a desk or the hub itself sends gets no receipt."""

    def __init__(
        self, engine: Engine, policy: Policy, clock: Clock, random: Random, sign_group: SignGroup | None
    ) -> None:
        self._engine = engine
        self._policy = policy
        self._clock = clock
        self._random = random
        self._sign_group = sign_group
        self.roll = Roll()

    def admit(self, envelope: Envelope, principal: str) -> Incoming:
        """All that can be said of one envelope outside the transaction. Raises SongtorError."""
        header = read_header(envelope)
        door.check_principal(header, principal)
        verify(envelope, self._signing_key(header))
        refusal: SongtorError | None = None
        try:
            door.check(header, self._policy, self._clock())
        except SongtorError as error:
            refusal = error
        return Incoming(envelope, header, digest(envelope), refusal)

    def commit(self, group: Sequence[Incoming]) -> list[Taken | SongtorError]:
        """Takes the group in, in order, in one transaction; StoreError where that failed as a whole."""
        with writing(self._engine) as connection:
            return self.take(connection, group)

    def take(self, connection: Connection, group: Sequence[Incoming]) -> list[Taken | SongtorError]:
        """`commit` as part of a transaction of the caller's."""
        batch = _Batch(connection, self.roll.look(connection), to_ms(self._clock()), group)
        results: list[Taken | SongtorError] = []
        for one in group:
            try:
                results.append(batch.take(one))
            except SongtorError as error:
                _log.warning("envelope.refused", code=error.code, field=error.field, sender=one.header.sender)
                results.append(error)
        if batch.fresh:
            batch.store(connection, self._random, self._sign_group)
        return results

    def _signing_key(self, header: Header) -> bytes:
        owner = (header.sender, header.signing_key_version)
        found = self.roll.held().keys.get(owner)
        if found is None:
            with reading(self._engine) as connection:
                found = self.roll.look(connection).keys.get(owner)
        if found is None:
            raise PeerError("key_unknown", field="signing_key_version")
        return found.signing_key


class _Batch:
    """One group in its transaction: what was there, and what it adds."""

    def __init__(
        self, connection: Connection, parties: Parties, now_ms: int, group: Sequence[Incoming]
    ) -> None:
        headers = [one.header for one in group]
        self._parties = parties
        self._now_ms = now_ms
        self._seen = stored(connection, [header.envelope_id for header in headers])
        self._tasks = Tasks(
            connection,
            ids=set().union(*map(_speaks_of, headers)) - {b""} | {row.task for row in self._seen.values()},
            threads={header.thread for header in headers if header.task_version > 1},
        )
        self.fresh: dict[bytes, tuple[Incoming, Taken]] = {}

    def take(self, one: Incoming) -> Taken:
        header = one.header
        self._parties.need_active(header.sender)
        before = self._before(one)
        if before:
            return before
        if one.refusal:
            raise one.refusal
        self._parties.need_key(header.sender, header.signing_key_version)
        # A withdrawal must get through, to a revoked recipient too: the hub's copies and all parts end with
        # it, and its recipient, once it is back, obeys what the header says.
        if header.kind != KIND_WITHDRAWAL:
            self._parties.need_recipient(header.recipient, header.sealing_key_version)
        taken = Taken(header.envelope_id, b"", self._effect(header))
        self.fresh[header.envelope_id] = one, taken
        return taken

    def _before(self, one: Incoming) -> Taken | None:
        """The answer of the first time (D3); a conflict where those were other bytes (D4)."""
        envelope_id = one.header.envelope_id
        if envelope_id in self.fresh:
            first, taken = self.fresh[envelope_id]
            if first.digest == one.digest:
                return taken
        elif envelope_id in self._seen:
            row = self._seen[envelope_id]
            if row.digest == one.digest:
                return Taken(envelope_id, row.receipt or b"", self._state(row.task, one.header.sender))
        else:
            return None
        _log.critical("alert", what="conflict", seat=one.header.sender, envelope=envelope_id.hex())
        raise EnvelopeError("conflict", field="envelope_id")

    def _effect(self, header: Header) -> int:
        """The state of the task after what this envelope does to it."""
        if not tasks.is_known(header.kind):
            return self._state(header.task, header.sender)
        if header.kind == KIND_REFERRAL:
            parent = self._tasks.get(header.part_of) if header.part_of else None
            new = tasks.opened(header, parent, self._now_ms)
            before = tasks.replaced(self._tasks.newest(header.thread), header, self._now_ms)
            if before:
                self._tasks.changed(before)
            self._tasks.add(new)
            return new.state
        task = self._tasks.get(header.task)
        if task is None:
            raise EnvelopeError("not_found", field="task")
        if tasks.act(task, self._tasks.get(header.part_of), header, self._now_ms):
            self._tasks.changed(task)
        return task.state

    def _state(self, task_id: bytes, sender: str) -> int:
        """To whom is no party, none (D11)."""
        task = self._tasks.get(task_id)
        party = task is not None and sender in (task.referrer, task.recipient)
        return task.state if task is not None and party else STATE_UNSPECIFIED

    def store(self, connection: Connection, random: Random, sign_group: SignGroup | None) -> None:
        """Writes what is new: leaves, receipts, envelopes, tasks, and what reaches beyond its own task."""
        fresh, now_ms = list(self.fresh.values()), self._now_ms
        places = append_many(
            connection, "envelope", [taken_in(one.digest) for one, _ in fresh], now_ms, random
        )
        if sign_group:
            bodies = [
                ReceiptBody(
                    envelope_id=taken.envelope_id,
                    sender=one.header.sender,
                    digest=one.digest,
                    state=State.ValueType(taken.state),
                    taken_in_ms=now_ms,
                    log_index=place.at,
                    log_salt=place.salt,
                )
                for (one, taken), place in zip(fresh, places, strict=True)
            ]
            for (_, taken), receipt in zip(fresh, sign_group(bodies, now_ms), strict=True):
                taken.receipt = receipt
        insert_envelopes(connection, [_row(one, taken.receipt or None, now_ms) for one, taken in fresh])
        self._tasks.save(connection)
        for one, _ in fresh:
            _spread(connection, one.header, now_ms)


def _speaks_of(header: Header) -> set[bytes]:
    """The tasks that must be there already, if there are any."""
    return {header.part_of} if header.kind == KIND_REFERRAL else {header.task, header.part_of}


def _row(one: Incoming, receipt: bytes | None, now_ms: int) -> tuple[object, ...]:
    header, envelope = one.header, one.envelope
    return (
        header.envelope_id,
        header.sender,
        header.recipient,
        door.mailbox(header.recipient),
        header.kind,
        header.task,
        one.digest,
        envelope.header,
        envelope.sealed,
        envelope.signature,
        receipt,
        now_ms,
        header.expires_ms,
    )


def _spread(connection: Connection, header: Header, now_ms: int) -> None:
    """What reaches further than the envelope's own task. The hub's own words end with it."""
    if header.sender == HUB:
        return
    if header.kind == KIND_WITHDRAWAL:
        withdraw(connection, header.task, header.envelope_id, now_ms)
    elif header.kind == KIND_CONFIRMATION:
        confirm_parts(connection, header.task)
    elif header.kind == KIND_RECALL_RECEIPT:
        note_recalls(connection, header)
