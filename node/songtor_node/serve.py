"""Keeping the line to the hub, for good: one loop, a long-poll that waits aside, and a wake when the outbox
grows."""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from datetime import datetime, timedelta
from types import FrameType

import structlog
import uvicorn

from songtor_node.bootstrap import Node
from songtor_node.link.port import Network
from songtor_node.link.sync import MAX_WAIT, Link
from songtor_node.referrals import outbox
from songtor_node.store.engine import reading
from songtor_node.web.health import create_app
from songtor_proto.errors import InputError, SongtorError
from songtor_proto.wire.exchange_pb2 import FetchResponse
from songtor_web import log

LOOPBACK = "127.0.0.1"
WHOLE_SYNC = timedelta(minutes=5)
LOOK_SECONDS = 0.5  # how soon what another process queued is noticed
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 300.0  # seconds between tries while the line is down

_log = structlog.get_logger(__name__)


class Server:
    """`stop` may be called from anywhere; `run` then returns within seconds."""

    def __init__(self, node: Node, network: Network) -> None:
        self._node = node
        self._link = Link(node, network)
        self._stopping = threading.Event()
        self._failures = 0
        self.beat = node.clock()

    def run(self) -> None:
        with ThreadPoolExecutor(max_workers=1, thread_name_prefix="fetch") as aside:
            while not self._stopping.is_set():
                self._beat()
                try:
                    report = self._link.sync_once()
                    _log.info("synced", sent=report.sent, received=report.received, renewed=report.renewed)
                    self._failures = 0
                    self._stay(aside)
                except SongtorError as error:
                    self._rest(error)
            self._link.close()

    def stop(self) -> None:
        self._stopping.set()

    def _stay(self, aside: ThreadPoolExecutor) -> None:
        """Waits for mail and sends what comes into the outbox, until it is time for a whole
        synchronisation."""
        began = self._node.clock()
        # (A clock that was ahead and is put right must not put this off, be it by years.)
        while not self._stopping.is_set() and began <= self._node.clock() < began + WHOLE_SYNC:
            self._beat()
            answer = self._wait_for_mail(aside.submit(self._link.poll, self._link.connect(), MAX_WAIT))
            if answer is not None:
                self._link.take(answer)
                self._link.push()

    def _wait_for_mail(self, poll: Future[FetchResponse]) -> FetchResponse | None:
        """What the long-poll brought; None where the node stops meanwhile."""
        newest = self._newest()
        while not wait([poll], timeout=LOOK_SECONDS).done:
            if self._stopping.is_set():
                self._link.close()
                wait([poll])
                return None
            if self._newest() != newest:
                newest = self._newest()
                self._link.push()
        return poll.result()

    def _newest(self) -> int:
        with reading(self._node.engine) as session:
            return outbox.newest(session)

    def _rest(self, error: SongtorError) -> None:
        """Bounded exponential backoff with full jitter; never gives up."""
        self._failures += 1
        longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(self._failures, 16))
        pause = longest * int.from_bytes(self._node.random(4), "big") / 2**32
        _log.warning(
            "sync.failed", code=error.code, field=error.field, detail=error.detail, pause=round(pause, 1)
        )
        while pause > 0 and not self._stopping.wait(min(pause, 30.0)):
            pause -= 30.0
            self._beat()

    def _beat(self) -> None:
        self.beat = self._node.clock()


def run(node: Node, network: Network, *, health_port: int, ready: Callable[[int], None]) -> None:
    """Serves until SIGTERM or SIGINT. `ready` is told the health port once it answers.

    InputError: not_enrolled, port_taken.
    """
    log.configure()
    node.seat  # noqa: B018 — a node in no network has nothing to serve
    server = Server(node, network)

    def stop(number: int, frame: FrameType | None) -> None:
        server.stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    with _health(node, lambda: server.beat, health_port) as port:
        ready(port)
        server.run()
    _log.info("stopped")


@contextmanager
def _health(node: Node, beat: Callable[[], datetime], port: int) -> Iterator[int]:
    """The health pages in a thread of their own."""
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((LOOPBACK, port))
        listening.listen()
    except OSError as error:
        listening.close()
        raise InputError("port_taken", field=str(port)) from error
    web = uvicorn.Server(
        uvicorn.Config(
            create_app(node, beat),
            access_log=False,
            server_header=False,
            lifespan="off",
            log_config=None,
            limit_concurrency=16,
            http="h11",
            ws="none",
        )
    )
    thread = threading.Thread(target=web.run, kwargs={"sockets": [listening]}, name="health", daemon=True)
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        web.should_exit = True
        thread.join(5)
        listening.close()
