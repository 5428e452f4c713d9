"""Who may stand in a header: rule A1."""

from __future__ import annotations

from collections.abc import Iterator

from songtor_proto.address import Address
from tests.vectors.kept import Kept
from tests.vectors.vector import Given, Result, Vector, refused

ABOUT = """
text: an address as written. kind: node, hub or desk; code and province: of a desk.
"""

_GOOD = [
    ("a seat", "DE-02", "node", "", ""),
    ("a vacant seat", "ZZ-31", "node", "", ""),
    ("the hub itself", "TH-00", "hub", "", ""),
    ("a desk", "TH-00/dwf", "desk", "dwf", ""),
    ("a desk with an underscore and digits", "TH-00/hotline_1300", "desk", "hotline_1300", ""),
    ("a desk of a province", "TH-00/province-10", "desk", "province", "10"),
    ("a province's shelter", "TH-00/shelter-50", "desk", "shelter", "50"),
    ("the longest desk code", "TH-00/" + "a" * 32 + "-96", "desk", "a" * 32, "96"),
]
_BAD = [
    ("nothing", ""),
    ("small letters", "de-02"),
    ("no hyphen", "DE02"),
    ("one digit", "DE-2"),
    ("three digits", "DE-002"),
    ("digits of another script", "DE-๐๒"),
    ("a space behind", "DE-02 "),
    ("a newline behind", "DE-02\n"),
    ("a desk at a seat", "DE-02/dwf"),
    ("an empty desk", "TH-00/"),
    ("a desk in capitals", "TH-00/DWF"),
    ("a desk that begins with a digit", "TH-00/1300"),
    ("a province of one digit", "TH-00/province-1"),
    ("a desk of a desk", "TH-00/dwf/dwf"),
    ("a desk code that is too long", "TH-00/" + "a" * 33),
]


def vectors(kept: Kept) -> Iterator[Vector]:
    for what, text, kind, code, province in _GOOD:
        result = {"kind": kind, "seat": text[:5], "country": text[:2], "code": code, "province": province}
        yield Vector("A1", what, {"text": text}, result=result)
    for what, text in _BAD:
        yield refused("A1", what, {"text": text}, "input.address")


def judge(given: Given) -> Result:
    address = Address.parse(given["text"])
    return {
        "kind": "node" if address.is_node else "hub" if address.is_hub else "desk",
        "seat": address.seat,
        "country": address.country,
        "code": address.desk_code,
        "province": address.province,
    }
