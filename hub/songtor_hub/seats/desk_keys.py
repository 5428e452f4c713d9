"""The desks' own keys, in a keyring that only the console opens. Rules I2 and K1."""

from __future__ import annotations

from sqlalchemy import Connection

from songtor_hub.addresses import HUB
from songtor_hub.seats import directory
from songtor_proto.address import Address
from songtor_proto.errors import InputError
from songtor_proto.identity.keys import SealingKey, SigningKey
from songtor_proto.identity.statement import make_entry
from songtor_proto.keyring import Keyring
from songtor_proto.times import Random
from songtor_proto.vocabulary import Vocabulary


def address_of(desk: str, vocabulary: Vocabulary) -> str:
    """`TH-00/province-50` for `province-50`; InputError("unknown_code") where there is no such desk."""
    try:
        address = Address(HUB, desk)
    except InputError as error:
        raise InputError("unknown_code", field=desk[:40]) from error
    vocabulary.desk(address)
    return str(address)


def make(keyring: Keyring, owner: str, random: Random) -> None:
    """Keys of version 1 for a desk, in memory; those that are there already stay."""
    if _name(owner, "signing", 1) not in keyring.names:
        keyring.put(_name(owner, "signing", 1), SigningKey.generate(random).to_bytes())
        keyring.put(_name(owner, "sealing", 1), SealingKey.generate(random).to_bytes())


def publish(
    connection: Connection, keyring: Keyring, network: str, owner: str, now_ms: int, random: Random
) -> None:
    """Puts a new desk's keys into the directory; nothing changes where they are there."""
    if directory.latest(connection, owner) is None:
        entry = make_entry(
            network=network,
            owner=owner,
            version=1,
            signing_key=signing_key(keyring, owner),
            sealing_key=sealing_key(keyring, owner).public,
            now_ms=now_ms,
        )
        directory.publish(connection, network, owner, entry, now_ms, random)


def signing_key(keyring: Keyring, owner: str, version: int = 1) -> SigningKey:
    """`owner` is the desk's address. Raises StoreError("no_key")."""
    return SigningKey.from_bytes(keyring.get(_name(owner, "signing", version)))


def sealing_key(keyring: Keyring, owner: str, version: int = 1) -> SealingKey:
    """`owner` is the desk's address. Raises StoreError("no_key")."""
    return SealingKey.from_bytes(keyring.get(_name(owner, "sealing", version)))


def _name(owner: str, kind: str, version: int) -> str:
    return f"{owner} {kind} {version}"
