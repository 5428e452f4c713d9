"""A node without a network: its store, two caseworkers, and others of each role."""

from __future__ import annotations

import atexit
import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from random import Random
from tempfile import mkdtemp

from songtor_node import workers
from songtor_node.bootstrap import Node, create_node, open_node
from songtor_node.keys import OwnKey
from songtor_node.store.base import Setting
from songtor_node.store.engine import writing
from songtor_node.unlock import Unlock
from songtor_proto.identity.statement import make_entry
from songtor_proto.keyslot import CHEAP
from songtor_proto.times import Clock, to_ms, utc_now
from songtor_proto.times import Random as RandomBytes
from songtor_proto.vocabulary import vocabulary
from tests.support.keys import NETWORK, owner

PASSPHRASE = "ถ้อยคำยาวที่จำได้ดี"
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
WORKERS = {
    "malee": "caseworker",
    "anong": "caseworker",
    "somsri": "volunteer",
    "lek": "interpreter",
    "admin": "node_admin",
}


@cache
def _made_once() -> Path:
    """Its migrations are what takes time; they write the same for every test of this process."""
    folder = Path(mkdtemp(prefix="songtor-node-"))
    atexit.register(shutil.rmtree, folder)
    create_node(folder / "node", Unlock(passphrase=PASSPHRASE), cost=CHEAP).close()
    return folder / "node"


def empty_node(
    data: Path, *, worker: str = "", clock: Clock = utc_now, random: RandomBytes = os.urandom
) -> Node:
    """As `create_node` leaves it. (All have the same key to their store.)"""
    shutil.copytree(_made_once(), data)
    return open_node(data, Unlock(passphrase=PASSPHRASE), worker=worker, clock=clock, random=random)


def new_node(
    data: Path, *, seat: str = "DE-01", worker: str = "malee", clock: Callable[[], datetime] = lambda: NOW
) -> Node:
    """As enrolled at that seat; randomness is seeded by the folder's name."""
    node = empty_node(data, worker=worker, clock=clock, random=Random(data.name).randbytes)
    with writing(node.engine) as session:
        for name, value in (("seat", seat), ("network", NETWORK)):
            session.add(Setting(name=name, value=value))
        session.add(own_key(seat))
        for code, role in WORKERS.items():
            workers.add(session, code, name="", role=role, vocabulary=vocabulary(), now=clock())
    return node


def own_key(seat: str) -> OwnKey:
    """The seat's first keys, known to the network."""
    keys = owner(seat)
    entry = make_entry(
        network=NETWORK,
        owner=seat,
        version=1,
        signing_key=keys.signing,
        sealing_key=keys.sealing.public,
        now_ms=to_ms(NOW),
    )
    return OwnKey(
        version=1,
        signing=keys.signing.to_bytes(),
        sealing=keys.sealing.to_bytes(),
        entry=entry.SerializeToString(),
        statement=entry.statement,
        published=True,
    )
