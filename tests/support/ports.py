"""Ports of loopback that nobody listens at."""

from __future__ import annotations

import socket
from contextlib import ExitStack, suppress
from random import randrange


def four_free_ports() -> int:
    """The first of four in a row."""
    for _ in range(100):
        first = randrange(20_000, 60_000)
        with ExitStack() as opened, suppress(OSError):
            for port in range(first, first + 4):
                opened.enter_context(socket.socket()).bind(("127.0.0.1", port))
            return first
    raise AssertionError("no four free ports")
