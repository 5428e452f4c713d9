"""What stands before the node: whether it is made, unlocked, and by which names it is reached."""

from __future__ import annotations

import os
import secrets
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from pathlib import Path
from urllib.parse import urlsplit

from songtor_node.accounts import people, tries
from songtor_node.bootstrap import STORE, Node, open_node
from songtor_node.link.port import Network
from songtor_node.store.engine import reading
from songtor_node.unlock import Unlock
from songtor_node.web.challenges import Challenges
from songtor_node.web.held import Held
from songtor_proto.keyslot import STRONG, Cost
from songtor_proto.times import Clock, Random, utc_now

GATHERING_LASTS = timedelta(hours=1)
CHALLENGE_LASTS = timedelta(minutes=3)
SHOWN_LASTS = timedelta(minutes=15)
LONGEST_KNOCK = timedelta(minutes=1)  # who guesses must not keep out who knows


class When(Enum):
    """How far the node must be."""

    NEW = "new"  # no store yet
    LOCKED = "locked"  # a store that nobody has unlocked since the start
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Reach:
    """The origins (`https://node.example`) under which browsers may come; nothing else is answered. `phones`:
    those that other machines come by, the best first. `own_authority`: they trust the node's own for it."""

    origins: frozenset[str]
    phones: tuple[str, ...] = ()
    own_authority: bool = False

    def origin(self, host: str) -> str:
        """The origin of that Host header; empty where nobody may come by it."""
        return next((origin for origin in self.origins if urlsplit(origin).netloc == host), "")


@dataclass(frozen=True, slots=True)
class Gathered:
    """What the first start has so far. `password` is hashed; `sheet`: the store's recovery code, once there
    is one; `key_path`: where a machine's key waits to be taken."""

    name: str = ""
    code: str = ""
    password: str = field(default="", repr=False)
    sheet: str = field(default="", repr=False)
    key_path: str = ""


@dataclass(slots=True)
class Front:
    """`start_code`: shown where the program was started, and asked for by whoever makes the first account.
    `trouble`: the code of what keeps the line from working now. `challenges`: at the door; `new_keys`: of
    workers who make a passkey."""

    data: Path
    network: Network
    reach: Reach
    node: Node | None = None
    start_code: str = field(default_factory=lambda: f"{secrets.randbelow(10**8):08}", repr=False)
    opened: threading.Event = field(default_factory=threading.Event)
    trouble: str = ""
    clock: Clock = utc_now
    random: Random = os.urandom
    cost: Cost = STRONG  # of guessing a password; only tests make it less
    gathered: Held[Gathered] = field(default_factory=lambda: Held(most=20, lasts=GATHERING_LASTS))
    challenges: Challenges = field(default_factory=lambda: Challenges(most=1000, lasts=CHALLENGE_LASTS))
    new_keys: Held[bytes] = field(default_factory=lambda: Held(most=1000, lasts=CHALLENGE_LASTS))
    shown: Held[tuple[str, ...]] = field(default_factory=lambda: Held(most=200, lasts=SHOWN_LASTS))
    opening: threading.Lock = field(default_factory=threading.Lock)
    _knocks: int = 0
    _knocked_at: datetime | None = None

    def __post_init__(self) -> None:
        if self.node is not None:
            self.opened.set()

    @property
    def when(self) -> When:
        if self.node is not None:
            return When.OPEN
        return When.LOCKED if (self.data / STORE).is_file() else When.NEW

    @property
    def is_nobodys(self) -> bool:
        """Whether no administrator could sign in yet: there is no store, or only the command line's."""
        if self.node is None:
            return self.when is When.NEW
        with reading(self.node.engine) as session:
            return people.nobody_yet(session)

    @property
    def now(self) -> datetime:
        return self.node.clock() if self.node is not None else self.clock()

    def unlock(self, unlock: Unlock) -> None:
        """StoreError as `open_node`."""
        with self.opening:
            if self.node is None:
                self.take(open_node(self.data, unlock, clock=self.clock, random=self.random))

    def take(self, node: Node) -> None:
        """From now on this node is served; whoever waits for it goes on."""
        self.node = node
        self.opened.set()

    def knock(self) -> timedelta:
        """Counts one try at the start code or the passphrase; after a few in vain, how long to wait
        instead."""
        with self.opening:
            now = self.now
            # (A clock that was ahead and has been put right keeps nobody out.)
            since = self._knocked_at if self._knocked_at and self._knocked_at <= now else None
            wait = since + min(LONGEST_KNOCK, tries.pause(self._knocks)) - now if since else timedelta()
            if wait <= timedelta():
                self._knocks, self._knocked_at = self._knocks + 1, now
        return max(wait, timedelta())

    def let_in(self) -> None:
        """The last try was right."""
        self._knocks = 0
