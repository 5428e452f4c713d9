"""One desk at work: who acts there, and how it reads and sends. Nothing it reads is ever stored in the clear.

What a desk sends is sealed to the other side and, as part of the act's record, to the desk itself. Envelope
and record are committed together, by the same take-in that nodes' envelopes pass.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, or_, select
from sqlmodel import Session, col

from songtor_hub import translog
from songtor_hub.addresses import HUB
from songtor_hub.bootstrap import Hub
from songtor_hub.desks import officers, pins
from songtor_hub.desks.model import Act, Officer
from songtor_hub.exchange.take_in import Incoming, TakeIn
from songtor_hub.seats import desk_keys
from songtor_hub.store.engine import reading, writing
from songtor_hub.store.tables import envelope as envelope_table
from songtor_hub.store.tables import task as task_table
from songtor_proto import reference
from songtor_proto.address import Address
from songtor_proto.envelope import compose, uuid7
from songtor_proto.envelope.check import read_header, verify
from songtor_proto.envelope.open import open_payload
from songtor_proto.errors import EnvelopeError, InputError, SongtorError
from songtor_proto.identity.keys import seal_to
from songtor_proto.times import to_ms
from songtor_proto.vocabulary import Desk as DeskTerm
from songtor_proto.wire import envelope_pb2 as wire
from songtor_proto.wire.envelope_pb2 import Envelope, Header
from songtor_proto.wire.payload_pb2 import Payload

Task = Row[Any]
"""A row of the table `task`."""

SENT = "referral"
"""The act of referring, as the desk keeps it: with what it sent."""


@dataclass(frozen=True, slots=True)
class Saying:
    """An envelope of the desk's, not yet taken in, and the record of the act that caused it."""

    incoming: Incoming
    act: Act


@dataclass(frozen=True, slots=True)
class Desk:
    """`take_in` gives no receipts: the desk sees the commit itself."""

    hub: Hub
    officer: Officer
    take_in: TakeIn

    @property
    def address(self) -> str:
        return f"{HUB}/{self.officer.desk}"

    @property
    def term(self) -> DeskTerm:
        return self.hub.vocabulary.desk(Address.parse(self.address))

    def now(self) -> datetime:
        return self.hub.clock()

    def find(self, text: str) -> Task:
        """The latest task of that reference that came to this desk or went out from it.

        InputError: "reference"; "not_here", also for what other desks have.
        """
        wanted = reference.normalise(text)
        mine = or_(task_table.c.recipient == self.address, task_table.c.referrer == self.address)
        with reading(self.hub.engine) as connection:
            found = connection.execute(
                select(task_table)
                .where(task_table.c.reference == wanted, mine)
                .order_by(task_table.c.version.desc())
                .limit(1)
            ).one_or_none()
        if found is None:
            raise InputError("not_here", field=wanted)
        return found

    def received(self, text: str) -> Task:
        """The task, where this desk is its recipient; EnvelopeError("actor") where it is the referrer."""
        found = self.find(text)
        if found.recipient != self.address:
            raise EnvelopeError("actor", field=found.reference)
        return found

    def referred(self, text: str) -> Task:
        """The task, where this desk is its referrer; EnvelopeError("actor") where it is the recipient."""
        found = self.find(text)
        if found.referrer != self.address:
            raise EnvelopeError("actor", field=found.reference)
        return found

    def root(self, task: Task) -> Task:
        """The first task, of which it is a part; or itself."""
        with reading(self.hub.engine) as connection:
            return connection.execute(select(task_table).where(task_table.c.id == task.root)).one()

    def source(self, task: Task) -> Task:
        """The task with which the content last left a node; the first, where no node referred it."""
        with reading(self.hub.engine) as connection:
            while task.part_of and Address.parse(task.referrer).is_desk:
                above = select(task_table).where(task_table.c.id == task.part_of)
                task = connection.execute(above).one()
        return task

    def parts(self, task_id: bytes) -> list[Task]:
        """The tasks that it was routed on as, oldest first."""
        found = select(task_table).where(task_table.c.part_of == task_id).order_by(task_table.c.id)
        with reading(self.hub.engine) as connection:
            return list(connection.execute(found))

    def mail(self, task_id: bytes) -> list[tuple[Row[Any], Header]]:
        """What came to this desk about a task from its other end, oldest first: rows of `envelope` with their
        headers. (A kind of the future may come from anybody, E11.)"""
        ends = (task_table.c.referrer, task_table.c.recipient)
        with reading(self.hub.engine) as connection:
            rows = connection.execute(
                select(envelope_table)
                .join(task_table, task_table.c.id == envelope_table.c.task)
                .where(envelope_table.c.task == task_id, envelope_table.c.recipient == self.address)
                .where(envelope_table.c.sender.in_(ends))
                .order_by(envelope_table.c.sequence)
            ).all()
        return [(row, Header.FromString(row.header)) for row in rows]

    def read(self, row: Row[Any]) -> Payload:
        """What an envelope to this desk says, checked again from the signature on: no store is trusted.

        Raises EnvelopeError, PeerError; its `sealed` part must not have been destroyed.
        """
        envelope = Envelope(header=row.header, sealed=row.sealed, signature=row.signature)
        header = read_header(envelope)
        verify(envelope, pins.signing_key(self.hub, header.sender, header.signing_key_version))
        key = desk_keys.sealing_key(self.hub.keyring, self.address, header.sealing_key_version)
        return open_payload(envelope, header, key)

    def say(
        self, header: Header, payload: Payload, act: str, *, note: bytes | None = None, of: bytes = b""
    ) -> Saying:
        """Seals and signs. Id, sender, times and key versions are filled in; `note` is what the desk keeps of
        it, `of` the task that the act belongs to where that is not the message's own.

        Raises EnvelopeError and PeerError, as `compose.seal` and `TakeIn.admit`.
        """
        now_ms = to_ms(self.now())
        header.sender, header.created_ms = self.address, now_ms
        header.envelope_id = header.envelope_id or uuid7(now_ms, self.hub.random)
        header.signing_key_version, _ = pins.in_force(self.hub, self.address)
        # Whatever became of the recipient, a withdrawal must be able to leave (W1).
        key_of = pins.last_believed if header.kind == wire.KIND_WITHDRAWAL else pins.in_force
        header.sealing_key_version, sealing_key = key_of(self.hub, header.recipient)
        envelope = compose.seal(
            header,
            payload,
            signing_key=desk_keys.signing_key(self.hub.keyring, self.address, header.signing_key_version),
            recipient_key=sealing_key,
            random=self.hub.random,
        )
        incoming = self.take_in.admit(envelope, self.address)
        return Saying(incoming, self.record(of or header.task, act, note))

    def record(self, task_id: bytes, act: str, said: bytes | None = None) -> Act:
        """Who does what; what is said is sealed to the desk's own key."""
        version, key = pins.in_force(self.hub, self.address)
        return Act(
            task=task_id,
            desk=self.officer.desk,
            officer=self.officer.code,
            role=self.officer.role,
            act=act,
            at_ms=to_ms(self.now()),
            sealed=None if said is None else seal_to(key, said, task_id),
            key_version=version,
        )

    def commit(
        self, *sayings: Saying, acts: Sequence[Act] = (), log: Mapping[str, Mapping[str, str]] | None = None
    ) -> None:
        """All in one transaction, or none: raises what the take-in refuses. `log`: facts by kind of leaf."""
        with writing(self.hub.engine) as connection:
            for result in self.take_in.take(connection, [saying.incoming for saying in sayings]):
                if isinstance(result, SongtorError):
                    raise result
            self.note(connection, *(saying.act for saying in sayings), *acts)
            for kind, facts in (log or {}).items():
                translog.append(connection, kind, facts, to_ms(self.now()), self.hub.random)

    def note(self, connection: Connection, *acts: Act) -> None:
        """Adds the records of acts to a transaction."""
        with Session(connection) as session:
            session.add_all(acts)
            session.flush()

    def acts(self, task_id: bytes) -> list[Act]:
        """What was done at this desk about a task, oldest first."""
        mine = (col(Act.task) == task_id, col(Act.desk) == self.officer.desk)
        with reading(self.hub.engine) as connection, Session(connection) as session:
            return list(session.scalars(select(Act).where(*mine).order_by(col(Act.id))))

    def unseal(self, act: Act) -> bytes | None:
        """What the desk itself said in an act; none where it said nothing, or where that is destroyed."""
        if act.sealed is None:
            return None
        key = desk_keys.sealing_key(self.hub.keyring, self.address, act.key_version)
        return key.open(act.sealed, act.task)


def at_work(hub: Hub) -> Desk:
    """The desk of the officer who acts; PeerError: "officer", "role"."""
    with reading(hub.engine) as connection:
        officer = officers.acting(connection, hub.officer)
    return Desk(hub, officer, TakeIn(hub.engine, hub.policy, hub.clock, hub.random, None))


def about(
    task: Task,
    recipient: str,
    kind: wire.Kind.ValueType,
    state: wire.State.ValueType = wire.STATE_UNSPECIFIED,
) -> Header:
    """The header of a message about a task, before `Desk.say` completes it."""
    return Header(
        kind=kind,
        recipient=recipient,
        reference=task.reference,
        urgency=task.urgency,
        state=state,
        thread=task.thread,
        task=task.id,
    )
