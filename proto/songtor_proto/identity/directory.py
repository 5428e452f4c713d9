"""The key directory as the hub hands it out: signed as a whole, never going back. Rules K5 and K6."""

from __future__ import annotations

from collections.abc import Collection

from google.protobuf.message import DecodeError

from songtor_proto.errors import EnvelopeError, PeerError
from songtor_proto.identity.keys import SigningKey, verify
from songtor_proto.wire.directory_pb2 import Directory, KeyStatement, SignedDirectory

PAYLOAD_TYPE = "application/vnd.songtor.directory.v1"


def sign_directory(directory: Directory, hub_key: SigningKey) -> SignedDirectory:
    body = directory.SerializeToString(deterministic=True)
    return SignedDirectory(directory=body, signature=hub_key.sign(PAYLOAD_TYPE, body))


def check_directory(signed: SignedDirectory, network: str, hub_public: bytes, since: int) -> Directory:
    """The entries that changed after version `since`, which is the version this side already holds.

    Raises PeerError("directory") with the field at fault: not signed by the hub, of another network, an
    answer to another question, or older than what is held. The entries are for `statement.next_pin` to
    judge.
    """
    try:
        verify(hub_public, PAYLOAD_TYPE, signed.directory, signed.signature)
        directory = Directory.FromString(signed.directory)
    except (EnvelopeError, DecodeError) as error:
        raise PeerError("directory", field="signature") from error
    kept = {
        "network": directory.network == network,
        "since": directory.since == since,
        "version": directory.version >= since,
        "changed": all(since < entry.changed <= directory.version for entry in directory.entries),
    }
    for field, holds in kept.items():
        if not holds:
            raise PeerError("directory", field=field)
    return directory


def check_own(directory: Directory, owner: str, published: Collection[bytes]) -> None:
    """Whether the hub shows others this owner's own statements and no others (K6).

    `published` are the serialised statements that this owner has made. Raises PeerError("own_keys"): somebody
    put another key in the owner's name; keep the evidence and tell people by another way.
    """
    for entry in directory.entries:
        if entry.statement not in published and _claims(entry.statement, owner):
            raise PeerError("own_keys")


def _claims(statement: bytes, owner: str) -> bool:
    try:
        return KeyStatement.FromString(statement).owner == owner
    except DecodeError:
        return False
