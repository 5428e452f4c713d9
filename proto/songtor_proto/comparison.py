"""What a node and its hub compare once a day, to find out what one of them missed. Rule D9."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable


def open_digest(tasks: Iterable[tuple[bytes, int]]) -> bytes:
    """SHA-256 over id (16 bytes) and state (u32, big-endian) of each open task of a seat, sorted."""
    return hashlib.sha256(b"".join(task + state.to_bytes(4, "big") for task, state in sorted(tasks))).digest()
