"""Key statements: what keys an owner says it has, and when another may believe a change. Rules K1 to K4."""

from __future__ import annotations

from dataclasses import dataclass

from google.protobuf.message import DecodeError

from songtor_proto.address import Address
from songtor_proto.envelope.layout import MAX_MS
from songtor_proto.errors import EnvelopeError, InputError, PeerError
from songtor_proto.identity.keys import (
    SEALING_PUBLIC_SIZE,
    SIGNING_PUBLIC_SIZE,
    SigningKey,
    seal_to,
    verify,
)
from songtor_proto.wire.directory_pb2 import DirectoryEntry, KeyStatement

PAYLOAD_TYPE = "application/vnd.songtor.key-statement.v1"
MAX_STATEMENT = 2048


@dataclass(frozen=True, slots=True)
class Pin:
    """The signing key that a sender holds to for one owner, and the version of the statement it came with."""

    version: int
    signing_key: bytes


@dataclass(frozen=True, slots=True)
class Accepted:
    """The statement counts; pin its signing key."""

    statement: KeyStatement

    @property
    def pin(self) -> Pin:
        return Pin(self.statement.version, self.statement.signing_key)


@dataclass(frozen=True, slots=True)
class NeedsVoice:
    """The key changed and the pinned one did not sign that: two people must compare fingerprints first."""

    statement: KeyStatement


def make_entry(
    *,
    network: str,
    owner: str,
    version: int,
    signing_key: SigningKey,
    sealing_key: bytes,
    now_ms: int,
    previous: SigningKey | None = None,
) -> DirectoryEntry:
    """An owner's statement, signed by its key and by its key of the version before, where it has that."""
    statement = KeyStatement(
        network=network,
        owner=owner,
        version=version,
        signing_key=signing_key.public,
        sealing_key=sealing_key,
        created_ms=now_ms,
    ).SerializeToString(deterministic=True)
    return DirectoryEntry(
        statement=statement,
        owner_signature=signing_key.sign(PAYLOAD_TYPE, statement),
        previous_signature=previous.sign(PAYLOAD_TYPE, statement) if previous else b"",
    )


def check_entry(entry: DirectoryEntry, network: str, previous: bytes | None = None) -> KeyStatement:
    """The statement, once its fields (K1) and its owner's signature (K2) hold.

    `previous` is the signing key that must have signed a change (K3): 32 bytes, or None to ask for none.
    Raises PeerError("statement") with the field at fault.
    """
    if len(entry.statement) > MAX_STATEMENT:
        raise PeerError("statement")
    try:
        statement = KeyStatement.FromString(entry.statement)
    except DecodeError as error:
        raise PeerError("statement") from error
    _fields(statement, network)
    _signed(entry, statement.signing_key, entry.owner_signature, "owner_signature")
    if previous is not None and previous != statement.signing_key:
        _signed(entry, previous, entry.previous_signature, "previous_signature")
    return statement


def next_pin(pin: Pin | None, entry: DirectoryEntry, network: str) -> Accepted | NeedsVoice:
    """Whether to believe an entry, given what is pinned for its owner (K4). Feed the versions in their order.

    An owner never seen before is accepted: the directory's signature and later voices vouch for it. A version
    that went back, or that has another key under the pinned version, is refused: PeerError("statement").
    """
    statement = check_entry(entry, network)
    if pin is None or (pin.signing_key == statement.signing_key and pin.version <= statement.version):
        return Accepted(statement)
    if statement.version <= pin.version:
        raise PeerError("statement", field="version")
    try:
        check_entry(entry, network, pin.signing_key)
    except PeerError:
        return NeedsVoice(statement)
    return Accepted(statement)


def _signed(entry: DirectoryEntry, public: bytes, signature: bytes, field: str) -> None:
    try:
        verify(public, PAYLOAD_TYPE, entry.statement, signature)
    except EnvelopeError as error:
        raise PeerError("statement", field=field) from error


def _fields(statement: KeyStatement, network: str) -> None:
    try:
        hub = Address.parse(statement.owner).is_hub
    except InputError as error:
        raise PeerError("statement", field="owner") from error
    kept = {
        "network": statement.network == network,
        "version": statement.version > 0,
        "signing_key": len(statement.signing_key) == SIGNING_PUBLIC_SIZE,
        "sealing_key": len(statement.sealing_key) == (0 if hub else SEALING_PUBLIC_SIZE),
        "created_ms": 0 < statement.created_ms <= MAX_MS,
    }
    for field, holds in kept.items():
        if not holds:
            raise PeerError("statement", field=field)
    if not hub:
        # A key that cannot be sealed to is found out here, not when a red case waits.
        seal_to(statement.sealing_key, b"", b"")
