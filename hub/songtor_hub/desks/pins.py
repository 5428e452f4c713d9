"""Whose keys the desks believe. Rule K4.

A desk is a sender like any other: the store that it shares with the exchange may not quietly swap a seat's
key. The signing keys once believed stand in the desks' keyring, under the officers' passphrase.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select

from songtor_hub.bootstrap import Hub
from songtor_hub.seats import desk_keys, directory
from songtor_hub.store.engine import reading
from songtor_hub.store.tables import key_entry
from songtor_proto.address import Address
from songtor_proto.errors import EnvelopeError, PeerError
from songtor_proto.identity.fingerprint import fingerprint
from songtor_proto.identity.statement import NeedsVoice, Pin, check_entry, next_pin
from songtor_proto.wire.directory_pb2 import KeyStatement


def in_force(hub: Hub, owner: str) -> tuple[int, bytes]:
    """Version and public sealing key to seal with. PeerError: "unknown", "revoked", "key_changed"."""
    rows = _rows(hub, owner)
    if rows[-1].revoked:
        raise PeerError("revoked", field=owner)
    version = rows[-1].version
    if Address.parse(owner).is_desk:
        return version, desk_keys.sealing_key(hub.keyring, owner, version).public
    _believe(hub, owner, rows)
    return version, KeyStatement.FromString(rows[-1].statement).sealing_key


def last_believed(hub: Hub, owner: str) -> tuple[int, bytes]:
    """As `in_force`; of an owner who is revoked, or whose new key is in doubt, the last keys that were
    believed: for what tells nothing of the client. PeerError as `in_force` where none were."""
    try:
        return in_force(hub, owner)
    except PeerError:
        for row in reversed(_rows(hub, owner)):
            if _name(owner, row.version) in hub.keyring.names:
                pinned = hub.keyring.get(_name(owner, row.version))
                statement = check_entry(directory.as_entry(row), hub.network)
                if statement.signing_key == pinned:
                    return row.version, statement.sealing_key
        raise


def signing_key(hub: Hub, owner: str, version: int) -> bytes:
    """What verifies the owner's envelopes of that version. PeerError: "unknown", "key_changed";
    EnvelopeError("signature") where the owner is believed by another key, and by this one never will be."""
    if Address.parse(owner).is_desk:
        return desk_keys.signing_key(hub.keyring, owner, version).public
    _believe(hub, owner, _rows(hub, owner))
    if _name(owner, version) not in hub.keyring.names:
        raise EnvelopeError("signature", field="signing_key_version")
    return hub.keyring.get(_name(owner, version))


def trust(hub: Hub, owner: str, heard: str) -> None:
    """Two people compared the fingerprint by voice. PeerError: "unknown", "fingerprint" (it is another)."""
    newest = _rows(hub, owner)[-1]
    said = "".join(character for character in heard if character.isdigit())
    if said != fingerprint(hub.network, owner, newest.signing_key).replace(" ", ""):
        raise PeerError("fingerprint", field=owner)
    _pin(hub, owner, Pin(newest.version, newest.signing_key))
    hub.keyring.save()


def _believe(hub: Hub, owner: str, rows: Sequence[Row[Any]]) -> None:
    """Follows the chain of signatures from the pinned key, or from the last enrolment where none is."""
    pinned = [row.version for row in rows if _name(owner, row.version) in hub.keyring.names]
    enrolled = [row.version for row in rows if not row.previous_signature]
    start = max(pinned, default=max(enrolled, default=1))
    pin = Pin(start, hub.keyring.get(_name(owner, start))) if pinned else None
    for row in rows:
        if row.version < start:
            continue
        step = next_pin(pin, directory.as_entry(row), hub.network)
        if isinstance(step, NeedsVoice):
            raise PeerError("key_changed", field=owner)
        pin = step.pin
        _pin(hub, owner, pin)
    if rows[-1].version not in pinned:
        hub.keyring.save()


def _pin(hub: Hub, owner: str, pin: Pin) -> None:
    hub.keyring.put(_name(owner, pin.version), pin.signing_key)


def _name(owner: str, version: int) -> str:
    return f"{owner} pinned {version}"


def _rows(hub: Hub, owner: str) -> Sequence[Row[Any]]:
    """The owner's entries, oldest first."""
    with reading(hub.engine) as connection:
        rows = connection.execute(
            select(key_entry).where(key_entry.c.owner == owner).order_by(key_entry.c.version)
        ).all()
    if not rows:
        raise PeerError("unknown", field=owner)
    return rows
