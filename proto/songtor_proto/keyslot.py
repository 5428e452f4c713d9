"""A slot of a keyring: the master key, wrapped under one of the secrets that open the file."""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from songtor_proto.errors import StoreError
from songtor_proto.times import Random

KEY_SIZE = 32
NONCE_SIZE = 12
_SALT_SIZE = 16


@dataclass(frozen=True, slots=True)
class Cost:
    """What one guess at a passphrase costs: Argon2id passes, KiB of memory, lanes."""

    passes: int
    memory: int
    lanes: int

    def __post_init__(self) -> None:
        # A hostile file must not exhaust the machine.
        if not (0 < self.passes <= 16 and 0 < self.memory <= 1 << 20 and 0 < self.lanes <= 16):
            raise ValueError


# RFC 9106, section 4, second recommended option; and what tests may use instead.
STRONG = Cost(passes=3, memory=64 * 1024, lanes=4)
CHEAP = Cost(passes=1, memory=32, lanes=1)


@dataclass(frozen=True, slots=True)
class Slot:
    """`cost` where the secret is a passphrase to be stretched; None where it is random bytes already."""

    kind: str
    salt: bytes
    nonce: bytes
    wrapped: bytes
    cost: Cost | None

    def open(self, secret: bytes) -> bytes:
        """The master key; StoreError("passphrase") where this secret does not open it, or ("keyring")."""
        try:
            key = _derive(secret, self.salt, self.cost)
            return AESGCM(key).decrypt(self.nonce, self.wrapped, self.kind.encode())
        except InvalidTag as error:
            raise StoreError("passphrase") from error
        except ValueError as error:
            raise StoreError("keyring") from error

    def to_json(self) -> dict[str, Any]:
        written: dict[str, Any] = {"kind": self.kind}
        written |= {name: to_text(getattr(self, name)) for name in ("salt", "nonce", "wrapped")}
        if self.cost:
            written["argon2id"] = [self.cost.passes, self.cost.memory, self.cost.lanes]
        return written

    @classmethod
    def from_json(cls, written: dict[str, Any]) -> Slot:
        """Raises KeyError, TypeError or ValueError where this is no slot."""
        parts = {name: from_text(written[name]) for name in ("salt", "nonce", "wrapped")}
        cost = Cost(*map(int, written["argon2id"])) if "argon2id" in written else None
        return cls(kind=str(written["kind"]), cost=cost, **parts)


def make_slot(kind: str, master: bytes, secret: bytes, cost: Cost | None, random: Random) -> Slot:
    salt, nonce = random(_SALT_SIZE), random(NONCE_SIZE)
    wrapped = AESGCM(_derive(secret, salt, cost)).encrypt(nonce, master, kind.encode())
    return Slot(kind, salt, nonce, wrapped, cost)


def to_text(data: bytes) -> str:
    return b64encode(data).decode()


def from_text(text: str) -> bytes:
    return b64decode(text, validate=True)


def _derive(secret: bytes, salt: bytes, cost: Cost | None) -> bytes:
    if cost is None:
        return HKDF(SHA256(), KEY_SIZE, salt, b"songtor keyring").derive(secret)
    return Argon2id(
        salt=salt, length=KEY_SIZE, iterations=cost.passes, lanes=cost.lanes, memory_cost=cost.memory
    ).derive(secret)
