"""Who is in the network, as one version of the key directory says. Rules K1, K5 and I10."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Connection, or_, select

from songtor_hub.store.tables import key_entry, seat
from songtor_proto.errors import PeerError

_VERSION = "SELECT max(changed) FROM key_entry"
_KEYS = select(key_entry.c.owner, key_entry.c.version, key_entry.c.signing_key, key_entry.c.revoked).order_by(
    key_entry.c.owner, key_entry.c.version
)
_GONE = select(seat.c.id).where(or_(seat.c.revoked_ms.is_not(None), seat.c.vacant))


class Key(NamedTuple):
    signing_key: bytes
    revoked: bool


@dataclass(frozen=True, slots=True)
class Parties:
    """`keys` by owner and version; `active`: who may send and be sent to, with its newest version."""

    version: int
    keys: Mapping[tuple[str, int], Key]
    active: Mapping[str, int]

    def need_active(self, sender: str) -> None:
        """Raises PeerError("revoked")."""
        if sender not in self.active:
            raise PeerError("revoked")

    def need_key(self, sender: str, version: int) -> None:
        """Raises PeerError("key_unknown") where there is none such, or it was revoked."""
        key = self.keys.get((sender, version))
        if key is None or key.revoked:
            raise PeerError("key_unknown", field="signing_key_version")

    def newest_key(self, owner: str) -> bytes:
        """The signing key in force. Raises PeerError("revoked")."""
        self.need_active(owner)
        return self.keys[owner, self.active[owner]].signing_key

    def need_recipient(self, recipient: str, sealed_to: int) -> None:
        """Raises PeerError("recipient"), or ("stale_key") where its keys are newer; 0: none used."""
        if recipient not in self.active:
            raise PeerError("recipient", field="recipient")
        if sealed_to and sealed_to != self.active[recipient]:
            raise PeerError("stale_key", field="sealing_key_version")


class Roll:
    """The parties now. One look at the directory's version tells whether what is held still holds."""

    def __init__(self) -> None:
        self._parties = Parties(0, {}, {})

    def held(self) -> Parties:
        """As of the last look. A key's bytes never change; whether it counts does."""
        return self._parties

    def look(self, connection: Connection) -> Parties:
        """As this connection's transaction sees them."""
        parties = self._parties
        version = connection.exec_driver_sql(_VERSION).scalar() or 0
        if version != parties.version:
            parties = self._parties = _load(connection, version)
        return parties


def _load(connection: Connection, version: int) -> Parties:
    keys = {(owner, number): Key(key, revoked) for owner, number, key, revoked in connection.execute(_KEYS)}
    newest = dict(keys.keys())
    gone = set(connection.scalars(_GONE))
    active = {
        owner: number
        for owner, number in newest.items()
        if not keys[owner, number].revoked and owner not in gone
    }
    return Parties(version, keys, active)
