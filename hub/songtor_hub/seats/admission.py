"""Which seat calls, and whether it may now: by its certificate alone. Rules I1, I6, I8 and I10."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, cast

from cryptography import x509
from sqlalchemy import Engine, PoolProxiedConnection, bindparam, func, select, update

from songtor_hub.seats.issuing import serial_of
from songtor_hub.store.engine import reading, writing
from songtor_hub.store.tables import certificate, invitation, key_entry, seat
from songtor_proto.errors import PeerError, StoreError
from songtor_proto.identity.peer import seat_of
from songtor_proto.times import Clock, to_ms

if TYPE_CHECKING:
    import psycopg

CONTACT_EVERY = timedelta(minutes=10)
_CONTACT_MS = CONTACT_EVERY // timedelta(milliseconds=1)
MAX_HELD = 10_000
READ_SECONDS = 0.002

_VERSION = select(func.max(key_entry.c.changed))
_SEAT = (
    select(certificate.c.revoked, certificate.c.first_used_ms, seat.c.revoked_ms, seat.c.last_contact_ms)
    .join(seat, seat.c.id == certificate.c.seat)
    .where(certificate.c.serial == bindparam("serial"), seat.c.id == bindparam("name"))
)


@dataclass(frozen=True, slots=True)
class _Held:
    """A certificate that was good at this version of the directory."""

    seat: str
    not_after: datetime
    version: int
    seen: datetime


class Admission:
    """Looks at the directory's version on every call, and further only where that moved: every revocation
    moves it.

    `known` is for the event loop, some microseconds; `look` reads and writes the store.
    """

    def __init__(self, engine: Engine, network: str, clock: Clock) -> None:
        self._engine = engine
        self._network = network
        self._clock = clock
        self._held: dict[bytes, _Held] = {}
        self._line: PoolProxiedConnection | None = None
        self._read: int | None = None

    def known(self, pem: bytes) -> str | None:
        """The seat, None where `look` must tell; PeerError("certificate_expired")."""
        held, now = self._held.get(pem), self._clock()
        if held is None or held.version != self._version() or now > held.seen + CONTACT_EVERY:
            return None
        return _in_time(held, now).seat

    def look(self, pem: bytes) -> str:
        """The seat that a certificate (PEM, as TLS verified it) names.

        Raises PeerError: "identity", "certificate_expired", or "revoked", which is also the answer to what
        this hub has no record of.
        """
        name, not_after = seat_of(pem, self._network)
        serial = serial_of(x509.load_pem_x509_certificate(pem))
        now = self._clock()
        with reading(self._engine) as connection:
            version = connection.scalar(_VERSION) or 0
            row = connection.execute(_SEAT, {"serial": serial, "name": name}).one_or_none()
        if row is None or row.revoked or row.revoked_ms is not None:
            raise PeerError("revoked")
        held = _in_time(_Held(name, not_after, version, now), now)
        first = row.first_used_ms is None
        if first or to_ms(now) > (row.last_contact_ms or 0) + _CONTACT_MS:
            self._note(name, serial, first)
        if len(self._held) >= MAX_HELD:
            self._held.clear()
        self._held[pem] = held
        return name

    def close(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None

    def _note(self, name: str, serial: str, first: bool) -> None:
        """The seat was here; after a certificate's first use its code gives nothing any more (I6)."""
        now_ms = to_ms(self._clock())
        with writing(self._engine) as connection:
            connection.execute(update(seat).where(seat.c.id == name).values(last_contact_ms=now_ms))
            if first:
                connection.execute(
                    update(certificate).where(certificate.c.serial == serial).values(first_used_ms=now_ms)
                )
                connection.execute(
                    update(invitation)
                    .where(invitation.c.seat == name, invitation.c.state == "redeemed")
                    .values(state="used", response=None)
                )

    def _version(self) -> int:
        """Read once for all calls that begin within two milliseconds; each looks again in its transaction."""
        if self._read is None:
            self._read = self._read_version()
            asyncio.get_running_loop().call_later(READ_SECONDS, self._forget)
        return self._read

    def _forget(self) -> None:
        self._read = None

    def _read_version(self) -> int:
        """On a line of its own, below SQLAlchemy: this is asked on every call."""
        errors = self._engine.dialect.loaded_dbapi.Error
        try:
            if self._line is None:
                self._line = self._engine.raw_connection()
                if self._engine.dialect.name == "postgresql":
                    cast("psycopg.Connection", self._line.driver_connection).autocommit = True
                self._line.detach()
            cursor = self._line.cursor()
            cursor.execute("SELECT max(changed) FROM key_entry")
            (version,) = cursor.fetchone() or (0,)
            cursor.close()
        except errors as error:
            self.close()
            raise StoreError("unavailable", detail=type(error).__name__) from error
        return version or 0


def _in_time(held: _Held, now: datetime) -> _Held:
    if now > held.not_after:
        raise PeerError("certificate_expired")
    return held
