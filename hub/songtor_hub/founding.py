"""Makes a new hub: its network's root, its own keys, every desk's keys, and the registry with all seats."""

from __future__ import annotations

import os
import shutil
import tempfile
from datetime import datetime
from pathlib import Path

from cryptography import x509
from sqlalchemy import Connection

from songtor_hub.addresses import HUB, Listen
from songtor_hub.bootstrap import Hub, Role, Unlock, open_database
from songtor_hub.seats import desk_keys, directory, registry
from songtor_hub.store import settings
from songtor_hub.store.engine import KEY_BYTES, writing
from songtor_hub.store.schema import upgrade
from songtor_proto.errors import InputError, PeerError, StoreError
from songtor_proto.identity.certificates import (
    Issuer,
    key_from_bytes,
    key_to_bytes,
    make_intermediate,
    make_root,
    to_der,
)
from songtor_proto.identity.keys import SigningKey
from songtor_proto.identity.spiffe import hub_id
from songtor_proto.identity.statement import make_entry
from songtor_proto.keyring import Keyring
from songtor_proto.keyslot import STRONG, Cost
from songtor_proto.times import Clock, Random, to_ms, utc_now
from songtor_proto.vocabulary import organisations, vocabulary


def create_hub(
    data: Path,
    unlock: Unlock,
    *,
    network: str,
    host: str,
    listen: Listen,
    database: str = "",
    cost: Cost = STRONG,
    clock: Clock = utc_now,
    random: Random = os.urandom,
) -> None:
    """Founds a network in folder `data`, which must be empty or not there: all of it, or nothing.

    `host` is the name or address at which nodes reach the hub. `unlock` gives the new passphrases of the
    keyrings "root", "exchange" and "desks". Raises InputError: "network", "already_initialised", "database";
    StoreError("write") where the folder that `data` is to stand in may not be written to.
    """
    check_new(data, network)
    try:
        data.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f".{data.name}-", dir=data.parent))
    except OSError as error:
        raise StoreError("write", field=str(data.parent)) from error
    try:
        exchange, desks = _make_keyrings(beside, unlock, network, database, cost, clock(), random)
        engine = open_database(beside, exchange, create=True)
        try:
            upgrade(engine)
            with writing(engine) as connection:
                _fill(connection, network, host, listen, exchange, desks, to_ms(clock()), random)
        finally:
            engine.dispose()
        beside.rename(data)
    except BaseException:
        shutil.rmtree(beside)
        raise


def check_new(data: Path, network: str) -> None:
    """InputError: "network", "already_initialised"; to be said before a passphrase is asked for."""
    try:
        hub_id(network)
    except PeerError as error:
        raise InputError("network", field="--network") from error
    if data.exists() and (not data.is_dir() or any(data.iterdir())):
        raise InputError("already_initialised", field=str(data))


def _make_keyrings(
    folder: Path, unlock: Unlock, network: str, database: str, cost: Cost, now: datetime, random: Random
) -> tuple[Keyring, Keyring]:
    root = make_root(network, now, random)
    intermediate = make_intermediate(root, network, now, random)
    shared = {
        "root_certificate": to_der(root.certificate),
        "database": database.encode(),
        "database_key": random(KEY_BYTES),
    }
    offline = {"root_certificate": to_der(root.certificate), "root_key": key_to_bytes(root.key)}
    online = {
        "intermediate_certificate": to_der(intermediate.certificate),
        "intermediate_key": key_to_bytes(intermediate.key),
        "signing_key": SigningKey.generate(random).to_bytes(),
    }

    def make(name: str, secrets: dict[str, bytes]) -> Keyring:
        return Keyring.create(
            folder / f"{name}.keyring", secrets, passphrase=unlock(name), cost=cost, random=random
        )

    make("root", offline)
    exchange = make(Role.EXCHANGE, shared | online)
    desks = make(Role.DESKS, shared)
    for code in vocabulary().standing_desks:
        desk_keys.make(desks, f"{HUB}/{code}", random)
    desks.save()
    return exchange, desks


def _fill(
    connection: Connection,
    network: str,
    host: str,
    listen: Listen,
    exchange: Keyring,
    desks: Keyring,
    now_ms: int,
    random: Random,
) -> None:
    if settings.get(connection, "network"):
        raise InputError("already_initialised", field="--database")
    listen.save(connection, host)
    settings.put(connection, "network", network)
    registry.fill(connection, organisations())
    own = make_entry(
        network=network,
        owner=HUB,
        version=1,
        signing_key=SigningKey.from_bytes(exchange.get("signing_key")),
        sealing_key=b"",
        now_ms=now_ms,
    )
    directory.publish(connection, network, HUB, own, now_ms, random)
    for code in vocabulary().standing_desks:
        desk_keys.publish(connection, desks, network, f"{HUB}/{code}", now_ms, random)


def renew_intermediate(hub: Hub, offline: Keyring) -> datetime:
    """A new intermediate below the root of `offline`, into the hub's keyring; gives the end of its time.

    A hub that serves takes it at its next start. Certificates below the one before stay good to their end.
    Raises PeerError("certificate") where that root is another network's.
    """
    if offline.get("root_certificate") != hub.root:
        raise PeerError("certificate", field="root")
    root = Issuer(x509.load_der_x509_certificate(hub.root), key_from_bytes(offline.get("root_key")))
    made = make_intermediate(root, hub.network, hub.clock(), hub.random)
    hub.keyring.put("intermediate_certificate", to_der(made.certificate))
    hub.keyring.put("intermediate_key", key_to_bytes(made.key))
    hub.keyring.save()
    return made.certificate.not_valid_after_utc
