"""Passwords: long, not of the commonest, and nothing else is asked of them. Kept as Argon2id (RFC 9106)."""

from __future__ import annotations

import threading
import unicodedata
from functools import cache
from importlib.resources import files

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from songtor_proto.errors import InputError
from songtor_proto.keyslot import Cost
from songtor_proto.times import Random

SHORTEST, LONGEST = 12, 256  # characters
_FEWEST = 5  # different ones
_ONE_AT_A_TIME = threading.Lock()  # each takes the memory of its cost


def chosen(password: str, again: str, *, own: str = "") -> str:
    """A new password, typed twice. InputError: password_short, too_large, password_common, password_differs.
    `own`: the worker's code, which alone is no secret."""
    plain = _plain(password)
    if len(plain) < SHORTEST:
        raise InputError("password_short", field="new_password")
    if len(plain) > LONGEST:
        raise InputError("too_large", field="new_password")
    folded = "".join(plain.casefold().split())
    rest = folded.replace(own.casefold(), "") if own else folded
    if len(set(folded)) < _FEWEST or len(rest) < SHORTEST // 2 or _begins_commonly(folded):
        raise InputError("password_common", field="new_password")
    if password != again:
        raise InputError("password_differs", field="again")
    return password


def hashed(password: str, cost: Cost, random: Random) -> str:
    """In the notation `$argon2id$v=19$m=…`, which says its own cost and salt."""
    kdf = Argon2id(
        salt=random(16), length=32, iterations=cost.passes, lanes=cost.lanes, memory_cost=cost.memory
    )
    with _ONE_AT_A_TIME:
        return str(kdf.derive_phc_encoded(_plain(password).encode()))


def fits(password: str, kept: str, cost: Cost) -> bool:
    """Whether it is the password kept. Where none is kept it takes as long, and never fits."""
    plain = _plain(password[: 4 * LONGEST])
    with _ONE_AT_A_TIME:
        try:
            Argon2id.verify_phc_encoded(plain.encode(), kept or _nobodys(cost))
        except InvalidKey:
            return False
    return bool(kept)


def _plain(password: str) -> str:
    """One way to write what looks the same: keyboards differ in how they compose Thai and accents."""
    return unicodedata.normalize("NFKC", password)


@cache
def _nobodys(cost: Cost) -> str:
    kdf = Argon2id(
        salt=bytes(16), length=32, iterations=cost.passes, lanes=cost.lanes, memory_cost=cost.memory
    )
    return str(kdf.derive_phc_encoded(b"nobody's"))


@cache
def _common() -> tuple[str, ...]:
    text = files("songtor_node").joinpath("data", "common_passwords.txt").read_text(encoding="utf-8")
    return tuple(line for line in text.splitlines() if line and not line.startswith("#"))


def _begins_commonly(folded: str) -> bool:
    """One of the commonest, if with little behind it."""
    return any(folded.startswith(one) and len(folded) - len(one) < SHORTEST // 3 for one in _common())
