"""A real hub in a temporary folder, with cheap keyrings; and the same served on loopback over mutual TLS.

    def test_x(new_hub):                    # a Hub, not served: for rules below gRPC, and the simulator
        hub = new_hub()                     # new_hub(database=..., clock=..., random=...)
        console = new_console(hub)          # the same hub as a desk's process has it (desks' keyring)

    def test_y(served_hub):                 # a thread serves it: gRPC, HTTPS and health on free ports
        hub = served_hub()                  # served_hub(database=..., clock=...); .hub, .ready (ports)
        berlin = Seat.enrolled(hub, "DE-02")            # tests/support/seat.py: keys, certificate, channel

`database` (tests/support/postgres.py) runs a test on SQLite and on PostgreSQL: `new_hub(database=database)`.
All of it is torn down when the test ends.
"""

from __future__ import annotations

import asyncio
import atexit
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Protocol

import pytest
import uvloop

from songtor_hub import addresses
from songtor_hub.addresses import Listen
from songtor_hub.bootstrap import Hub, Role, open_hub
from songtor_hub.founding import create_hub
from songtor_hub.seats import invitations
from songtor_hub.seats.ports import CONNECTION_AGE
from songtor_hub.serve import Ready, serve
from songtor_hub.store.engine import writing
from songtor_proto.keyslot import CHEAP
from songtor_proto.times import Clock, Random, utc_now

NETWORK = "songtor.test"
PASSPHRASES = {"root": "far away", "exchange": "on the server", "desks": "at the desk"}
START_SECONDS = 20


@dataclass
class MovableClock:
    """The machine's clock, and how far a test has moved it."""

    ahead: timedelta = field(default_factory=timedelta)

    def __call__(self) -> datetime:
        return utc_now() + self.ahead


class NewHub(Protocol):
    def __call__(self, *, database: str = "", clock: Clock = utc_now, random: Random = os.urandom) -> Hub: ...


def founded(data: Path, *, database: str = "", clock: Clock = utc_now, random: Random = os.urandom) -> Hub:
    """A hub in that folder with keys of its own, opened as the exchange has it; the caller closes it."""
    create_hub(
        data,
        PASSPHRASES.__getitem__,
        network=NETWORK,
        host="127.0.0.1",
        listen=Listen("127.0.0.1", 0),
        database=database,
        cost=CHEAP,
        clock=clock,
        random=random,
    )
    hub = open_hub(data, PASSPHRASES.__getitem__, Role.EXCHANGE, clock=clock, random=random)
    with writing(hub.engine) as connection:
        addresses.tell(connection, "127.0.0.1", exchange=1, enrolment=2)  # until it is served
    return hub


@cache
def _founded_once() -> Path:
    """Keys, certificates and the schema are what takes time."""
    folder = Path(mkdtemp(prefix="songtor-hub-"))
    atexit.register(shutil.rmtree, folder)
    founded(folder / "hub").close()
    return folder / "hub"


def copied(data: Path, *, clock: Clock = utc_now) -> Hub:
    """As `founded` leaves it, by the machine's clock. (All have the same keys.)"""
    shutil.copytree(_founded_once(), data)
    return open_hub(data, PASSPHRASES.__getitem__, Role.EXCHANGE, clock=clock)


@pytest.fixture
def new_hub(tmp_path: Path) -> Iterator[NewHub]:
    """Makes hubs in folders of their own; a test's second has other keys than its first."""
    opened: list[Hub] = []

    def new(*, database: str = "", clock: Clock = utc_now, random: Random = os.urandom) -> Hub:
        data = tmp_path / f"hub-{len(opened)}"
        now = abs(clock() - utc_now()) < timedelta(seconds=1)
        if now and not (opened or database) and random is os.urandom:
            opened.append(copied(data, clock=clock))
        else:
            opened.append(founded(data, database=database, clock=clock, random=random))
        return opened[-1]

    yield new
    for hub in opened:
        hub.close()


def console_of(hub: Hub, officer: str = "") -> Hub:
    """The same hub as a desk's process has it; the caller closes it."""
    return open_hub(
        hub.data, PASSPHRASES.__getitem__, Role.DESKS, officer=officer, clock=hub.clock, random=hub.random
    )


@pytest.fixture
def new_console() -> Iterator[Callable[[Hub], Hub]]:
    """Opens a hub once more, as a desk's process has it."""
    opened: list[Hub] = []

    def new(hub: Hub, officer: str = "") -> Hub:
        opened.append(console_of(hub, officer))
        return opened[-1]

    yield new
    for hub in opened:
        hub.close()


class ServedHub:
    """One hub and, from `start` on, the thread that serves it. `invite` gives a code for its real ports."""

    def __init__(self, hub: Hub, connection_age: timedelta = CONNECTION_AGE) -> None:
        self.hub = hub
        self.connection_age = connection_age
        self.fault: BaseException | None = None
        self._thread = threading.Thread()

    def start(self) -> None:
        self._up = threading.Event()
        self._thread = threading.Thread(target=self._run, name="hub", daemon=True)
        self._thread.start()
        if not self._up.wait(START_SECONDS) or self.fault is not None:
            raise RuntimeError("the hub did not start") from self.fault

    def stop(self) -> None:
        """As SIGTERM does; raises what made it fail."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
            self.join()
        if self.fault is not None:
            raise self.fault

    def join(self) -> None:
        """Waits until it has stopped."""
        self._thread.join(START_SECONDS)
        assert not self._thread.is_alive(), "the hub did not stop"

    def invite(self, seat: str) -> str:
        with writing(self.hub.engine) as connection:
            return invitations.invite(
                connection, self.hub.network, self.hub.root, seat, self.hub.clock(), self.hub.random
            )

    def _run(self) -> None:
        try:
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                self._loop = runner.get_loop()
                self._stop = asyncio.Event()
                runner.run(serve(self.hub, self._stop, self._told, self.connection_age))
        except BaseException as error:
            self.fault = error
        finally:
            self._up.set()

    def _told(self, ready: Ready) -> None:
        self.ready = ready
        self._up.set()


class Serve(Protocol):
    def __call__(
        self,
        *,
        database: str = "",
        clock: Clock = utc_now,
        random: Random = os.urandom,
        connection_age: timedelta = CONNECTION_AGE,
        started: bool = True,
    ) -> ServedHub: ...


@pytest.fixture
def served_hub(new_hub: NewHub) -> Iterator[Serve]:
    served: list[ServedHub] = []

    def new(
        *,
        database: str = "",
        clock: Clock = utc_now,
        random: Random = os.urandom,
        connection_age: timedelta = CONNECTION_AGE,
        started: bool = True,
    ) -> ServedHub:
        served.append(ServedHub(new_hub(database=database, clock=clock, random=random), connection_age))
        if started:
            served[-1].start()
        return served[-1]

    yield new
    for hub in served:
        hub.stop()
