"""The pages over TLS at the house's addresses, which come and go: a laptop moves, a router gives
out others."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import datetime
from typing import Any

import structlog

from songtor_node.bootstrap import Node
from songtor_node.store.engine import writing
from songtor_node.web.front import Front, Reach
from songtor_node.web.reach import authority, doors, house, tls
from songtor_node.web.reach.way import bracketed
from songtor_proto.errors import InputError

LOOK_SECONDS = 5.0  # how soon another address is noticed

_log = structlog.get_logger(__name__)


class Lan:
    """`run` serves until `stop`, from when the node is open: the authority's key lies in its store. `told`:
    the addresses for phones, the one to type first, whenever they are others."""

    def __init__(
        self,
        front: Front,
        app: Any,
        port: int,
        addresses: Callable[[], list[house.Address]] = house.addresses,
        look_seconds: float = LOOK_SECONDS,
        told: Callable[[Sequence[str]], object] = lambda phones: None,
    ) -> None:
        self._told = told
        self._front, self._app, self._port = front, app, port
        self._addresses, self._look_seconds = addresses, look_seconds
        self._here = front.reach
        self._stopping = threading.Event()
        self._context = tls.server()
        self._shown: tuple[house.Address, ...] = ()
        self._issued: datetime | None = None

    def run(self) -> None:
        while not self._front.opened.wait(0.2):
            if self._stopping.is_set():
                return
        assert self._front.node is not None
        while not self._stopping.is_set():
            at = tuple(self._addresses())
            if at:
                self._serve(self._front.node, at)
            self._stopping.wait(self._look_seconds)

    def stop(self) -> None:
        self._stopping.set()

    def _serve(self, node: Node, at: tuple[house.Address, ...]) -> None:
        """At these addresses, as long as the machine has them."""
        self._present(node, at)
        places = doors.Places(doors.EACH)
        with ExitStack() as opened:
            try:
                listening = [opened.enter_context(doors.listen(str(one), self._port, places)) for one in at]
            except InputError as error:  # an address that is not yet the machine's own, or taken
                _log.warning("lan.failed", code=error.code)
                return
            web = doors.server(self._app, self._context)
            thread = threading.Thread(target=web.run, kwargs={"sockets": listening}, name="lan", daemon=True)
            self._tell(at)
            thread.start()
            try:
                while thread.is_alive() and not self._stopping.wait(self._look_seconds):
                    if tuple(self._addresses()) != at:
                        break
                    self._present(node, at)
                if not thread.is_alive():
                    raise RuntimeError("the pages for the house's network ended")
            finally:
                self._front.reach = self._here
                web.should_exit = True
                thread.join(2 * doors.STOP_SECONDS)

    def _present(self, node: Node, at: tuple[house.Address, ...]) -> None:
        """A leaf for these addresses that is young; where the clock was put back, too."""
        now = node.clock()
        if (
            self._shown == at
            and self._issued is not None
            and self._issued <= now < self._issued + authority.RENEW
        ):
            return
        with writing(node.engine) as session:
            issuer = authority.ensure(session, now)
        leaf, key = authority.issue(issuer, at, house.name(), now)
        tls.present(self._context, key, leaf)
        self._shown, self._issued = at, now

    def _tell(self, at: tuple[house.Address, ...]) -> None:
        phones = tuple(f"https://{bracketed(name)}:{self._port}" for name in (*map(str, at), house.name()))
        self._front.reach = Reach(self._here.origins | {*phones}, phones=phones, own_authority=True)
        _log.info("lan", addresses=len(at))
        self._told(phones)
