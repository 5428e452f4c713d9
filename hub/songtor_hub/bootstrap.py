"""Wires one hub from its parts: the program, the simulator and the tests all come through here."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from sqlalchemy import Engine

from songtor_hub.store import settings
from songtor_hub.store.engine import open_postgresql, open_sqlite, reading
from songtor_hub.store.schema import revision, upgrade
from songtor_proto.errors import StoreError
from songtor_proto.identity.keys import SigningKey
from songtor_proto.keyring import Keyring
from songtor_proto.times import Clock, Random, utc_now
from songtor_proto.vocabulary import Policy, Vocabulary, policy, vocabulary

Unlock = Callable[[str], str]
"""Gives the passphrase of the keyring of that name: "root", "exchange", "desks"."""


class Role(StrEnum):
    """Which keyring a process holds. The exchange never opens the desks'."""

    EXCHANGE = "exchange"
    DESKS = "desks"


@dataclass(frozen=True, slots=True)
class Hub:
    """Everything that an act at the hub needs. `officer` is who acts; empty where the hub acts by itself."""

    data: Path
    network: str
    engine: Engine
    keyring: Keyring
    role: Role
    officer: str
    clock: Clock
    random: Random
    vocabulary: Vocabulary
    policy: Policy

    @property
    def root(self) -> bytes:
        """The network's root certificate, DER."""
        return self.keyring.get("root_certificate")

    def signing_key(self) -> SigningKey:
        """The key that signs receipts, directory and log. Only the exchange has it."""
        return SigningKey.from_bytes(self.keyring.get("signing_key"))

    def close(self) -> None:
        self.engine.dispose()


def open_hub(
    data: Path,
    unlock: Unlock,
    role: Role,
    *,
    officer: str = "",
    database: str = "",
    clock: Clock = utc_now,
    random: Random = os.urandom,
) -> Hub:
    """Opens the hub in folder `data`. `database` takes the place of the address given when it was made.

    Raises StoreError: "missing" where there is none, "newer", "passphrase", "keyring", "corrupt" or
    "unavailable"; then nothing was touched.
    """
    path = data / f"{role}.keyring"
    if not path.is_file():
        raise StoreError("missing", field=str(path))
    keyring = Keyring.open(path, passphrase=unlock(role))
    engine = open_database(data, keyring, database)
    try:
        with reading(engine) as connection:
            if not revision(connection):
                raise StoreError("missing", field="--database")  # somebody else's, or an empty one
        upgrade(engine)
        with reading(engine) as connection:
            network = settings.get(connection, "network")
    except BaseException:
        engine.dispose()
        raise
    return Hub(data, network, engine, keyring, role, officer, clock, random, vocabulary(), policy())


def open_database(data: Path, keyring: Keyring, database: str = "", *, create: bool = False) -> Engine:
    """The database that the keyring names, or the encrypted file beside it."""
    address = database or keyring.get("database").decode()
    if address:
        return open_postgresql(address)
    return open_sqlite(data / "hub.db", keyring.get("database_key"), create=create)
