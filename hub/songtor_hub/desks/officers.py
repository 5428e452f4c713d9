"""The hub's officers, and at which desk each may act."""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import Connection
from sqlmodel import Session, select

from songtor_hub.addresses import HUB
from songtor_hub.desks.model import Officer
from songtor_proto.address import Address
from songtor_proto.errors import InputError, PeerError
from songtor_proto.times import to_ms
from songtor_proto.vocabulary import Vocabulary

INTAKE = "intake_officer"
AT_A_DESK = frozenset({INTAKE, "desk_officer"})
"""Roles that read what comes to their desk. No other role reads any content."""

_CODE = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}")


def add(connection: Connection, code: str, desk: str, role: str, vocabulary: Vocabulary) -> Officer:
    """A new officer. InputError: "officer" (the code's form), "unknown_code" (desk, role), "exists".

    The intake officer is at the centre, a desk's officer at any one desk, all others at none.
    """
    if not _CODE.fullmatch(code):
        raise InputError("officer", field=code[:32])
    if role not in vocabulary.hub_roles or role == "liaison":
        raise InputError("unknown_code", field="--role")
    if (role in AT_A_DESK) != bool(desk):
        raise InputError("unknown_code", field="--desk")
    if desk:
        kind = vocabulary.desk(Address(HUB, desk)).kind
        if role == INTAKE and kind != "centre":
            raise InputError("unknown_code", field="--desk")
    with Session(connection) as session:
        if session.get(Officer, code):
            raise InputError("exists", field=code)
        officer = Officer(code=code, desk=desk, role=role)
        session.add(officer)
        session.flush()
        session.expunge(officer)
    return officer


def close(connection: Connection, code: str, now: datetime) -> None:
    """The officer acts no more; what they did stays on record. InputError("not_here")."""
    with Session(connection) as session:
        officer = session.get(Officer, code)
        if officer is None or officer.closed_ms is not None:
            raise InputError("not_here", field=code[:32])
        officer.closed_ms = to_ms(now)
        session.add(officer)
        session.flush()


def everyone(connection: Connection) -> list[Officer]:
    with Session(connection) as session:
        return list(session.exec(select(Officer).order_by(Officer.code)))


def acting(connection: Connection, code: str) -> Officer:
    """Who acts at a desk. PeerError: "officer" (none of that code), "role" (one that reads no content)."""
    with Session(connection) as session:
        officer = session.get(Officer, code)
    if officer is None or officer.closed_ms is not None:
        raise PeerError("officer", field="--as")
    if officer.role not in AT_A_DESK:
        raise PeerError("role", field=officer.role)
    return officer
