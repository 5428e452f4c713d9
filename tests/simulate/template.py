"""A network as it stands before anything happens: made once, copied for each seed.

Its seats are enrolled through the production wiring on a quiet line. Keys are the same in every copy; what a
seed decides begins after this.
"""

from __future__ import annotations

import atexit
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from random import Random
from tempfile import mkdtemp

from songtor_hub.addresses import Listen
from songtor_hub.desks import officers
from songtor_hub.founding import create_hub
from songtor_hub.seats import invitations
from songtor_hub.store.engine import writing as writing_hub
from songtor_node import workers
from songtor_node.bootstrap import Node, create_node
from songtor_node.link.enrol import enrol
from songtor_node.link.sync import Link
from songtor_node.store.engine import writing
from songtor_node.unlock import Unlock
from songtor_proto.keyslot import CHEAP
from songtor_proto.vocabulary import vocabulary
from tests.simulate.clock import FakeClock
from tests.simulate.faults import Tripwire, Weather
from tests.simulate.server import PASSPHRASE, Server
from tests.simulate.wire import Line

NETWORK = "songtor.test"
SEATS = ("DE-02", "TW-44", "US-20", "AT-14", "JP-21", "AU-50", "SE-46", "HK-45")
WORKERS = ("malee", "anong")
"""Two caseworkers at each node, so that one can stand for what the other sends."""
SECOND = "tsda2"
"""The centre's second officer; a desk's first is called as the desk is."""
UNLOCK = Unlock(passphrase=PASSPHRASE)
_MEMORY = Path("/dev/shm")


def desks() -> tuple[str, ...]:
    return tuple(vocabulary().standing_desks)


def officer(desk: str) -> str:
    return desk.replace("_", "-")


@contextmanager
def folder() -> Iterator[Path]:
    """In memory where the machine has such a place: a seed syncs to disk some hundred times."""
    path = Path(mkdtemp(prefix="songtor-simulate-", dir=_MEMORY if _MEMORY.is_dir() else None))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@cache
def made(seats: tuple[str, ...]) -> Path:
    """The template for these seats, once a process."""
    path = Path(mkdtemp(prefix="songtor-simulate-", dir=_MEMORY if _MEMORY.is_dir() else None))
    atexit.register(shutil.rmtree, path)
    make(path, seats)
    return path


def make(data: Path, seats: tuple[str, ...]) -> None:
    """`data`/hub and a folder for each seat."""
    clock = FakeClock()
    create_hub(
        data / "hub",
        lambda _: PASSPHRASE,
        network=NETWORK,
        host="127.0.0.1",
        listen=Listen("127.0.0.1", 1),
        cost=CHEAP,
        clock=clock,
        random=Random("hub").randbytes,
    )
    server = Server(data / "hub", clock, Random("server").randbytes)
    try:
        with writing_hub(server.hub.engine) as connection:
            for desk in desks():
                role = officers.INTAKE if desk == "tsda" else "desk_officer"
                officers.add(connection, officer(desk), desk, role, vocabulary())
            officers.add(connection, SECOND, "tsda", officers.INTAKE, vocabulary())
        links = [_enrolled(data / seat, seat, server, clock) for seat in seats]
        for node, link in links:  # now each learns of all others
            link.sync_once()
            node.close()
    finally:
        server.close()


def _enrolled(data: Path, seat: str, server: Server, clock: FakeClock) -> tuple[Node, Link]:
    hub, random = server.hub, Random(seat).randbytes
    with writing_hub(hub.engine) as connection:
        code = invitations.invite(connection, hub.network, hub.root, seat, clock(), hub.random)
    node = create_node(data, UNLOCK, clock=clock, random=random, cost=CHEAP)
    quiet = Weather(Random(0), 0.0, {})
    line = Line(seat, server, quiet, clock, Tripwire(), [], lambda _: None)
    with writing(node.engine) as session:
        for worker in WORKERS:
            workers.add(session, worker, name="", role="caseworker", vocabulary=vocabulary(), now=clock())
    enrol(node, code, line)
    return node, Link(node, line)
