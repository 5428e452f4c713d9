"""What stands before the node: whether it is made, unlocked, and by which names it is reached."""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from songtor_node.bootstrap import STORE, Node, open_node
from songtor_node.link.port import Network
from songtor_node.unlock import Unlock
from songtor_node.web.access import When


@dataclass(frozen=True, slots=True)
class Reach:
    """The origins (`https://node.example`) under which browsers may come; nothing else is answered."""

    origins: frozenset[str]

    def origin(self, host: str) -> str:
        """The origin of that Host header; empty where nobody may come by it."""
        return next((origin for origin in self.origins if urlsplit(origin).netloc == host), "")


@dataclass(slots=True)
class Front:
    """`start_code`: shown where the program was started, and asked for by whoever makes the first account."""

    data: Path
    network: Network
    reach: Reach
    node: Node | None = None
    start_code: str = field(default_factory=lambda: f"{secrets.randbelow(10**8):08}", repr=False)
    opened: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        if self.node is not None:
            self.opened.set()

    @property
    def when(self) -> When:
        if self.node is not None:
            return When.OPEN
        return When.LOCKED if (self.data / STORE).is_file() else When.NEW

    def unlock(self, unlock: Unlock) -> None:
        """StoreError as `open_node`."""
        self.take(open_node(self.data, unlock))

    def take(self, node: Node) -> None:
        """From now on this node is served; whoever waits for it goes on."""
        self.node = node
        self.opened.set()
