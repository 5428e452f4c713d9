"""Everything that a side has stored, read back as an intruder with all its keys would."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Row, select
from sqlmodel import col

from songtor_hub.desks.model import Act
from songtor_hub.seats import desk_keys
from songtor_hub.store.engine import reading as reading_hub
from songtor_hub.store.tables import envelope
from songtor_node.store.engine import reading
from songtor_proto.envelope.open import open_payload
from songtor_proto.errors import EnvelopeError
from songtor_proto.wire.envelope_pb2 import Envelope, Header
from songtor_proto.wire.payload_pb2 import Payload
from tests.simulate import template
from tests.simulate.seat import Seat
from tests.simulate.server import Server


def of_node(seat: Seat) -> list[object]:
    """Every value of every table."""
    with reading(seat.node.engine) as session:
        return list(_values(session.connection()))


def of_hub(server: Server) -> list[object]:
    """Every value of every table, and the very bytes of its files."""
    with reading_hub(server.hub.engine) as connection:
        values = list(_values(connection))
    return values + [path.read_bytes() for path in sorted(server.hub.data.iterdir())]


def opened_at_desks(server: Server) -> Iterator[tuple[Row[Any], Payload]]:
    """What lies in the hub for its desks, opened with each one's key."""
    with reading_hub(server.hub.engine) as connection:
        rows = connection.execute(
            select(envelope)
            .where(envelope.c.recipient.like("TH-00/%"), envelope.c.sealed.is_not(None))
            .order_by(envelope.c.sequence)
        ).all()
    for row in rows:
        header = Header.FromString(row.header)
        key = desk_keys.sealing_key(server.console.keyring, row.recipient, header.sealing_key_version)
        yield row, open_payload(_envelope(row), header, key)


def opened_by_force(server: Server) -> Iterator[Row[Any]]:
    """What any desk's key opens of that which was not sent to a desk: there is nothing such."""
    with reading_hub(server.hub.engine) as connection:
        rows = connection.execute(
            select(envelope).where(envelope.c.recipient.not_like("TH-00/%"), envelope.c.sealed.is_not(None))
        ).all()
    keys = [desk_keys.sealing_key(server.console.keyring, f"TH-00/{desk}") for desk in template.desks()]
    for row in rows:
        for key in keys:
            try:
                key.open(row.sealed, row.header)
            except EnvelopeError:
                continue
            yield row


def desk_notes(server: Server) -> Iterator[tuple[str, bytes, bytes]]:
    """What desks noted of their own acts: desk, task, the note opened with its key."""
    with reading_hub(server.hub.engine) as connection:
        rows = connection.execute(
            select(col(Act.desk), col(Act.task), col(Act.sealed), col(Act.key_version))
            .where(col(Act.sealed).is_not(None))
            .order_by(col(Act.id))
        ).all()
    for desk, task, sealed, version in rows:
        key = desk_keys.sealing_key(server.console.keyring, f"TH-00/{desk}", version)
        yield desk, task, key.open(sealed or b"", task)


def _values(connection: Connection) -> Iterator[object]:
    names = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars().all()
    for name in names:
        for row in connection.exec_driver_sql(f'SELECT * FROM "{name}"'):
            yield from row


def _envelope(row: Row[Any]) -> Envelope:
    return Envelope(header=row.header, sealed=row.sealed, signature=row.signature)
