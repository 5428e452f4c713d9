"""What goes wrong: a process dies at a drawn point, a line loses, repeats or delays what is said over it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from random import Random

import sqlcipher3.dbapi2 as sqlcipher3
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import OperationalError


class Crashed(BaseException):
    """The process ends here, as by `kill -9`. No handler of production code may catch it."""


class Tripwire:
    """Counts the points at which a process may die, and kills it at the one that was drawn.

    A point is each beginning and each commit of a transaction (a commit that dies is no commit), and each
    call, before it leaves and after its answer came.
    """

    def __init__(self) -> None:
        self.disarm()

    def arm(self, points: int) -> None:
        """Dies at that many points from now."""
        self._left = points

    def fill(self, commits: int) -> None:
        """The disk is full after so many commits; every later one fails."""
        self._room = commits

    def disarm(self) -> None:
        self._left, self._room = 0, -1

    def point(self) -> None:
        if self._left:
            self._left -= 1
            if not self._left:
                raise Crashed

    def watch(self, engine: Engine) -> None:
        def begins(connection: Connection) -> None:
            self.point()

        def commits(connection: Connection) -> None:
            self.point()
            if connection.get_execution_options().get("writes"):
                self._take_room()

        event.listen(engine, "begin", begins)
        event.listen(engine, "commit", commits)

    def _take_room(self) -> None:
        if self._room == 0:
            raise OperationalError("COMMIT", None, sqlcipher3.OperationalError("database or disk is full"))
        if self._room > 0:
            self._room -= 1


class Fate(Enum):
    """What becomes of one call."""

    ANSWERED = "answered"
    LOST = "request lost"
    UNANSWERED = "answer lost"
    DOUBLED = "request doubled"
    LATE = "request late"


@dataclass
class Weather:
    """`roughness`: the share of calls with which something happens. `cut`: until when a line is dead."""

    random: Random
    roughness: float
    cut: dict[str, datetime]

    def fate(self, seat: str, now: datetime) -> Fate:
        if now < self.cut.get(seat, now):
            return Fate.LOST
        if self.random.random() >= self.roughness:
            return Fate.ANSWERED
        return self.random.choice((Fate.LOST, Fate.UNANSWERED, Fate.UNANSWERED, Fate.DOUBLED, Fate.LATE))

    def clear(self) -> None:
        self.roughness = 0.0
        self.cut.clear()
