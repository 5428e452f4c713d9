"""What is kept in memory alone, for a short while: bounded, and gone when its time is over or it was
taken."""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Generic, TypeVar

V = TypeVar("V")


class Held(Generic[V]):
    """By the digest of the token that a browser has. Where there are too many, the oldest goes."""

    def __init__(self, *, most: int, lasts: timedelta) -> None:
        self._most, self._lasts = most, lasts
        self._kept: OrderedDict[bytes, tuple[datetime, V]] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, key: bytes, value: V, now: datetime) -> None:
        with self._lock:
            self._put(key, value, now)

    def add(self, key: bytes, value: V, now: datetime) -> bool:
        """Where nothing is kept by that key; else false."""
        with self._lock:
            if key in self._kept and now < self._kept[key][0]:
                return False
            self._put(key, value, now)
            return True

    def _put(self, key: bytes, value: V, now: datetime) -> None:
        self._kept.pop(key, None)
        self._kept[key] = now + self._lasts, value
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def look(self, key: bytes, now: datetime) -> V | None:
        with self._lock:
            until, value = self._kept.get(key, (now, None))
        return value if now < until else None

    def take(self, key: bytes, now: datetime) -> V | None:
        """What was kept, once."""
        with self._lock:
            until, value = self._kept.pop(key, (now, None))
        return value if now < until else None
