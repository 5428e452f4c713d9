"""One-time codes that bring a seat into the network. Rules I4 and I6."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, insert, update

from songtor_hub.seats import directory, registry
from songtor_hub.store import settings
from songtor_hub.store.tables import invitation
from songtor_proto.errors import InputError
from songtor_proto.identity.invitation import LIFE, SECRET_SIZE, hash_secret, to_text
from songtor_proto.times import Random, to_ms
from songtor_proto.wire.directory_pb2 import Invitation


def invite(
    connection: Connection, network: str, root: bytes, seat: str, now: datetime, random: Random
) -> str:
    """The code for a seat, shown once: the hub keeps only a hash. Codes of the seat that are still open end.

    `root` is the network's root certificate (DER). Raises InputError: "not_here" where there is no such seat,
    "vacant" where no organisation holds it, "revoked" where it must be reinstated first.
    """
    row = registry.find(connection, seat)
    if row.vacant or row.revoked_ms is not None:
        raise InputError("vacant" if row.vacant else "revoked", field="seat")
    before = directory.latest(connection, seat)
    secret = random(SECRET_SIZE)
    connection.execute(
        update(invitation)
        .where(invitation.c.seat == seat, invitation.c.state == "open")
        .values(state="burnt")
    )
    connection.execute(
        insert(invitation).values(
            secret_hash=hash_secret(secret), seat=seat, expires_ms=to_ms(now + LIFE), state="open"
        )
    )
    return to_text(
        Invitation(
            network=network,
            seat=seat,
            secret=secret,
            root=root,
            enrolment_address=settings.get(connection, "enrolment_address"),
            exchange_address=settings.get(connection, "exchange_address"),
            statement_version=1 if before is None else before.version + 1,
            new_keys=before is not None and before.revoked,
        )
    )
