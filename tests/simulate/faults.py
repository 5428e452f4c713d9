"""What goes wrong: a process dies at a drawn point, a line loses, repeats or delays what is said over it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from random import Random

from sqlalchemy import Connection, Engine, event


class Crashed(BaseException):
    """The process ends here, as by `kill -9`. No handler of production code may catch it."""


class Tripwire:
    """Counts the points at which a process may die, and kills it at the one that was drawn.

    A point is each beginning and each commit of a transaction (a commit that dies is no commit), and each
    call, before it leaves and after its answer came.
    """

    def __init__(self) -> None:
        self._left = 0

    def arm(self, points: int) -> None:
        """Dies at that many points from now; 0 never."""
        self._left = points

    def point(self) -> None:
        if self._left:
            self._left -= 1
            if not self._left:
                raise Crashed

    def watch(self, engine: Engine) -> None:
        def reached(connection: Connection) -> None:
            self.point()

        event.listen(engine, "begin", reached)
        event.listen(engine, "commit", reached)


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
