"""A referral's human reference, safe to read over a telephone. Rules R1 to R3 of docs/protocol.md.

`DE02-7K3M-Q9XM`: the seat that made it, seven random symbols of Crockford's base 32, and a check symbol
over the eleven before it. The twelve are a codeword over GF(2^5), so every single wrong symbol is detected,
and every two symbols that changed places. (Only a country's L that strays behind the seat, where it is read
as 1, slips through one time in 32; the country it leaves behind has no such seat.)
"""

from __future__ import annotations

import re

from songtor_proto.address import Address
from songtor_proto.errors import InputError
from songtor_proto.times import Random

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUE = {symbol: value for value, symbol in enumerate(_CROCKFORD)}
# Countries have letters that Crockford leaves out; these are values no other letter has.
_SEAT_VALUE = _VALUE | {"O": 0, "I": 1, "L": 2, "U": 3}
_READ = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789", " -\N{NO-BREAK SPACE}\N{EN DASH}\N{NON-BREAKING HYPHEN}")
_MISREAD = str.maketrans("ILO", "110")
_SHAPE = re.compile(rf"[A-Z]{{2}}[0-9]{{2}}[{_CROCKFORD}]{{8}}")
_MAX_TYPED = 32


def new(seat: str, random: Random) -> str:
    """A reference made by that seat ("DE-02", "TH-00"), from 5 random bytes; the seat keeps it unique."""
    bits = int.from_bytes(random(5), "big")
    body = Address(seat).seat.replace("-", "") + "".join(_CROCKFORD[bits >> 5 * i & 31] for i in range(7))
    return _written(body + _check_symbol(body))


def normalise(text: str) -> str:
    """The reference as written above, from how people type it: lower case, Thai digits, spaces or none, and
    I, L and O for 1 and 0 after the seat. InputError("reference") where it is none or its check fails."""
    symbols = text[: _MAX_TYPED + 1].translate(_READ).upper()
    symbols = symbols[:4] + symbols[4:].translate(_MISREAD)
    if len(text) > _MAX_TYPED or not _SHAPE.fullmatch(symbols) or _check_symbol(symbols[:-1]) != symbols[-1]:
        raise InputError("reference")
    return _written(symbols)


def _written(symbols: str) -> str:
    return "-".join((symbols[:4], symbols[4:8], symbols[8:]))


def _times_power(value: int, power: int) -> int:
    """value * 2^power in GF(2^5) modulo x^5 + x^2 + 1."""
    for _ in range(power):
        value = value << 1 ^ (0b100101 if value & 0b10000 else 0)
    return value


# What each symbol counts at each place: at place i, its value times 2^(i+1).
_WEIGHED = [
    {symbol: _times_power(value, power) for symbol, value in values.items()}
    for power, values in enumerate([_SEAT_VALUE] * 4 + [_VALUE] * 7, start=1)
]


def _check_symbol(body: str) -> str:
    """The symbol that, counted times 1, makes the sum of all twelve zero."""
    check = 0
    for weight, symbol in zip(_WEIGHED, body, strict=True):
        check ^= weight[symbol]
    return _CROCKFORD[check]
