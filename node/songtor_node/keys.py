"""The keys that this seat makes, and those of others as far as they are believed. Rules K1 to K4.

Private keys lie in the encrypted store, so that a key and what was sealed with it are one backup.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from sqlalchemy import bindparam
from sqlmodel import Field, Session, col, select

from songtor_node.settings import all_kept
from songtor_node.store.base import Row
from songtor_proto.errors import InputError, PeerError
from songtor_proto.identity.fingerprint import fingerprint
from songtor_proto.identity.keys import SealingKey, SigningKey
from songtor_proto.wire.directory_pb2 import DirectoryEntry

HUB = "TH-00"
"""The hub's own address: whose key signs receipts, directory and log."""


class OwnKey(Row, table=True):
    """One version of this seat's keys."""

    __tablename__ = "own_key"

    version: int = Field(primary_key=True)
    signing: bytes
    sealing: bytes
    entry: bytes  # a serialised DirectoryEntry
    statement: bytes
    published: bool = False


class KnownKey(Row, table=True):
    """One version of another's keys, from the directory. `trusted`: first seen, signed by the key before,
    or compared by voice."""

    __tablename__ = "known_key"

    owner: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    signing_key: bytes
    sealing_key: bytes
    statement: bytes
    trusted: bool
    revoked: bool = False


# (Asked in every act, so made once.)
_OWN = (
    select(OwnKey.version, OwnKey.signing)
    .where(col(OwnKey.published))
    .order_by(col(OwnKey.version).desc())
    .limit(1)
)
_NEWEST = (
    select(KnownKey)
    .where(col(KnownKey.owner) == bindparam("owner"))
    .order_by(col(KnownKey.version).desc())
    .limit(1)
)
_NEWEST_TRUSTED = _NEWEST.where(col(KnownKey.trusted))


@dataclass(frozen=True, slots=True)
class Identity:
    """Who this node is when it signs."""

    seat: str
    network: str
    version: int
    signing: SigningKey


def identity(session: Session) -> Identity:
    """InputError("not_enrolled") before the network knows the keys."""
    said, own = all_kept(session), session.exec(_OWN).first()
    if not said.get("seat") or own is None:
        raise InputError("not_enrolled")
    version, signing = own
    return Identity(said["seat"], said["network"], version, SigningKey.from_bytes(signing))


def unanswered(session: Session) -> Identity | None:
    """This node with its next keys, where it is not known whether the network has them yet."""
    me = identity(session)
    own = session.get(OwnKey, me.version + 1)
    return (
        None if own is None else replace(me, version=own.version, signing=SigningKey.from_bytes(own.signing))
    )


def keep_own(
    session: Session, entry: DirectoryEntry, version: int, signing: SigningKey, sealing: SealingKey
) -> OwnKey:
    """Keeps keys of this seat's before anyone is told of them."""
    own = OwnKey(
        version=version,
        signing=signing.to_bytes(),
        sealing=sealing.to_bytes(),
        entry=entry.SerializeToString(),
        statement=entry.statement,
    )
    session.add(own)
    return own


def opening_key(session: Session, version: int) -> SealingKey:
    """For an envelope sealed to that version; PeerError("sealing_key") where this node never had it."""
    own = session.get(OwnKey, version)
    if own is None:
        raise PeerError("sealing_key", field="sealing_key_version")
    return SealingKey.from_bytes(own.sealing)


def statements(session: Session) -> Collection[bytes]:
    """All that this seat has said of its keys (K6)."""
    return set(session.exec(select(OwnKey.statement)))


def newest(session: Session, owner: str, *, trusted: bool = False) -> KnownKey | None:
    query = _NEWEST_TRUSTED if trusted else _NEWEST
    return session.exec(query, params={"owner": owner}).first()


def reachable(session: Session) -> frozenset[str]:
    """Owners to whose newest keys this node may seal."""
    found = {key.owner: key for key in session.exec(select(KnownKey).order_by(col(KnownKey.version)))}
    return frozenset(
        owner for owner, key in found.items() if key.sealing_key and key.trusted and not key.revoked
    )


def sealing_key_of(session: Session, owner: str) -> KnownKey:
    """The keys to seal to. PeerError: `unknown` (not in the directory that this node has seen), `revoked`,
    `key_changed` (two people must compare fingerprints first)."""
    key = newest(session, owner)
    if key is None or not key.sealing_key:
        raise PeerError("unknown", field=owner)
    if key.revoked:
        raise PeerError("revoked", field=owner)
    if not key.trusted:
        raise PeerError("key_changed", field=owner)
    return key


def signing_key_of(session: Session, owner: str, version: int) -> bytes:
    """What verifies an envelope of that owner; PeerError: `unknown`, `key_changed`."""
    key = session.get(KnownKey, (owner, version))
    if key is None:
        raise PeerError("unknown", field=owner)
    if not key.trusted:
        raise PeerError("key_changed", field=owner)
    return key.signing_key


def trust(session: Session, network: str, owner: str, digits: str) -> KnownKey:
    """Believes the owner's newest keys after two people compared the fingerprint by voice (K4).

    PeerError: `unknown`, `fingerprint` (it is another: somebody may be between the two).
    """
    key = newest(session, owner)
    if key is None:
        raise PeerError("unknown", field=owner)
    if "".join(digits.split()) != "".join(fingerprint(network, owner, key.signing_key).split()):
        raise PeerError("fingerprint", field=owner)
    key.trusted = True
    return key
