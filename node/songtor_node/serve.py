"""The node as one process: its pages, its line to the hub, its health. What is needed is waited for: a store,
its unlocking, an invitation. A part that fails ends the process, so that a supervisor starts it again."""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from queue import SimpleQueue
from types import FrameType
from typing import Any

import structlog
import uvicorn

from songtor_node.keeper import Keeper
from songtor_node.web.app import create_app
from songtor_node.web.front import Front, Reach
from songtor_node.web.health import create_app as create_health
from songtor_node.web.reach import doors, tls
from songtor_node.web.reach.lan import Lan
from songtor_node.web.reach.way import Way
from songtor_web import log

LOOPBACK = "127.0.0.1"
STOP_SECONDS = 15

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Ready:
    """All ports answer. `pages`: the address to open; `port`: where this machine listens for it."""

    health: int
    port: int
    pages: str


class Parts:
    """The threads of this process. When one ends before it is told to, all end."""

    def __init__(self) -> None:
        self.stopping = threading.Event()
        self.failed = False
        self._ended: SimpleQueue[None] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._stops: list[Callable[[], None]] = []

    def start(self, name: str, work: Callable[[], object], stop: Callable[[], None]) -> None:
        def whole() -> None:
            try:
                work()
                if not self.stopping.is_set():
                    raise RuntimeError(f"{name} ended")
            except BaseException as error:
                self.failed = True
                _log.critical("part.failed", part=name, exc_info=error)
            finally:
                self.end()

        self._stops.append(stop)
        self._threads.append(threading.Thread(target=whole, name=name, daemon=True))
        self._threads[-1].start()

    def serve(self, name: str, web: uvicorn.Server, at: socket.socket) -> None:
        self.start(name, partial(web.run, sockets=[at]), partial(setattr, web, "should_exit", True))

    def end(self) -> None:
        """From any thread and a signal's handler, which may interrupt who holds an Event's lock."""
        self._ended.put(None)

    def wait(self) -> None:
        """Until the end; then all stop."""
        self._ended.get()
        self.stopping.set()
        for stop in self._stops:
            stop()
        for thread in self._threads:
            thread.join(STOP_SECONDS)


def run(
    front: Front,
    way: Way,
    *,
    health_port: int,
    ready: Callable[[Ready], None],
    phones: Callable[[Sequence[str]], object] = lambda addresses: None,
) -> bool:
    """Serves until SIGTERM or SIGINT; false where a part failed. By which names the pages are reached is put
    into `front.reach`; by which from the house's phones is told to `phones`, too.

    InputError: port_taken, certificate_files.
    """
    log.configure()
    parts = Parts()

    def stop(number: int, frame: FrameType | None) -> None:
        parts.end()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    with ExitStack() as opened:
        places = doors.Places(doors.EACH) if way.certificate else None
        listening = opened.enter_context(doors.listen(way.host, way.port, places))
        for_health = opened.enter_context(doors.listen(LOOPBACK, health_port))
        way = replace(way, port=listening.getsockname()[1])
        front.reach = Reach(way.origins, phones=tuple(way.origins) if way.name else ())
        app, keeper = create_app(front), Keeper(front)
        _open(parts, front, way, app, listening, phones)
        parts.serve("health", doors.server(create_health(front, lambda: keeper.beat)), for_health)
        parts.start("line", keeper.run, keeper.stop)
        ready(Ready(for_health.getsockname()[1], way.port, way.address))
        parts.wait()
    _log.info("stopped")
    return not parts.failed


def _open(
    parts: Parts,
    front: Front,
    way: Way,
    app: Any,
    listening: socket.socket,
    phones: Callable[[Sequence[str]], object],
) -> None:
    """The pages, by the way that the operator chose."""
    context = None
    if way.certificate and way.key:
        context = tls.server()
        files = tls.Files(context, way.certificate, way.key)
        parts.start("files", partial(files.watch, parts.stopping), parts.stopping.set)
    parts.serve("pages", doors.server(app, context, hsts=bool(way.name)), listening)
    if way.house:
        lan = Lan(front, app, way.port, told=phones)
        parts.start("lan", lan.run, lan.stop)
