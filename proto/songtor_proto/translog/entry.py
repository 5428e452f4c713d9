"""What a leaf of the log commits to. Rules T2 and T3."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from songtor_proto.translog.tree import leaf_hash

SALT_SIZE = 16


def encode(kind: str, facts: Mapping[str, str]) -> bytes:
    """An entry: JSON in UTF-8, keys sorted, no spaces; `kind` beside the facts."""
    return json.dumps(
        {"kind": kind, **facts}, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    ).encode()


def taken_in(digest: bytes) -> bytes:
    """The entry of an envelope's take-in, as `encode` would make it; `digest` is the envelope's (E9)."""
    return b'{"digest":"%b","kind":"envelope"}' % digest.hex().encode()


def leaf(entry: bytes, salt: bytes) -> bytes:
    """The leaf's hash: of the commitment SHA-256(salt ‖ entry)."""
    return leaf_hash(hashlib.sha256(salt + entry).digest())
