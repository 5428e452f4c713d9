"""Sizes and byte layouts of an envelope. Rules E1, E4, E5, E8 and E10."""

from __future__ import annotations

import struct

from songtor_proto.times import Random

VERSION = 1
PAYLOAD_TYPE = "application/vnd.songtor.envelope.v1"

MAX_HEADER = 4096
ID_SIZE = 16
SIGNATURE_SIZE = 64
COMMITMENT_SIZE = 32
# The last millisecond that a calendar date can hold: 9999-12-31T23:59:59.999Z.
MAX_MS = 253_402_300_799_999

# Plaintext: u32 length, commitment key, payload, zeros up to the smallest class that holds it all.
PADDED_SIZES = (1024, 2048, 4096, 16384, 65536)
PREFIX = struct.Struct(">I32s")
MAX_PAYLOAD = PADDED_SIZES[-1] - PREFIX.size

# Encapsulated key (ML-KEM-768 ciphertext, X25519 share), then the AEAD's tag.
SEAL_OVERHEAD = 1088 + 32 + 16
SEALED_SIZES = frozenset(size + SEAL_OVERHEAD for size in PADDED_SIZES)


def pae(payload_type: str, body: bytes) -> bytes:
    """DSSE v1 pre-authentication encoding: the bytes that a signature covers (rule E8)."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(body), body)


def signed_bytes(header: bytes, sealed: bytes) -> bytes:
    """What the sender's signature covers: PAE over u64 length of header, header, sealed (rule E8)."""
    return pae(PAYLOAD_TYPE, join(header, sealed))


def join(*parts: bytes) -> bytes:
    """One body of several byte strings: each but the last after its u64 big-endian length."""
    *lead, last = parts
    return b"".join(len(part).to_bytes(8, "big") + part for part in lead) + last


def padded_size(payload_size: int) -> int | None:
    """Bytes of the plaintext that holds a payload of this size; None where none is large enough (rule E5)."""
    return next((size for size in PADDED_SIZES if PREFIX.size + payload_size <= size), None)


def uuid7(now_ms: int, random: Random) -> bytes:
    """RFC 9562 UUIDv7, 16 bytes: 48 bits of Unix milliseconds, then 74 random bits (rule E4)."""
    bits = int.from_bytes(random(10), "big")
    value = now_ms << 80 | 7 << 76 | (bits >> 62 & 0xFFF) << 64 | 0b10 << 62 | bits & (1 << 62) - 1
    return value.to_bytes(16, "big")


def is_uuid7(value: bytes) -> bool:
    return len(value) == ID_SIZE and value[6] >> 4 == 7 and value[8] >> 6 == 0b10
