"""The 52 seats, and whether each may take part. Rule I10."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from songtor_hub import translog
from songtor_hub.seats import directory
from songtor_hub.store.tables import certificate, invitation, seat
from songtor_proto.errors import InputError
from songtor_proto.times import Random
from songtor_proto.vocabulary import Organisation


def fill(connection: Connection, organisations: Iterable[Organisation]) -> None:
    """Gives each organisation of the registry its seat; those that stand already are left as they are."""
    standing = set(connection.scalars(select(seat.c.id)))
    missing = [
        {
            "id": organisation.seat,
            "country": organisation.country,
            "name_th": organisation.name_th,
            "name_en": organisation.name_en,
            "public_benefit": organisation.public_benefit,
            "vacant": organisation.vacant,
        }
        for organisation in organisations
        if organisation.seat not in standing
    ]
    if missing:
        connection.execute(insert(seat), missing)


def find(connection: Connection, seat_id: str) -> Row[Any]:
    """The seat's row; InputError("not_here") where there is none."""
    row = connection.execute(select(seat).where(seat.c.id == seat_id)).one_or_none()
    if row is None:
        raise InputError("not_here", field="seat")
    return row


def all_seats(connection: Connection) -> Sequence[Row[Any]]:
    """Every seat in the order of its number, with `not_after_ms` of its last certificate."""
    last = (
        select(certificate.c.seat, func.max(certificate.c.not_after_ms).label("not_after_ms"))
        .where(~certificate.c.revoked)
        .group_by(certificate.c.seat)
        .subquery()
    )
    rows = select(seat, last.c.not_after_ms).outerjoin(last, last.c.seat == seat.c.id)
    return connection.execute(rows.order_by(func.substr(seat.c.id, 4))).all()


def revoke(connection: Connection, seat_id: str, now_ms: int, random: Random) -> None:
    """From now on no certificate, code or key of the seat counts; again changes nothing.

    InputError("not_here") where there is no such seat.
    """
    if find(connection, seat_id).revoked_ms is not None:
        return
    connection.execute(update(seat).where(seat.c.id == seat_id).values(revoked_ms=now_ms))
    connection.execute(update(certificate).where(certificate.c.seat == seat_id).values(revoked=True))
    connection.execute(
        update(invitation).where(invitation.c.seat == seat_id).values(state="burnt", response=None)
    )
    directory.revoke(connection, seat_id)
    translog.append(connection, "revoked", {"seat": seat_id}, now_ms, random)


def reinstate(connection: Connection, seat_id: str, now_ms: int, random: Random) -> None:
    """The seat may be invited again. What was revoked stays so: it comes back with new keys and a new
    certificate.

    InputError("not_here") where there is no such seat, ("not_revoked") where it was not revoked.
    """
    if find(connection, seat_id).revoked_ms is None:
        raise InputError("not_revoked", field="seat")
    connection.execute(update(seat).where(seat.c.id == seat_id).values(revoked_ms=None, enrolled_ms=None))
    translog.append(connection, "reinstated", {"seat": seat_id}, now_ms, random)
