"""Wires one node from its parts: the program, the simulator and the tests all come through here."""

from __future__ import annotations

import os
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from sqlalchemy import Engine

from songtor_node.cases import kept_right
from songtor_node.store.base import Setting
from songtor_node.store.engine import KEY_BYTES, open_engine, reading
from songtor_node.store.schema import upgrade
from songtor_node.unlock import Unlock
from songtor_proto.errors import InputError, StoreError
from songtor_proto.keyring import Keyring
from songtor_proto.keyslot import STRONG, Cost
from songtor_proto.times import Clock, Random, utc_now
from songtor_proto.vocabulary import Jurisdiction, Policy, Vocabulary, jurisdictions, policy, vocabulary

KEYRING = "keyring"
STORE = "store.db"
STORE_KEY = "store"  # the store's key among the keyring's secrets


@dataclass(frozen=True, slots=True)
class Node:
    """Everything that an act on a node needs. `worker` is who acts; empty where the node acts by itself."""

    data: Path
    engine: Engine
    keyring: Keyring
    worker: str
    clock: Clock
    random: Random
    vocabulary: Vocabulary
    policy: Policy

    @property
    def seat(self) -> str:
        """The seat's address, once the node is enrolled; InputError("not_enrolled") before."""
        with reading(self.engine) as session:
            setting = session.get(Setting, "seat")
        if setting is None:
            raise InputError("not_enrolled")
        return setting.value

    @property
    def jurisdiction(self) -> Jurisdiction:
        """The law of the seat's country."""
        return jurisdictions()[self.seat[:2]]

    def close(self) -> None:
        self.engine.dispose()


def create_node(
    data: Path,
    unlock: Unlock,
    *,
    worker: str = "",
    clock: Clock = utc_now,
    random: Random = os.urandom,
    cost: Cost = STRONG,
) -> Node:
    """A new node in an empty folder; StoreError("exists") where there is one already.

    `cost` is that of guessing the passphrase; only tests make it less.
    """
    make_folder(data)
    keyring = Keyring.create(
        data / KEYRING,
        {STORE_KEY: random(KEY_BYTES)},
        passphrase=unlock.passphrase,
        raw_key=unlock.raw_key,
        cost=cost,
        random=random,
    )
    return _wire(data, keyring, worker, clock, random, create=True)


def open_node(
    data: Path,
    unlock: Unlock,
    *,
    worker: str = "",
    clock: Clock = utc_now,
    random: Random = os.urandom,
) -> Node:
    """The node in that folder, its schema brought up to date.

    StoreError: missing (no node here), keyring (missing or damaged), passphrase (it does not open), corrupt
    (the store cannot be read), newer (a newer program made it). Where it is refused, all is left as it was.
    """
    check_here(data)
    keyring = Keyring.open(
        data / KEYRING,
        passphrase=unlock.passphrase,
        recovery_code=unlock.recovery_code,
        raw_key=unlock.raw_key,
        random=random,
    )
    return _wire(data, keyring, worker, clock, random, create=False)


def make_folder(data: Path) -> None:
    """The folder of a new node, for its owner alone. StoreError: exists, write."""
    check_free(data)
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        if (data / KEYRING).exists():  # power ended between it and its store; nothing is thrown away
            names = (data / f"{KEYRING}.unused{number}" for number in count(1))
            (data / KEYRING).rename(next(name for name in names if not name.exists()))
    except OSError:
        raise StoreError("write", field="data") from None


def check_free(data: Path) -> None:
    """StoreError("exists") where a node is in that folder; to be said before a passphrase is asked for."""
    if (data / STORE).exists():
        raise StoreError("exists")


def check_here(data: Path) -> None:
    """StoreError("missing") where no node is in that folder; to be said before a passphrase is asked for."""
    if not (data / STORE).is_file():
        raise StoreError("missing")


def _wire(data: Path, keyring: Keyring, worker: str, clock: Clock, random: Random, *, create: bool) -> Node:
    engine = open_engine(data / STORE, keyring.get(STORE_KEY), create=create)
    kept_right.watch()
    try:
        upgrade(engine)
        kept_right.check(engine)
    except StoreError:
        engine.dispose()
        raise
    return Node(data, engine, keyring, worker, clock, random, vocabulary(), policy())
