"""A node with cases to look at, served as a browser reaches it. Its clients are made up."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from songtor_node.bootstrap import Node
from songtor_node.cases import service
from songtor_node.cases.casefile import read_case
from songtor_node.link.grpc_hub import GrpcNetwork
from songtor_node.store.engine import writing
from songtor_node.web import sessions
from songtor_node.web.app import create_app
from songtor_node.web.front import Front, Reach
from songtor_node.workers import acting
from songtor_proto.times import utc_now
from tests.support.node import new_node

_FILES = (Path(__file__).parents[1] / "demo" / "cases").glob("*.yaml")
CASES = sorted(path for path in _FILES if "consent" not in path.name and not path.name.startswith("th-"))


@dataclass(frozen=True, slots=True)
class Served:
    """`cases`: their codes, in the order of `CASES`."""

    node: Node
    origin: str
    cases: tuple[str, ...]

    def token(self, worker: str) -> str:
        """Of a session in which that worker is signed in."""
        with writing(self.node.engine) as session:
            return sessions.begin(
                session, worker, now=self.node.clock(), random=self.node.random, proven=True
            )


@contextmanager
def sample(folder: Path) -> Iterator[Served]:
    """A node with the demo's cases, its pages on a free port of this machine."""
    node = new_node(folder / "sample", clock=utc_now)
    with writing(node.engine) as session:
        by = acting(session, "malee")
        made = [
            service.create(
                session, read_case(path.read_bytes()), by=by, now=node.clock(), random=node.random
            ).code
            for path in CASES
        ]
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        origin = f"http://127.0.0.1:{listening.getsockname()[1]}"
        app = create_app(Front(node.data, GrpcNetwork(), Reach(frozenset({origin})), node))
        web = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, lifespan="off"))
        thread = threading.Thread(target=web.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            yield Served(node, origin, tuple(made))
        finally:
            web.should_exit = True
            thread.join(10)
            node.close()
