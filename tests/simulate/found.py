"""All rows of a world, read once when all is quiet."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from sqlalchemy import Row, select
from sqlmodel import col
from sqlmodel import select as select_model

from songtor_hub.seats import directory
from songtor_hub.store.engine import reading as reading_hub
from songtor_hub.store.tables import envelope, log_leaf, task
from songtor_hub.translog.append import frontier
from songtor_node.alerts import Alert
from songtor_node.link.models import LogHead
from songtor_node.referrals.models import Copy, Inbox, Outbox, Referral
from songtor_node.store.engine import reading
from songtor_proto.times import to_ms
from songtor_proto.wire import envelope_pb2 as wire
from tests.simulate.world import Broken, World

KEPT_KINDS = (wire.KIND_WITHDRAWAL, wire.KIND_RECALL_RECEIPT, wire.KIND_OPENING)
"""What stays when a task is withdrawn: it says nothing of the client."""


def must(holds: object, what: str) -> None:
    if not holds:
        raise Broken(what)


class Found:
    """Of the hub, and of each node that is not revoked."""

    def __init__(self, world: World) -> None:
        self.world = world
        with reading_hub(world.server.hub.engine) as connection:
            rows = connection.execute(select(envelope).order_by(envelope.c.sequence))
            self.envelopes: list[Row[Any]] = list(rows)
            self.tasks: dict[bytes, Row[Any]] = {row.id: row for row in connection.execute(select(task))}
            self.leaves = list(connection.execute(select(log_leaf).order_by(log_leaf.c.index)))
            self.head = frontier(connection)
            hub = directory.latest(connection, "TH-00")
        assert hub is not None
        self.hub_key: bytes = hub.signing_key
        self.by_id = {row.id: row for row in self.envelopes}
        self.living = [name for name, seat in world.seats.items() if not seat.revoked]
        self.outbox: dict[str, list[Outbox]] = {}
        self.inbox: dict[str, list[Inbox]] = {}
        self.referrals: dict[str, dict[bytes, Referral]] = {}
        self.copies: dict[str, list[Copy]] = {}
        self.alerts: dict[str, list[Alert]] = {}
        self.heads: dict[str, LogHead | None] = {}
        for name in self.living:
            with reading(world.seats[name].node.engine) as session:
                self.outbox[name] = list(session.exec(select_model(Outbox).order_by(col(Outbox.sequence))))
                self.inbox[name] = list(session.exec(select_model(Inbox).order_by(col(Inbox.id))))
                self.referrals[name] = {one.task: one for one in session.exec(select_model(Referral))}
                self.copies[name] = list(session.exec(select_model(Copy)))
                self.alerts[name] = list(session.exec(select_model(Alert)))
                self.heads[name] = session.get(LogHead, 1)

    @cached_property
    def now_ms(self) -> int:
        return to_ms(self.world.clock())

    def is_dead(self, address: str) -> bool:
        return address in self.world.seats and self.world.seats[address].revoked

    def is_over(self, row: Row[Any]) -> bool:
        """Whether an envelope may no longer be had, or a task's content no longer be opened."""
        return bool(0 < row.expires_ms <= self.now_ms)

    def hold(self, key: bytes) -> bool:
        """Whether a duty keeps what was sent of a task."""
        row = self.tasks[key]
        held = self.referrals.get(row.recipient, {}).get(key)
        return row.legal_hold is not None or (held is not None and bool(held.hold))

    def name(self, key: bytes) -> str:
        """How the trace calls a task."""
        row = self.tasks.get(key)
        return f"{row.reference} v{row.version}, {row.referrer} to {row.recipient}" if row else key.hex()
