"""Keeping the line to the hub, for good: one loop, a long-poll that waits aside, and a wake when the outbox
grows."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import timedelta

import structlog

from songtor_node.bootstrap import Node
from songtor_node.link.sync import MAX_WAIT, Link
from songtor_node.referrals import outbox
from songtor_node.settings import kept
from songtor_node.store.engine import reading
from songtor_node.web.front import Front
from songtor_proto.errors import PeerError, SongtorError
from songtor_proto.wire.exchange_pb2 import FetchResponse

WHOLE_SYNC = timedelta(minutes=5)
LOOK_SECONDS = 0.5  # how soon what another process queued is noticed
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 300.0  # seconds between tries while the line is down

_log = structlog.get_logger(__name__)


class Keeper:
    """`run` waits until the node is open and in a network. `stop` may be called from anywhere; `run` then
    returns within seconds."""

    def __init__(self, front: Front) -> None:
        self._front = front
        self._stopping = threading.Event()
        self._failures = 0
        self._beat()

    def run(self) -> None:
        node = self._awaited()
        if node is None:
            return
        self._node, self._link = node, Link(node, self._front.network)
        with ThreadPoolExecutor(max_workers=1, thread_name_prefix="fetch") as aside:
            while not self._stopping.is_set():
                self._beat()
                try:
                    report = self._link.sync_once()
                    _log.info("synced", sent=report.sent, received=report.received, renewed=report.renewed)
                    self._failures, self._front.trouble = 0, ""
                    self._stay(aside)
                except SongtorError as error:
                    self._rest(error)
                except Exception as error:
                    # Whatever a hub says, it does not end the pages: they would need their passphrase again.
                    self._rest(PeerError("answer", detail=type(error).__name__))
            self._link.close()

    def stop(self) -> None:
        self._stopping.set()

    def _awaited(self) -> Node | None:
        """The node, once it is open and enrolled; None where it stops before."""
        while not self._stopping.is_set():
            self._beat()
            if self._front.opened.wait(LOOK_SECONDS) and self._front.node is not None:
                with reading(self._front.node.engine) as session:
                    if kept(session, "seat"):
                        return self._front.node
                self._stopping.wait(LOOK_SECONDS)
        return None

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
        self._failures, self._front.trouble = self._failures + 1, error.code
        longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(self._failures, 16))
        pause = longest * int.from_bytes(self._node.random(4), "big") / 2**32
        _log.warning(
            "sync.failed", code=error.code, field=error.field, detail=error.detail, pause=round(pause, 1)
        )
        while pause > 0 and not self._stopping.wait(min(pause, 30.0)):
            pause -= 30.0
            self._beat()

    def _beat(self) -> None:
        self.beat = self._front.now
