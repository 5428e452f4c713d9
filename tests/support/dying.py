"""A node's process that kills itself (SIGKILL) at one named point; run as `python -m tests.support.dying`.

DATA PASSPHRASE_FILE refer CASE RECIPIENT POINT     refers a case: `act` (before its commit), `acted`
(after) DATA PASSPHRASE_FILE sync - - POINT                 synchronises: at a call of the port or a commit
after one

Points of `sync`: `submit` and `fetch` and `acknowledge` before the call leaves, with `+` after its answer
came, with `!` at the commit that stores what it brought.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import event

from songtor_node.bootstrap import Node, open_node
from songtor_node.link.grpc_hub import GrpcNetwork
from songtor_node.link.place import Place
from songtor_node.link.sync import Link
from songtor_node.referrals import acts
from songtor_node.referrals.act import act
from songtor_node.unlock import Unlock
from tests.support.linked import wish


def die(*_: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class DyingNetwork(GrpcNetwork):
    """The line to the hub, on which the process dies at `point`."""

    def __init__(self, node: Node, point: str) -> None:
        self._node, self._point = node, point

    def hub(self, place: Place, *, key: bytes, chain: bytes) -> Any:
        return _Dying(super().hub(place, key=key, chain=chain), self._node, self._point)


class _Dying:
    def __init__(self, hub: Any, node: Node, point: str) -> None:
        self._hub, self._node, self._point = hub, node, point

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._hub, name)
        if name != self._point.rstrip("+!"):
            return method

        def call(request: Any) -> Any:
            if self._point == name:
                die()
            answer = method(request)
            if self._point.endswith("+"):
                die()
            event.listen(self._node.engine, "commit", die)
            return answer

        return call


def main(data: str, passphrase: str, what: str, case: str, recipient: str, point: str) -> None:
    unlock = Unlock(passphrase=Path(passphrase).read_text(encoding="utf-8"))
    node = open_node(Path(data), unlock, worker="malee")
    if what == "sync":
        Link(node, DyingNetwork(node, point)).sync_once()
        return
    with act(node) as now:
        acts.refer(now, case, wish(to=recipient))
        if point == "act":
            event.listen(node.engine, "commit", die)
    if point == "acted":
        die()


if __name__ == "__main__":
    main(*sys.argv[1:])
