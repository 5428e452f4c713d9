"""Handing out: what lies in a seat's mailbox, and what may go once the seat has it. Rules D6, D7, P1, P2."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import BindParameter, Connection, bindparam, func, or_, select, update

from songtor_hub.store.tables import envelope
from songtor_proto.wire.envelope_pb2 import Envelope
from songtor_proto.wire.exchange_pb2 import Delivery, FetchRequest, FetchResponse
from songtor_proto.wire.receipt_pb2 import Delivered

MAX_DELIVERIES = 64
ARRIVALS = 1000  # that one look takes in
MAX_BYTES = 3_900_000  # of one answer, so that all of it is below a message's 4 MiB

_now: BindParameter[int] = bindparam("now_ms")
_LIVE = or_(envelope.c.expires_ms == 0, envelope.c.expires_ms > _now)
_AFTER = (
    select(envelope.c.sequence, envelope.c.header, envelope.c.sealed, envelope.c.signature)
    .where(envelope.c.mailbox == bindparam("mailbox"), envelope.c.sequence > bindparam("after"))
    .where(envelope.c.sealed.is_not(None), _LIVE)
    .order_by(envelope.c.sequence)
    .limit(bindparam("limit"))
)
_LAST = select(func.max(envelope.c.sequence))
_NEWER = (
    select(envelope.c.sequence, envelope.c.mailbox)
    .where(envelope.c.sequence > bindparam("after"))
    .order_by(envelope.c.sequence)
    .limit(ARRIVALS)
)
_DELIVERED = (
    update(envelope)
    .where(
        envelope.c.id == bindparam("key"),
        envelope.c.sender == bindparam("from"),
        envelope.c.mailbox == bindparam("seat"),
        envelope.c.digest == bindparam("bytes"),
        envelope.c.delivered_ms.is_(None),
    )
    .values(delivered_ms=_now, destroyed_ms=func.coalesce(envelope.c.destroyed_ms, _now), sealed=None)
)


def after(connection: Connection, mailbox: str, request: FetchRequest, now_ms: int) -> FetchResponse:
    """The next of what lies there, oldest first; nothing that was destroyed or has expired."""
    limit = min(request.limit or MAX_DELIVERIES, MAX_DELIVERIES)
    values = {"mailbox": mailbox, "after": request.after, "limit": limit + 1, "now_ms": now_ms}
    rows = connection.execute(_AFTER, values).all()
    response = FetchResponse(cursor=request.after)
    size = 0
    for sequence, header, sealed, signature in rows:
        size += len(header) + len(sealed) + len(signature) + 32
        if len(response.deliveries) == limit or size > MAX_BYTES:
            response.more = True
            break
        carried = Envelope(header=header, sealed=sealed, signature=signature)
        response.deliveries.append(Delivery(sequence=sequence, envelope=carried))
        response.cursor = sequence
    return response


def arrivals(connection: Connection, last: int | None) -> tuple[int, Collection[str]]:
    """Up to where it has looked, and the mailboxes that got something after `last`; after None none."""
    if last is None:
        return connection.scalar(_LAST) or 0, ()
    rows = connection.execute(_NEWER, {"after": last}).all()
    return (rows[-1].sequence if rows else last), {row.mailbox for row in rows}


def delivered(connection: Connection, seat: str, stored: Iterable[Delivered], now_ms: int) -> int:
    """Deletes the sealed part of what the seat says it has stored; how many those were.

    Header, digest, signature and receipt stay. What is not in its mailbox, or has other bytes, is left alone.
    """
    count = 0
    for one in stored:
        values = {
            "key": one.envelope_id,
            "from": one.sender,
            "bytes": one.digest,
            "seat": seat,
            "now_ms": now_ms,
        }
        count += connection.execute(_DELIVERED, values).rowcount
    return count
