"""A signing key in forty digits, for two people to read to each other over a telephone. Rule K4."""

from __future__ import annotations

import hashlib
import struct

from songtor_proto.envelope.layout import join, pae

PAYLOAD_TYPE = "application/vnd.songtor.fingerprint.v1"


def fingerprint(network: str, owner: str, signing_key: bytes) -> str:
    """Eight groups of five decimal digits, about 132 bits: each 32-bit word of the SHA-256, modulo 100,000.

    The sealing key needs no voice of its own: the signing key vouches for it.
    """
    body = join(network.encode(), owner.encode(), signing_key)
    words = struct.unpack(">8I", hashlib.sha256(pae(PAYLOAD_TYPE, body)).digest())
    return " ".join(f"{word % 100_000:05d}" for word in words)
