"""One run's world: a hub, its nodes, their lines, the time; who dies comes back from files alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import Row, func, select
from sqlmodel import col

from songtor_hub.desks.desk import Desk
from songtor_hub.store.engine import reading as reading_hub
from songtor_hub.store.tables import envelope
from songtor_node.referrals.act import Act, act
from songtor_node.referrals.models import Outbox
from songtor_node.store.engine import reading
from songtor_proto.errors import LinkError, PeerError, SongtorError, StoreError
from songtor_proto.wire import envelope_pb2 as wire
from tests.simulate import template
from tests.simulate.clock import FakeClock
from tests.simulate.faults import Crashed, Tripwire, Weather
from tests.simulate.marks import Marks
from tests.simulate.seat import Seat
from tests.simulate.server import Server
from tests.simulate.wire import Line

POINTS = 40
"""A process that is to die does so at one of so many points."""


class Broken(AssertionError):
    """A promise did not hold."""


@dataclass(frozen=True)
class Said:
    """What one envelope says that is not yet known at the other end. `content`: marks by data category."""

    envelope: bytes
    task: bytes
    kind: int
    sender: str
    recipient: str
    content: Mapping[str, frozenset[str]]
    exact: bool  # all of it is there; else at most that

    @property
    def marks(self) -> frozenset[str]:
        return frozenset().union(*self.content.values())


class World:
    """`trace` is what happened, line by line; the same seed makes the same lines."""

    def __init__(self, data: Path, seed: int, seats: tuple[str, ...]) -> None:
        def random(what: str) -> Random:
            return Random(f"{seed}/{what}")

        self.seed = seed
        self.trace: list[str] = []
        self.logged: Sequence[object] = ()
        self.clock = FakeClock()
        self.plan = random("plan")
        self.marks = Marks(random("marks"))
        self.crash_share = self.plan.choice([0.0, 0.05, 0.15])
        self.weather = Weather(random("weather"), self.plan.choice([0.0, 0.05, 0.15, 0.3]), {})
        self.slept = False
        self.late: list[Callable[[], object]] = []
        self.said: list[Said] = []
        self.traced: set[bytes] = set()  # referrals whose traced person agreed
        self.untold: set[bytes] = set()  # tasks that ended without saying what was found
        self.server = Server(data / "hub", self.clock, random("hub").randbytes)
        self.seats = {name: self._seat(data, name, random(name)) for name in seats}

    def _seat(self, data: Path, name: str, random: Random) -> Seat:
        tripwire = Tripwire()
        line = Line(name, self.server, self.weather, self.clock, tripwire, self.late, self.tell)
        return Seat(name, data / name, self.clock, random, tripwire, line)

    def tell(self, text: str) -> None:
        self.trace.append(f"{self.clock}  {text}")

    def close(self) -> None:
        for seat in self.seats.values():
            seat.node.close()
        self.server.close()

    # Time and the line

    def pass_time(self, time: timedelta) -> None:
        self.clock.pass_time(time)

    def calm(self) -> None:
        """From now on nothing goes wrong any more; what was late has come."""
        self.weather.clear()
        self.crash_share = 0.0
        while self.late:
            self.arrive_late()

    def arrive_late(self) -> None:
        self.tell("a late request arrives")
        self.late.pop(self.plan.randrange(len(self.late)))()

    def sync(self, name: str) -> bool:
        """One whole synchronisation; whether it moved anything, or failed."""
        link = self.seats[name].link

        def whole() -> tuple[int, int]:
            report = link.sync_once()
            return report.sent, report.received

        return self.talk(name, "syncs", whole)

    def send(self, name: str) -> bool:
        """What `serve` does between two synchronisations, when the outbox grew."""
        return self.talk(name, "sends", lambda: (self.seats[name].link.push(), 0), "peer.certificate_expired")

    def fetch(self, name: str) -> bool:
        """What `serve` does when something came."""
        return self.talk(
            name, "fetches", lambda: (0, self.seats[name].link.pull()), "peer.certificate_expired"
        )

    def talk(self, name: str, what: str, do: Callable[[], tuple[int, int]], *fine: str) -> bool:
        """Whatever a node does over its line. `fine`: codes with which the hub may refuse it."""
        seat = self.seats[name]
        with self._mortal(seat):
            try:
                sent, received = do()
            except (LinkError, StoreError) as error:
                self.tell(f"{name} {what}: {error}")
            except PeerError as error:
                self.tell(f"{name} {what}: {error}")
                _is_refused(f"{name} {what}", error, (*fine, "peer.revoked") if seat.revoked else fine)
                return False
            else:
                self.tell(f"{name} {what}: {sent} out, {received} in")
                return sent + received > 0
        return True

    def tick_hub(self) -> None:
        with self._mortal_hub():
            self.server.tick()

    def restart_hub(self) -> None:
        self.tell("the hub restarts")
        self.server.restart()

    # Acts

    def act(
        self, name: str, what: str, do: Callable[[Act], Any], *, fine: Sequence[str] = (), worker: int = 0
    ) -> list[Outbox] | None:
        """One act at a node, in its transaction: the envelopes that it caused; None where it did not happen.

        `fine`: error codes that may refuse it. Any other is a fault.
        """
        seat = self.seats[name]
        last = self._last_sent(name)
        refused: SongtorError | None = None
        with self._mortal(seat):
            try:
                with act(replace(seat.node, worker=template.WORKERS[worker])) as now:
                    do(now)
                seat.tripwire.point()
            except SongtorError as error:
                refused = error
        rows = self._sent_after(name, last)
        self.tell(f"{name} {what}" + (f": {refused}" if refused else _named(rows)))
        return None if _is_refused(f"{name} {what}", refused, fine) else rows

    def _last_sent(self, name: str) -> int:
        with reading(self.seats[name].node.engine) as session:
            return session.scalar(select(func.max(Outbox.sequence))) or 0

    def _sent_after(self, name: str, last: int) -> list[Outbox]:
        with reading(self.seats[name].node.engine) as session:
            query = select(Outbox).where(col(Outbox.sequence) > last).order_by(col(Outbox.sequence))
            return list(session.scalars(query))

    def desk_act(
        self, desk: str, what: str, do: Callable[[Desk], Any], *, fine: Sequence[str] = ()
    ) -> list[Row[Any]] | None:
        """As `act`, by a desk's officer: the desk's envelopes that it caused."""
        last = self._last_taken_in()
        refused: SongtorError | None = None
        self._arm(self.server.console_tripwire, 12)
        try:
            do(self.server.desk(template.officer(desk)))
            self.server.console_tripwire.point()
        except Crashed:
            self.tell(f"{desk}'s console dies")
            self.server.restart_console()
        except SongtorError as error:
            refused = error
        self.server.console_tripwire.disarm()
        rows = self._taken_in_after(last, f"TH-00/{desk}")
        self.tell(f"{desk} {what}" + (f": {refused}" if refused else _named(rows)))
        return None if _is_refused(f"{desk} {what}", refused, fine) else rows

    def _last_taken_in(self) -> int:
        with reading_hub(self.server.hub.engine) as connection:
            return connection.scalar(select(func.max(envelope.c.sequence))) or 0

    def _taken_in_after(self, last: int, sender: str) -> list[Row[Any]]:
        with reading_hub(self.server.hub.engine) as connection:
            query = select(envelope).where(envelope.c.sequence > last, envelope.c.sender == sender)
            return list(connection.execute(query.order_by(envelope.c.sequence)))

    def remember(
        self,
        rows: Sequence[Any] | None,
        kind: wire.Kind.ValueType,
        sender: str,
        content: Mapping[str, frozenset[str]],
        *,
        exact: bool = True,
    ) -> None:
        """What an act said, if it happened: in the one envelope of that kind that it caused."""
        said = [row for row in rows or () if row.kind == kind]
        if len(said) > 1:
            raise Broken(f"one act of {sender} made {len(said)} envelopes of kind {wire.Kind.Name(kind)}")
        if kind == wire.KIND_STATUS and not any(content.values()):
            self.untold |= {row.task for row in said}
        for row in said:
            envelope_id = row.envelope_id if isinstance(row, Outbox) else row.id
            self.said.append(Said(envelope_id, row.task, kind, sender, row.recipient, content, exact))

    # Dying

    def _arm(self, tripwire: Tripwire, points: int) -> None:
        """It dies soon, or its disk is full from then on, or neither."""
        if self.plan.random() < self.crash_share:
            tripwire.arm(self.plan.randint(1, points))
        elif self.plan.random() < self.crash_share / 4:
            tripwire.fill(self.plan.randint(0, 5))

    @contextmanager
    def _mortal(self, seat: Seat) -> Iterator[None]:
        """What is done inside may be the node's last; and the hub may die over any call."""
        self._arm(seat.tripwire, POINTS)
        with self._mortal_hub():
            try:
                yield
            except Crashed:
                self.tell(f"{seat.name} dies")
                seat.restart()
        seat.tripwire.disarm()

    @contextmanager
    def _mortal_hub(self) -> Iterator[None]:
        self._arm(self.server.tripwire, POINTS)
        crashes = self.server.crashes
        yield
        self.server.tripwire.disarm()
        if self.server.crashes > crashes:
            self.tell("the hub died")


def _is_refused(what: str, refused: SongtorError | None, fine: Sequence[str]) -> bool:
    """A disk may be full at any time; then nothing was done."""
    if refused is not None and refused.code not in (*fine, "store.unavailable"):
        raise Broken(f"{what}: {refused} {refused.detail}") from refused
    return refused is not None


def _named(rows: Sequence[Any]) -> str:
    """The envelopes that an act caused, as the trace calls them."""
    headers = [wire.Header.FromString(row.header) for row in rows]
    said = [
        f"{wire.Kind.Name(one.kind)[5:].lower()} of {one.reference} to {one.recipient}" for one in headers
    ]
    return f" ({', '.join(said)})" if said else ""
