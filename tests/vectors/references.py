"""What people read to each other over a telephone: rules R1 to R3."""

from __future__ import annotations

from collections.abc import Iterator

from songtor_proto import reference
from tests.vectors.kept import Kept
from tests.vectors.vector import Given, Result, Vector, refused

ABOUT = """
typed: what somebody typed or said. written: the one way to write it.
"""

# Worked out from rule R2 by a program of its own.
_WRITTEN = [
    "DE02-7K3M-Q9XM",
    "TH00-7K3M-Q9X9",
    "DE02-0000-0002",
    "TH00-0000-000Z",
    "IT24-ZZZZ-ZZZ1",
    "NO28-ABCD-EFGV",
    "LU00-0000-0008",
    "US18-0000-001P",
]
_TYPED = [
    ("small letters", "de02-7k3m-q9xm"),
    ("no hyphens", "DE027K3MQ9XM"),
    ("spaces", " DE02 7K3M Q9XM "),
    ("Thai digits", "DE๐๒-๗K๓M-Q๙XM"),
    ("hyphens and spaces of a word processor", "DE02\u20137K3M\u2011Q9\u00a0XM"),
]
_MISREAD = [
    ("O said for 0", "DE02-OOOO-OOO2", "DE02-0000-0002"),
    ("I said for 1", "US18-0000-00IP", "US18-0000-001P"),
    ("l said for 1", "us18-0000-00lp", "US18-0000-001P"),
]
_BAD = [
    ("one symbol wrong", "DE02-7K3M-Q8XM"),
    ("two neighbours exchanged", "DE02-7K3M-9QXM"),
    ("two far apart exchanged", "DE02-QK3M-79XM"),
    ("a letter of the country wrong", "DF02-7K3M-Q9XM"),
    ("the country's letters exchanged", "ED02-7K3M-Q9XM"),
    ("the seat's digits exchanged", "DE20-7K3M-Q9XM"),
    ("another seat's", "DE03-7K3M-Q9XM"),
    ("a letter O in the seat's number", "DEO2-7K3M-Q9XM"),
    ("the check symbol wrong", "DE02-7K3M-Q9XF"),
    ("a U, which is no symbol", "DE02-7K3M-Q9XU"),
    ("one too few", "DE02-7K3M-Q9X"),
    ("one too many", "DE02-7K3M-Q9XMM"),
    ("nothing", ""),
    ("too long to be looked at", "DE02-7K3M-Q9XM" + " " * 40),
]


def vectors(kept: Kept) -> Iterator[Vector]:
    for written in _WRITTEN:
        yield Vector("R2", "as it is written", {"typed": written}, result={"written": written})
    for what, typed in _TYPED:
        yield Vector("R3", what, {"typed": typed}, result={"written": "DE02-7K3M-Q9XM"})
    for what, typed, written in _MISREAD:
        yield Vector("R3", what, {"typed": typed}, result={"written": written})
    for what, typed in _BAD:
        yield refused("R2", what, {"typed": typed}, "input.reference")


def judge(given: Given) -> Result:
    return {"written": reference.normalise(given["typed"])}
