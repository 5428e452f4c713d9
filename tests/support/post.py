"""A hub's exchange without gRPC, two seats and two desks that write to each other, and a clock to move.

def test_x(post):                       # on SQLite and on PostgreSQL
    referral = post.berlin.refer(post.dwf)
    result = post.send(referral)        # as its sender: SubmitResult, or Taken from a desk
    post.fetch(post.taipei)             # what lies in a seat's box
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from sqlalchemy import Row, select

from songtor_hub.bootstrap import Hub
from songtor_hub.exchange.exchange import Exchange
from songtor_hub.exchange.take_in import TakeIn, Taken
from songtor_hub.store.engine import reading
from songtor_hub.store.tables import envelope, task
from songtor_proto.errors import SongtorError
from songtor_proto.wire.envelope_pb2 import Envelope, State
from songtor_proto.wire.exchange_pb2 import (
    Delivery,
    FetchRequest,
    SubmitRequest,
    SubmitResponse,
    SubmitResult,
)
from tests.support.correspondent import Correspondent, desk, header_of, join
from tests.support.hub import MovableClock, NewHub
from tests.support.keys import owner


@dataclass
class Post:
    hub: Hub
    console: Hub
    clock: MovableClock
    berlin: Correspondent = field(init=False)
    taipei: Correspondent = field(init=False)
    centre: Correspondent = field(init=False)
    dwf: Correspondent = field(init=False)
    exchange: Exchange = field(init=False)

    def __post_init__(self) -> None:
        self.berlin, self.taipei = join(self.hub, "DE-02"), join(self.hub, "TW-44")
        self.centre, self.dwf = desk(self.console, "TH-00/tsda"), desk(self.console, "TH-00/dwf")
        self.restart()

    def named(self, address: str) -> Correspondent:
        """Somebody of that address, with keys that the directory does not have."""
        return Correspondent(owner(address), self.clock)

    def restart(self) -> None:
        """All that the exchange held in memory is gone."""
        self.exchange = Exchange(self.hub)
        console = self.console
        self.desks = TakeIn(console.engine, console.policy, console.clock, console.random, None)

    def pass_time(self, **time: float) -> None:
        self.clock.ahead += timedelta(**time)

    def submit(self, *envelopes: Envelope, seat: str = "") -> SubmitResponse:
        """One call of the first one's sender."""
        caller = seat or header_of(envelopes[0]).sender
        return self.exchange.submit(caller, SubmitRequest(envelopes=envelopes))

    def send(self, envelope: Envelope) -> SubmitResult:
        (result,) = self.submit(envelope).results
        return result

    def act(self, envelope: Envelope) -> Taken:
        """As its desk; raises what refuses it."""
        (result,) = self.desks.commit([self.desks.admit(envelope, header_of(envelope).sender)])
        if isinstance(result, SongtorError):
            raise result
        return result

    def fetch(self, seat: Correspondent, after: int = 0) -> list[Delivery]:
        return list(self.exchange.fetch(seat.address, FetchRequest(after=after)).deliveries)

    def task(self, referral: Envelope) -> Row[*tuple[object, ...]]:
        with reading(self.hub.engine) as connection:
            return connection.execute(select(task).where(task.c.id == header_of(referral).task)).one()

    def state(self, referral: Envelope) -> str:
        """Without its prefix: "ACCEPTED"."""
        return State.Name(self.task(referral).state).removeprefix("STATE_")

    def stored(self, sent: Envelope) -> Row[*tuple[object, ...]]:
        found = select(envelope).where(envelope.c.id == header_of(sent).envelope_id)
        with reading(self.hub.engine) as connection:
            return connection.execute(found).one()


@pytest.fixture
def post(new_hub: NewHub, new_console: Callable[[Hub], Hub], database: str) -> Post:
    clock = MovableClock()
    hub = new_hub(database=database, clock=clock)
    return Post(hub, new_console(hub), clock)
