"""A node with cases to look at, served as a browser reaches it. Its clients are made up."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import uvicorn
from sqlmodel import Session, select

from songtor_hub.bootstrap import Hub
from songtor_hub.desks import acts as desk_acts
from songtor_node.bootstrap import Node
from songtor_node.cases import entries, plan, service, signed
from songtor_node.cases.casefile import read_case
from songtor_node.cases.models import Case
from songtor_node.link.grpc_hub import GrpcNetwork
from songtor_node.referrals import acts
from songtor_node.store.engine import writing
from songtor_node.web.app import create_app
from songtor_node.web.entrance import sessions
from songtor_node.web.front import Front, Reach
from songtor_node.web.reach import authority
from songtor_node.workers import Worker, acting
from tests.support.hub import MovableClock, console_of, copied
from tests.support.linked import AGREED, FAMILY, LinkedNetwork, LinkedNode, wish

_FILES = (Path(__file__).parents[1] / "demo" / "cases").glob("*.yaml")
CASES = sorted(path for path in _FILES if not path.stem.endswith(".consent") and path.stem[:2] != "th")
FLOWER = [path.stem for path in CASES].index("de-child-flower")
LONG_KNOWN = timedelta(days=75)
CONFINED = [path.stem for path in CASES].index("de-confined-wife")

PHONES = ("https://192.168.1.20:8470", "https://songtor.local:8470")
"""By which phones of the house would come, were it served there."""


@dataclass(frozen=True, slots=True)
class Served:
    """`cases`: their codes, in the order of `CASES`. The first consent is of the case `CONFINED`; of the
    referrals the first is that case's and was accepted, the second came in, the third waits for the line.
    `network`: of a sample; this node is its first, the second one refers to it."""

    front: Front
    origin: str
    cases: tuple[str, ...] = ()
    consents: tuple[str, ...] = ()
    referrals: tuple[str, ...] = ()
    network: LinkedNetwork | None = None

    @property
    def node(self) -> Node:
        assert self.front.node is not None
        return self.front.node

    def token(self, worker: str) -> str:
        """Of a session in which that worker is signed in."""
        with writing(self.node.engine) as session:
            return sessions.begin(
                session, worker, now=self.node.clock(), random=self.node.random, proven=True
            )


@contextmanager
def sample(folder: Path) -> Iterator[Served]:
    """Berlin's node with the demo's cases, enrolled at a hub in memory; its pages on a free port of this
    machine. One referral went out and was accepted, one came in and one waits for the line."""
    with ExitStack() as open_things:
        network = _network(folder, open_things)
        berlin, taipei = network.node("DE-02"), network.node("TW-44")
        with writing(berlin.node.engine) as session:
            by = acting(session, "malee")
            cases = tuple(
                service.create(
                    session,
                    read_case(path.read_bytes()),
                    by=by,
                    now=berlin.node.clock() - (LONG_KNOWN if path.stem == "de-child-flower" else timedelta()),
                    random=berlin.node.random,
                ).code
                for path in CASES
            )
            _judged_anew(session, cases[FLOWER], by, berlin.node.clock())
            _under_way(session, cases[FLOWER], by, berlin.node.clock())
        berlin.sync()
        consents, referrals = _referred(network, berlin, taipei, cases[CONFINED])
        served = open_things.enter_context(serving(berlin.node.data, berlin.node))
        with writing(berlin.node.engine) as session:
            authority.ensure(session, berlin.node.clock())
        served.front.reach = Reach(frozenset({served.origin}), PHONES, own_authority=True)
        yield Served(served.front, served.origin, cases, consents, referrals, network)


def _judged_anew(session: Session, code: str, by: Worker, now: datetime) -> None:
    """A flower that has changed twice since the case was taken in."""
    case = session.exec(select(Case).where(Case.code == code)).one()
    for days, subject, dimension, level, reason in (
        (33, "child", "education", "yellow", "กลับไปเรียนแล้ว ยังขาดบางวัน"),
        (33, "guardian", "governance", "red", "เจ้าของบ้านให้ย้ายออกสิ้นเดือน"),
        (2, "child", "social", "green", "เพื่อนบ้านรับน้องช่วงเย็น"),
        (2, "guardian", "governance", "yellow", "ต่อสัญญาเช่าได้สามเดือน"),
    ):
        form = entries.Threat.model_validate(
            {"subject": subject, "dimension": dimension, "level": level, "reason": reason}
        )
        service.add(session, case, "threat", form, by=by, now=now - timedelta(days=days))


def _network(folder: Path, open_things: ExitStack) -> LinkedNetwork:
    clock = MovableClock()
    hub = copied(folder / "hub", clock=clock)
    open_things.callback(hub.close)

    def console(hub: Hub, officer: str = "") -> Hub:
        made = console_of(hub, officer)
        open_things.callback(made.close)
        return made

    network = LinkedNetwork(hub, console, clock, folder)
    open_things.callback(network.close)
    return network


def _under_way(session: Session, code: str, by: Worker, now: datetime) -> None:
    """A plan that was signed, came into service, went back for a reason, and on again."""
    first, second, *_ = plan.goals(session, session.exec(select(Case).where(Case.code == code)).one())

    def ago(days: int) -> datetime:
        return now - timedelta(days=days)

    for goal in (first, second):
        goal.stage = "diagnosing"
        signed.sign(session, [goal], signed.Signature(by="guardian", name="มารดา"), by=by, now=ago(61))
    for stage, days, reason in (
        ("in_service", 50, ""),
        ("agreed", 31, "ครูประจำชั้นเปลี่ยนคน ต้องนัดใหม่"),
        ("in_service", 18, ""),
    ):
        plan.to_stage(session, first, stage, reason=reason, by=by, now=ago(days))


def _referred(
    network: LinkedNetwork, berlin: LinkedNode, taipei: LinkedNode, case: str
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Consents and referrals: one that the desk accepted, one that came in, one that waits."""
    agreed = berlin.consent(case)
    with berlin.act() as now:
        out = acts.refer(now, case, wish()).reference
    berlin.sync()
    desk_acts.accept(network.desk("dwf"), out)
    came = _with_pictures(taipei)
    taipei.sync()
    network.sync_all()
    waits = berlin.refer()
    return (agreed,), (out, came, waits)


def _with_pictures(taipei: LinkedNode) -> str:
    """A referral to Berlin with all that is drawn where it arrives."""
    drawn = ("genogram", "timeline")
    family = taipei.case(FAMILY)
    taipei.consent(family, recipients=("DE-02",), categories=(*AGREED, *drawn))
    with taipei.act() as now:
        return acts.refer(now, family, wish(to="DE-02", tick=frozenset(drawn))).reference


@contextmanager
def serving(data: Path, node: Node | None = None) -> Iterator[Served]:
    """The pages of that node, or of a folder in which none is made or opened yet."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        origin = f"http://127.0.0.1:{listening.getsockname()[1]}"
        front = Front(data, GrpcNetwork(), Reach(frozenset({origin})), node)
        web = uvicorn.Server(
            uvicorn.Config(create_app(front), log_config=None, access_log=False, lifespan="off", ws="none")
        )
        thread = threading.Thread(target=web.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            yield Served(front, origin)
        finally:
            web.should_exit = True
            thread.join(10)
