"""Tokens of embassy liaisons: scoped to a mission's countries, shown once, stored hashed. Rule S1."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select, update

from songtor_hub.store.tables import liaison
from songtor_proto.errors import InputError
from songtor_proto.times import Random, from_ms, to_ms
from songtor_proto.vocabulary import organisations

MAX_DAYS = 365
MAX_MISSION = 120


@dataclass(frozen=True, slots=True)
class Liaison:
    """Who looks. `countries` are ISO 3166-1 codes of seats' countries."""

    id: str
    mission: str
    countries: frozenset[str]


def add(
    connection: Connection,
    mission: str,
    countries: Sequence[str],
    days: int,
    *,
    now: datetime,
    random: Random,
) -> tuple[str, str]:
    """The new liaison's id, and the token (256 bits), which is nowhere kept.

    InputError: "mission", "country" (no organisation of the network is there), "days" (1 to 365).
    """
    known = {seat.country for seat in organisations() if not seat.vacant}
    if not 0 < len(mission.strip()) <= MAX_MISSION:
        raise InputError("mission")
    for country in countries or [""]:
        if country not in known:
            raise InputError("country", field=country[:8])
    if not 0 < days <= MAX_DAYS:
        raise InputError("days")
    identity = "L-" + base64.b32encode(random(5)).decode()
    token = "songtor_" + base64.urlsafe_b64encode(random(32)).decode().rstrip("=")
    row = {
        "id": identity,
        "mission": mission.strip(),
        "countries": ",".join(sorted(set(countries))),
        "token_hash": _hash(token),
        "expires_ms": to_ms(now + timedelta(days=days)),
    }
    connection.execute(insert(liaison).values(row))
    return identity, token


def find(connection: Connection, token: str, now: datetime) -> Liaison | None:
    """Whose token it is; none where it is unknown, expired or revoked."""
    row = connection.execute(select(liaison).where(liaison.c.token_hash == _hash(token))).one_or_none()
    if row is None or row.revoked_ms is not None or row.expires_ms <= to_ms(now):
        return None
    return Liaison(row.id, row.mission, frozenset(row.countries.split(",")))


def revoke(connection: Connection, identity: str, now: datetime) -> None:
    """Works on the next look. InputError("not_here") where no valid liaison has that id."""
    found = connection.execute(
        update(liaison)
        .where(liaison.c.id == identity, liaison.c.revoked_ms.is_(None))
        .values(revoked_ms=to_ms(now))
    )
    if not found.rowcount:
        raise InputError("not_here", field=identity[:16])


def everyone(connection: Connection, now: datetime) -> list[dict[str, object]]:
    """All liaisons that ever were, without their tokens."""
    return [
        {
            "id": row.id,
            "mission": row.mission,
            "countries": row.countries,
            "expires": from_ms(row.expires_ms).isoformat(),
            "valid": row.revoked_ms is None and row.expires_ms > to_ms(now),
        }
        for row in connection.execute(select(liaison).order_by(liaison.c.id))
    ]


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
