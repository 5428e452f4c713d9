"""References, rules R1 to R3."""

from __future__ import annotations

import random
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songtor_proto import reference
from songtor_proto.errors import InputError

SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

seats = st.from_regex(r"[A-Z]{2}-[0-9]{2}", fullmatch=True)
references = st.builds(
    lambda seat, seed: reference.new(seat, random.Random(seed).randbytes), seats, st.integers(0, 2**64)
)


def is_read(text: str) -> bool:
    try:
        reference.normalise(text)
    except InputError:
        return False
    return True


def test_a_reference_says_who_made_it() -> None:
    """R1: seat, seven random symbols, check symbol, in groups of four; five random bytes make it."""
    assert reference.new("DE-02", lambda count: bytes(range(1, count + 1))) == "DE02-5016-0141"
    assert reference.new("TH-00", lambda count: bytes(count)).startswith("TH00-0000-000")


def test_the_twelve_symbols_sum_to_zero() -> None:
    """R3, worked by hand: each symbol times a power of 2 in GF(2^5), modulo x^5 + x^2 + 1; D is 13, E 14."""
    power = bytes.fromhex("01020408 10050a14 0d1a1107 0e1c1d1f 1b130306 0c18150f 1e19170b 160912")
    total = 1  # the check symbol, times 2^0
    for i, value in enumerate([13, 14, 0, 2, 5, 0, 1, 6, 0, 1, 4], start=1):
        if value:
            total ^= power[(power.index(value) + i) % 31]
    assert total == 0
    assert reference.normalise("DE02-5016-0141")


@given(references)
def test_a_reference_reads_back(made: str) -> None:
    """R2: what a seat makes is canonical."""
    assert reference.normalise(made) == made


@given(references, st.integers(0, 11), st.sampled_from(SYMBOLS + LETTERS))
def test_a_single_wrong_symbol_is_detected(made: str, place: int, symbol: str) -> None:
    """R3: no substitution of one symbol by another passes, wherever it stands."""
    symbols = made.replace("-", "")
    read = symbol.translate(str.maketrans("ILO", "110")) if place >= 4 else symbol
    changed = symbols[:place] + symbol + symbols[place + 1 :]
    assert is_read(changed) == (read == symbols[place])


@given(references)
def test_every_substitution_is_detected(made: str) -> None:
    """R3: all twelve places by all symbols, none passes."""
    symbols = made.replace("-", "")
    for place, symbol in ((p, s) for p in range(12) for s in SYMBOLS if s != symbols[p]):
        assert not is_read(symbols[:place] + symbol + symbols[place + 1 :])


@given(references)
def test_every_two_symbols_that_changed_places_are_detected(made: str) -> None:
    """R3: any two different symbols, next to each other or not; but an L among the symbols is read as 1."""
    symbols = made.replace("-", "")
    for i, j in combinations(range(12), 2):
        swapped = list(symbols)
        swapped[i], swapped[j] = swapped[j], swapped[i]
        if symbols[i] != symbols[j] and "L" not in swapped[4:]:
            assert not is_read("".join(swapped)), (i, j)


@pytest.mark.parametrize(
    "heard",
    [
        "de02-11tz-0bwj",
        "DE02 11TZ 0BWJ",
        "de0211tz0bwj",
        "DE๐๒-๑๑TZ-๐BWJ",
        "DE02-iLtz-oBWJ",
        "DE02–11TZ–0BWJ",
    ],
)
def test_it_is_read_as_people_type_it(heard: str) -> None:
    """R2: lower case, Thai digits, spaces, dashes, and I, L, O for 1, 1, 0 behind the seat."""
    body = "DE0211TZ0BW"
    check = next(symbol for symbol in SYMBOLS if is_read(body + symbol))
    assert reference.normalise(heard[:-1] + check.lower()) == f"DE02-11TZ-0BW{check}"


@given(st.text(max_size=60) | st.text(alphabet=SYMBOLS + LETTERS + " -๐๑", max_size=40))
def test_any_text_is_a_reference_or_refused(text: str) -> None:
    """R2: only the declared error comes out, and what comes out is canonical."""
    try:
        canonical = reference.normalise(text)
    except InputError:
        return
    assert reference.normalise(canonical) == canonical


def test_a_very_long_text_is_refused_at_once() -> None:
    """R2: nobody types more than 32 characters."""
    assert not is_read("DE02-" + " " * 10_000_000)
