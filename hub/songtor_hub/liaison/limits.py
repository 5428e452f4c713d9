"""How often one may ask and guess: token buckets, bounded in number. Rule S4."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

MAX_KEYS = 4096


@dataclass(slots=True)
class _Bucket:
    left: float
    at: datetime


class Limit:
    """Lets each key act `burst` times at once and once every `every` in the long run.

    The keys that were away longest are forgotten beyond `MAX_KEYS`.
    """

    def __init__(self, burst: int, every: timedelta) -> None:
        self._burst = burst
        self._every = every
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def wait(self, key: str, now: datetime) -> int:
        """Whole seconds until this key may act, 0 where it may now. Takes nothing."""
        left = self._bucket(key, now).left
        return 0 if left >= 1 else max(1, ceil((1 - left) * self._every.total_seconds()))

    def take(self, key: str, now: datetime) -> None:
        """One act is done."""
        bucket = self._bucket(key, now)
        bucket.left = max(0.0, bucket.left - 1)

    def _bucket(self, key: str, now: datetime) -> _Bucket:
        bucket = self._buckets.setdefault(key, _Bucket(self._burst, now))
        self._buckets.move_to_end(key)
        if len(self._buckets) > MAX_KEYS:
            self._buckets.popitem(last=False)
        bucket.left = min(self._burst, bucket.left + max(0.0, (now - bucket.at) / self._every))
        bucket.at = now
        return bucket
