"""Opening a sealed part step by step, without the library's HPKE: rule E7 written out."""

from __future__ import annotations

import hashlib
import hmac
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

SUITE = b"HPKE" + bytes.fromhex("647a00010002")
_LABEL = bytes.fromhex("5c2e2f2f5e5c")


class Steps(NamedTuple):
    """What comes out on the way, in order."""

    mlkem_secret: bytes
    x25519_secret: bytes
    shared_secret: bytes
    key: bytes
    nonce: bytes
    plaintext: bytes


def open_by_hand(private: bytes, sealed: bytes, info: bytes) -> Steps:
    """`private`: ML-KEM seed (64 bytes), X25519 (32)."""
    mlkem, x25519 = (
        MLKEM768PrivateKey.from_seed_bytes(private[:64]),
        X25519PrivateKey.from_private_bytes(private[64:]),
    )
    mlkem_part, x25519_part, ciphertext = sealed[:1088], sealed[1088:1120], sealed[1120:]
    first = mlkem.decapsulate(mlkem_part)
    second = x25519.exchange(X25519PublicKey.from_public_bytes(x25519_part))
    own = x25519.public_key().public_bytes_raw()
    shared = hashlib.sha3_256(first + second + x25519_part + own + _LABEL).digest()
    key, nonce = _schedule(shared, info)
    return Steps(first, second, shared, key, nonce, AESGCM(key).decrypt(nonce, ciphertext, None))


def _schedule(shared: bytes, info: bytes) -> tuple[bytes, bytes]:
    """RFC 9180, section 5.1, base mode."""
    context = b"\0" + _extract(b"", b"psk_id_hash", b"") + _extract(b"", b"info_hash", info)
    secret = _extract(shared, b"secret", b"")
    return _expand(secret, b"key", context, 32), _expand(secret, b"base_nonce", context, 12)


def _extract(salt: bytes, label: bytes, value: bytes) -> bytes:
    return hmac.digest(salt or bytes(32), b"HPKE-v1" + SUITE + label + value, "sha256")


def _expand(secret: bytes, label: bytes, context: bytes, size: int) -> bytes:
    info = size.to_bytes(2, "big") + b"HPKE-v1" + SUITE + label + context
    return HKDFExpand(SHA256(), size, info).derive(secret)
