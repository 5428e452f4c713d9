"""What the hub does by itself: expiry, onward withdrawals, recall receipts. Rules C11, W3, W4."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, literal_column, select, update

from songtor_hub import translog
from songtor_hub.addresses import HUB
from songtor_hub.exchange.door import is_desk, mailbox
from songtor_hub.exchange.take_in import TakeIn
from songtor_hub.exchange.withdraw import withdraw
from songtor_hub.seats import directory
from songtor_hub.store.engine import reading, writing
from songtor_hub.store.tables import envelope, recall, task
from songtor_proto.envelope import uuid7
from songtor_proto.envelope.compose import seal
from songtor_proto.identity.keys import SigningKey
from songtor_proto.times import Clock, Random, to_ms
from songtor_proto.wire.directory_pb2 import KeyStatement
from songtor_proto.wire.envelope_pb2 import (
    KIND_RECALL_RECEIPT,
    KIND_WITHDRAWAL,
    STATE_CANCELLED,
    STATE_RECEIVED,
    Envelope,
    Header,
    Kind,
    Recall,
)
from songtor_proto.wire.payload_pb2 import Payload, Withdrawal

COPIES = 64  # of one recall receipt: its header holds them all (P3)

# (A bound 0 would hide from SQLite that the partial index fits.)
_ENDED = (envelope.c.expires_ms > literal_column("0")) & envelope.c.sealed.is_not(None)
_HELD = select(task.c.id).where(task.c.legal_hold.is_not(None))
_UNCONFIRMED = select(task.c.id).where(
    task.c.confirmed.is_(False), task.c.confirm_by_ms.is_not(None), task.c.withdrawn_ms.is_(None)
)


class Recalls:
    """`key` is the hub's own, of that version in the directory."""

    def __init__(
        self, engine: Engine, take_in: TakeIn, key: SigningKey, version: int, clock: Clock, random: Random
    ) -> None:
        self._engine = engine
        self._take_in = take_in
        self._key = key
        self._version = version
        self._clock = clock
        self._random = random

    def tick(self) -> set[str]:
        """Does what is due; the mailboxes that got something. Raises StoreError, and then did nothing."""
        now = self._clock()
        with reading(self._engine) as connection:
            if not _due(connection, to_ms(now)):
                return set()
        with writing(self._engine) as connection:
            _expire(connection, to_ms(now))
            self._recall_unconfirmed(connection, to_ms(now))
            said = [*self._asks(connection, now), *self._receipts(connection, now)]
            admitted = [self._take_in.admit(one, HUB) for one in said]
            for result in self._take_in.take(connection, admitted):
                if isinstance(result, Exception):
                    raise result
        return {mailbox(one.header.recipient) for one in admitted}

    def _recall_unconfirmed(self, connection: Connection, now_ms: int) -> None:
        """What one worker sent and nobody confirmed in time is withdrawn by the hub, with its parts (C11)."""
        next_one = _UNCONFIRMED.where(task.c.confirm_by_ms < now_ms).order_by(task.c.created_ms).limit(1)
        while task_id := connection.scalar(next_one):
            withdraw(connection, task_id, task_id, now_ms)
            translog.append(connection, "not_confirmed", {"task": task_id.hex()}, now_ms, self._random)

    def _asks(self, connection: Connection, now: datetime) -> Iterator[Envelope]:
        """A withdrawal to each onward node that was not told yet."""
        rows = connection.execute(
            select(recall.c.withdrawal, recall.c.holder, task)
            .join(task, task.c.id == recall.c.task)
            .where(recall.c.asked.is_(False))
        ).all()
        for row in rows:
            entry = _entry(connection, row.holder)
            if entry is None:
                continue
            keys = KeyStatement.FromString(entry.statement)
            header = self._header(row, KIND_WITHDRAWAL, row.holder, now)
            header.state, header.sealing_key_version = STATE_CANCELLED, entry.version
            by_clock = connection.scalar(select(task.c.id).where(task.c.id == row.withdrawal))
            reason = "not_confirmed" if by_clock else "withdrawn"
            yield self._seal(header, Payload(withdrawal=Withdrawal(reason=reason)), keys.sealing_key)
            _mark(connection, row.withdrawal, [row.id], asked=True)

    def _receipts(self, connection: Connection, now: datetime) -> Iterator[Envelope]:
        """The whole list to whoever withdrew, when there is news in it."""
        news = select(recall.c.withdrawal).where(recall.c.told.is_(False)).distinct()
        for withdrawal in connection.scalars(news).all():
            asked = select(envelope.c.task).where(envelope.c.id == withdrawal).scalar_subquery()
            row = connection.execute(select(task).where(task.c.id == asked)).one()
            if not is_desk(row.referrer) and _entry(connection, row.referrer) is None:
                continue
            copies = connection.execute(
                select(recall).where(recall.c.withdrawal == withdrawal).order_by(recall.c.envelope_id)
            ).all()
            if not is_desk(row.referrer):
                for first in range(0, len(copies), COPIES):
                    header = self._header(row, KIND_RECALL_RECEIPT, row.referrer, now)
                    header.recalls.extend(map(_told, copies[first : first + COPIES]))
                    yield self._seal(header, None, b"")
            _mark(connection, withdrawal, [copy.envelope_id for copy in copies], told=True)

    def _header(self, row: Row[Any], kind: Kind.ValueType, to: str, now: datetime) -> Header:
        return Header(
            envelope_id=uuid7(to_ms(now), self._random),
            kind=kind,
            sender=HUB,
            recipient=to,
            reference=row.reference,
            urgency=row.urgency,
            created_ms=to_ms(now),
            thread=row.thread,
            task=row.id,
            signing_key_version=self._version,
        )

    def _seal(self, header: Header, payload: Payload | None, recipient_key: bytes) -> Envelope:
        return seal(header, payload, signing_key=self._key, recipient_key=recipient_key, random=self._random)


def _entry(connection: Connection, seat: str) -> Row[Any] | None:
    """The seat's keys in force; none while it is revoked: then it is told later, or never."""
    entry = directory.latest(connection, seat)
    return None if entry is None or entry.revoked else entry


def _due(connection: Connection, now_ms: int) -> bool:
    questions = (
        select(recall.c.task).where(recall.c.told.is_(False) | recall.c.asked.is_(False)),
        select(envelope.c.id).where(_ENDED, envelope.c.expires_ms <= now_ms, envelope.c.task.not_in(_HELD)),
        _UNCONFIRMED.where(task.c.confirm_by_ms < now_ms),
    )
    return any(connection.execute(question.limit(1)).first() for question in questions)


def _expire(connection: Connection, now_ms: int) -> None:
    """Content that may no longer be opened is destroyed, but for what a duty keeps.

    A referral that its node never fetched is over: nobody there will ever answer it.
    """
    ended = (_ENDED, envelope.c.expires_ms <= now_ms, envelope.c.task.not_in(_HELD))
    unheard = (envelope.c.id == envelope.c.task, envelope.c.mailbox != HUB, envelope.c.delivered_ms.is_(None))
    connection.execute(
        update(task)
        .where(task.c.id.in_(select(envelope.c.task).where(*ended, *unheard)), task.c.state == STATE_RECEIVED)
        .values(state=STATE_CANCELLED, updated_ms=now_ms)
    )
    connection.execute(update(envelope).where(*ended).values(sealed=None, destroyed_ms=now_ms))


def _mark(connection: Connection, withdrawal: bytes, copies: Sequence[bytes], **values: bool) -> None:
    found = (recall.c.withdrawal == withdrawal) & recall.c.envelope_id.in_(copies)
    connection.execute(update(recall).where(found).values(values))


def _told(row: Row[Any]) -> Recall:
    place = "desk" if is_desk(row.holder) else "node"
    return Recall(envelope_id=row.envelope_id, place=place, result=row.result, reason=row.reason)
