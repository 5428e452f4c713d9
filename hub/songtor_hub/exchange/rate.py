"""How much one seat may send: a token bucket each. Rule P5."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from songtor_proto.errors import LinkError

PER_SECOND = 200.0
BURST = 20_000.0


class Rates:
    """`seconds` gives a steady time. There are no more buckets than seats."""

    def __init__(self, seconds: Callable[[], float] = monotonic) -> None:
        self._seconds = seconds
        self._buckets: dict[str, tuple[float, float]] = {}

    def take(self, seat: str, count: int) -> None:
        """Counts that many envelopes, or raises LinkError("busy") and counts none."""
        now = self._seconds()
        tokens, since = self._buckets.get(seat, (BURST, now))
        tokens = min(BURST, tokens + (now - since) * PER_SECOND)
        if tokens < count:
            raise LinkError("busy")
        self._buckets[seat] = tokens - count, now
