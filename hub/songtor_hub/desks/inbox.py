"""What waits at a desk: overdue first, then by urgency and time left. Clear facts only; nothing is opened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, func, or_, select
from sqlmodel import col

from songtor_hub.desks.desk import Desk
from songtor_hub.desks.model import Act
from songtor_hub.store.engine import reading
from songtor_hub.store.tables import envelope, task
from songtor_proto import lifecycle
from songtor_proto.times import from_ms


@dataclass(frozen=True, slots=True)
class Item:
    """`with_`: the other side. `received`: it came here, else it went out from here. `news`: unread ones."""

    reference: str
    version: int
    urgency: int
    state: int
    with_: str
    received: bool
    purpose: str
    respond_by: datetime
    overdue: bool
    unconfirmed_until: datetime | None
    news: int


def inbox(desk: Desk) -> list[Item]:
    """All that is open here, and what was answered elsewhere and not read yet."""
    now = desk.now()
    with reading(desk.hub.engine) as connection:
        news = _news(connection, desk)
        rows = connection.execute(
            select(task).where(
                or_(
                    and_(task.c.recipient == desk.address, task.c.state.in_(lifecycle.OPEN)),
                    and_(task.c.referrer == desk.address, task.c.id.in_(news)),
                )
            )
        ).all()
    items = [_item(desk, row, news.get(row.id, 0), now) for row in rows]
    return sorted(items, key=lambda item: (not item.overdue, item.urgency, item.respond_by, item.reference))


def _news(connection: Connection, desk: Desk) -> dict[bytes, int]:
    """How many messages came about a task since the desk last opened it."""
    last = (
        select(col(Act.task).label("task"), func.max(col(Act.at_ms)).label("at_ms"))
        .where(col(Act.desk) == desk.officer.desk, col(Act.act) == "opening")
        .group_by(col(Act.task))
        .subquery()
    )
    rows = connection.execute(
        select(envelope.c.task, func.count())
        .outerjoin(last, last.c.task == envelope.c.task)
        .where(
            envelope.c.recipient == desk.address,
            envelope.c.sealed.is_not(None),
            envelope.c.taken_in_ms > func.coalesce(last.c.at_ms, 0),
        )
        .group_by(envelope.c.task)
    )
    return {row[0]: row[1] for row in rows}


def _item(desk: Desk, row: Row[Any], news: int, now: datetime) -> Item:
    received = row.recipient == desk.address
    other = row.referrer if received else row.recipient
    unconfirmed = row.confirm_by_ms is not None and not row.confirmed
    due = from_ms(row.respond_by_ms)
    return Item(
        reference=row.reference,
        version=row.version,
        urgency=row.urgency,
        state=row.state,
        with_=other,
        received=received,
        purpose=row.purpose or "",
        respond_by=due,
        overdue=lifecycle.overdue(row.state, due, now, responded=row.first_response_ms is not None),
        unconfirmed_until=from_ms(row.confirm_by_ms) if unconfirmed else None,
        news=news,
    )
