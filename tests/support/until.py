"""Waiting for what another thread or process does, never longer than needed."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event
from time import monotonic

SECONDS = 20


def until(holds: Callable[[], object]) -> float:
    """Waits for it; seconds that it took."""
    began = monotonic()
    while not holds():
        assert monotonic() - began < SECONDS, "it never came"
        Event().wait(0.05)
    return monotonic() - began
