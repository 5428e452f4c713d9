"""A recovery code for paper: 200 random bits in ten groups of five symbols, the fifth a check of typing."""

from __future__ import annotations

import hashlib

from songtor_proto.errors import InputError
from songtor_proto.times import Random

SIZE = 25
_GROUPS = 10
_MAX_TYPED = 256
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ = str.maketrans("๐๑๒๓๔๕๖๗๘๙ILO", "0123456789110")


def new(random: Random) -> tuple[str, bytes]:
    """The code as it is printed, and the 25 bytes that it stands for."""
    key = random(SIZE)
    bits = int.from_bytes(key, "big")
    symbols = [_CROCKFORD[bits >> 5 * i & 31] for i in reversed(range(SIZE * 8 // 5))]
    groups = ["".join(symbols[4 * i : 4 * i + 4]) for i in range(_GROUPS)]
    return " ".join(group + _check(i, group) for i, group in enumerate(groups)), key


def parse(text: str) -> bytes:
    """The 25 bytes of a typed code: any case, spaces or dashes, Thai digits, I and L for 1, O for 0.

    InputError("recovery_code"), its field the number of the first group that cannot be right ("1" to "10").
    """
    if len(text) > _MAX_TYPED:
        raise InputError("recovery_code")
    typed = "".join(text.replace("-", " ").split()).upper().translate(_READ)
    if len(typed) != _GROUPS * 5:
        raise InputError("recovery_code")
    bits = 0
    for i in range(_GROUPS):
        group, check = typed[5 * i : 5 * i + 4], typed[5 * i + 4]
        if not set(group) <= set(_CROCKFORD) or _check(i, group) != check:
            raise InputError("recovery_code", field=str(i + 1))
        for symbol in group:
            bits = bits << 5 | _CROCKFORD.index(symbol)
    return bits.to_bytes(SIZE, "big")


def _check(place: int, group: str) -> str:
    """Finds 31 of 32 slips, groups in the wrong place among them; the keyring's own seal finds the rest."""
    return _CROCKFORD[hashlib.sha256(f"{place}{group}".encode()).digest()[0] & 31]
