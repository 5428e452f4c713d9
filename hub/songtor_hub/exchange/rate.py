"""How much one seat may send: a token bucket each. Rule P5."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from songtor_proto.errors import LinkError

PER_SECOND = 200.0
BURST = 20_000.0
# Every statement goes to every node and stays: a seat makes a few in its life.
STATEMENTS_PER_SECOND = 1 / 3600
STATEMENTS = 10.0


class Rates:
    """`seconds` gives a steady time. There are no more buckets than seats."""

    def __init__(
        self,
        seconds: Callable[[], float] = monotonic,
        *,
        burst: float = BURST,
        per_second: float = PER_SECOND,
    ) -> None:
        self._seconds, self._burst, self._per_second = seconds, burst, per_second
        self._buckets: dict[str, tuple[float, float]] = {}

    def take(self, seat: str, count: int) -> None:
        """Counts that many, or raises LinkError("busy") and counts none."""
        now = self._seconds()
        tokens, since = self._buckets.get(seat, (self._burst, now))
        tokens = min(self._burst, tokens + (now - since) * self._per_second)
        if tokens < count:
            raise LinkError("busy")
        self._buckets[seat] = tokens - count, now
