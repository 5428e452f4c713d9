"""Enrolled nodes and a hub in one process: the exchange's own calls, over a line in memory that tests can
break.

def test_x(network):                          # a hub, nothing served; `network.clock` can be moved berlin =
network.node("DE-02")            # enrolled, with workers; berlin.sync(), berlin.act("malee")
network.line.lose = {"submit": "answer"}  # see Line
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from sqlmodel import col, select

from songtor_hub.bootstrap import Hub
from songtor_hub.desks.desk import Desk
from songtor_hub.exchange.exchange import Exchange
from songtor_hub.seats import invitations, registry
from songtor_hub.seats.enrolment import EnrolmentDesk, nonce_key
from songtor_hub.seats.issuing import Authority
from songtor_hub.store.engine import writing
from songtor_node import alerts, workers
from songtor_node.bootstrap import Node
from songtor_node.cases import service
from songtor_node.cases.casefile import read_case
from songtor_node.consents import acts as consents
from songtor_node.consents.form import ConsentForm
from songtor_node.consents.ground import House
from songtor_node.forms import check
from songtor_node.link.enrol import enrol
from songtor_node.link.grpc_hub import GrpcNetwork
from songtor_node.link.place import Place
from songtor_node.link.sync import Link, Report
from songtor_node.referrals import acts
from songtor_node.referrals.act import Act, act
from songtor_node.referrals.acts import Wish
from songtor_node.referrals.models import Referral
from songtor_node.store.base import Row
from songtor_node.store.engine import reading
from songtor_node.store.engine import writing as node_writing
from songtor_node.workers import acting
from songtor_proto import lifecycle
from songtor_proto.errors import LinkError
from songtor_proto.identity.peer import seat_of
from songtor_proto.vocabulary import organisations, vocabulary
from tests.support.desks import at
from tests.support.hub import MovableClock, NewHub, ServedHub
from tests.support.node import WORKERS, empty_node

CASE = """
target_group: thai_abroad
channel: line
request: {text: ขอที่พักปลอดภัย, kinds: [protection]}
narrative: ผู้รับบริการเล่าว่าถูกทำร้าย
client:
  name_thai: ดาวเรือง สมมติ
  sex: female
  birth_date: "1990-05"
  languages: [th]
  nationality: TH
  city: Berlin
  country: DE
  contacts: [{channel: phone, value: "+49 30 901820", safe: เช้า}]
  address: Musterstraße 1, Berlin
problems: [{code: domestic_violence}]
threats: [{subject: client, dimension: social, level: yellow}]
"""
FAMILY = (
    CASE
    + """
people:
  - {key: max, relation: สามี, name_latin: Max Beispiel, sex: male, danger: yes, lives_with_client: yes}
  - {key: ma, relation: มารดา, name_thai: แดง ตัวอย่าง, sex: female, birth_date: 1950}
ties:
  - {one: max, other: client, kind: married, since: 2015}
  - {one: max, other: client, kind: violent}
  - {one: ma, other: client, kind: birth}
events:
  - {key: met, when: "2015~", text: ดาวเรืองพบ Max Beispiel ที่วัด, theme: ครอบครัว, led_to: [moved]}
  - {key: moved, after: met, text: ย้ายไปอยู่กับเขา}
  - {when: "1990-05", text: เกิด}
"""
)
AGREED = ("demographics", "place", "problems", "threat", "contact", "name", "services", "narrative")

T = TypeVar("T", bound=Row)


class Line:
    """The way to the hub, as a `Network`. Names are those of the port's methods.

    `cut`: no call gets through. `lose`: for a method, "request" or "answer" does not arrive. `change`: for
    a method, what comes instead of its answer. `calls` counts what reached the hub.
    """

    def __init__(self, hub: Hub) -> None:
        self.exchange = Exchange(hub)
        self.desk = EnrolmentDesk(
            hub.engine,
            Authority.of(hub.keyring, hub.network),
            nonce_key(hub.keyring.get("signing_key")),
            hub.clock,
            hub.random,
        )
        self.cut = False
        self.lose: dict[str, str] = {}
        self.change: dict[str, Callable[[Any], Any]] = {}
        self.calls: dict[str, int] = {}

    def enrolment(self, place: Place) -> Any:
        return _Port(self, self.desk, ())

    def hub(self, place: Place, *, key: bytes, chain: bytes) -> Any:
        return _Port(self, self.exchange, (seat_of(chain, place.network)[0],))


@dataclass(frozen=True)
class _Port:
    """The methods of an exchange or an enrolment desk, each called for one seat."""

    line: Line
    target: Any
    caller: tuple[str, ...]

    def __getattr__(self, name: str) -> Callable[[Any], Any]:
        def call(request: Any) -> Any:
            lost = self.line.lose.get(name, "")
            if self.line.cut or lost == "request":
                raise LinkError("unavailable")
            self.line.calls[name] = self.line.calls.get(name, 0) + 1
            # As over the wire: neither side holds what the other does.
            sent = type(request).FromString(request.SerializeToString())
            answer = getattr(self.target, name)(*self.caller, sent)
            if lost == "answer":
                raise LinkError("unavailable")
            return self.line.change.get(name, lambda same: same)(answer)

        return call

    def close(self) -> None:
        """Nothing is open."""


@dataclass
class LinkedNode:
    """One node of the network."""

    node: Node
    line: Any
    link: Link = field(init=False)

    def __post_init__(self) -> None:
        self.link = Link(self.node, self.line)

    @property
    def seat(self) -> str:
        return self.node.seat

    def sync(self) -> Report:
        return self.link.sync_once()

    @contextmanager
    def act(self, worker: str = "malee") -> Iterator[Act]:
        with act(replace(self.node, worker=worker)) as acting_now:
            yield acting_now

    def case(self, text: str = CASE, worker: str = "malee") -> str:
        with node_writing(self.node.engine) as session:
            made = service.create(
                session,
                read_case(text.encode()),
                by=acting(session, worker),
                now=self.node.clock(),
                random=self.node.random,
            )
            return made.code

    def consent(self, case: str, worker: str = "malee", **form: Any) -> str:
        """An adult's written consent for domestic violence to the women's desk, but for what `form` says."""
        given = {
            "basis": "consent",
            "purpose": "domestic_violence",
            "categories": AGREED,
            "recipients": ("TH-00/dwf",),
            "kept": "แฟ้ม 1",
            "age": 36,
            **form,
        }
        with node_writing(self.node.engine) as session:
            found, by = service.find(session, case, worker, what="consent", now=self.node.clock())
            house = House(self.seat, self.node.jurisdiction, self.node.vocabulary, self.node.policy)
            return consents.record(
                session,
                found,
                check(ConsentForm, given),
                house,
                by=by,
                now=self.node.clock(),
                random=self.node.random,
            ).code

    def refer(self, agreed: dict[str, Any] | None = None, **said: Any) -> str:
        """A case of its own, agreed to (as `agreed` says besides) and referred; gives the reference."""
        asked = wish(**said)
        case = self.case()
        self.consent(case, **{"recipients": [asked.to], "purpose": asked.purpose, **(agreed or {})})
        with self.act() as now:
            return acts.refer(now, case, asked).reference

    def referral(self, reference: str) -> Referral:
        """The newest version."""
        with reading(self.node.engine) as session:
            query = select(Referral).where(Referral.reference == reference)
            return session.exec(query.order_by(col(Referral.version).desc()).limit(1)).one()

    def state(self, reference: str) -> str:
        return lifecycle.code(self.referral(reference).state)

    def rows(self, table: type[T]) -> list[T]:
        with reading(self.node.engine) as session:
            return list(session.exec(select(table)))

    def alerts(self) -> set[str]:
        with reading(self.node.engine) as session:
            return {one.code for one in alerts.alerts(session)}

    def close(self) -> None:
        self.link.close()
        self.node.close()

    def restart(self) -> None:
        """All that the link held in memory is gone."""
        self.link.close()
        self.link = Link(self.node, self.line)


def wish(**said: Any) -> Wish:
    return Wish(**{"to": "TH-00/dwf", "purpose": "domestic_violence", **said})


@dataclass
class LinkedNetwork:
    hub: Hub
    console: Callable[..., Hub]
    clock: MovableClock
    folder: Path
    nodes: list[LinkedNode] = field(default_factory=list)
    line: Line = field(init=False)

    def __post_init__(self) -> None:
        with writing(self.hub.engine) as connection:
            registry.fill(connection, organisations())
        self.line = Line(self.hub)

    def node(self, seat: str, *, folder: str = "", synced: bool = True) -> LinkedNode:
        made = new_node(self.folder / (folder or seat), clock=self.clock)
        linked = LinkedNode(made, self.line)
        self.nodes.append(linked)
        enrol(made, self.invite(seat), self.line)
        if synced:
            linked.sync()
        return linked

    def desk(self, name: str) -> Desk:
        """A desk with an officer of its own, as its console has it."""
        return at(self.console, self.hub, name)

    def invite(self, seat: str) -> str:
        with writing(self.hub.engine) as connection:
            return invitations.invite(
                connection, self.hub.network, self.hub.root, seat, self.hub.clock(), self.hub.random
            )

    def pass_time(self, **time: float) -> None:
        self.clock.ahead += timedelta(**time)

    def sync_all(self, rounds: int = 2) -> None:
        """Until all that was under way has arrived."""
        for _ in range(rounds):
            for node in self.nodes:
                self.line.exchange.tick()
                node.sync()

    def close(self) -> None:
        for node in self.nodes:
            node.close()


def new_node(folder: Path, *, clock: Callable[[], Any]) -> Node:
    """A node with its workers, in no network yet."""
    node = empty_node(folder, clock=clock)
    with node_writing(node.engine) as session:
        for code, role in WORKERS.items():
            workers.add(session, code, name="", role=role, vocabulary=vocabulary(), now=clock())
    return node


def join(hub: ServedHub, folder: Path, seat: str) -> LinkedNode:
    """A node enrolled at a served hub, over mutual TLS on loopback; the caller closes it."""
    node = new_node(folder / seat, clock=hub.hub.clock)
    enrol(node, hub.invite(seat), GrpcNetwork())
    linked = LinkedNode(node, GrpcNetwork())
    linked.sync()
    return linked


@pytest.fixture
def network(new_hub: NewHub, new_console: Callable[..., Hub], tmp_path: Path) -> Iterator[LinkedNetwork]:
    clock = MovableClock()
    linked = LinkedNetwork(new_hub(clock=clock), new_console, clock, tmp_path)
    yield linked
    linked.close()
