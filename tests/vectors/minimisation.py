"""What leaves and what stays: rules M2 to M5."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Any

from google.protobuf.json_format import MessageToDict, ParseDict

from songtor_proto.consent import Grant, record_digest
from songtor_proto.minimise import split
from songtor_proto.times import from_ms
from songtor_proto.vocabulary import policy
from songtor_proto.wire import envelope_pb2 as wire
from songtor_proto.wire.payload_pb2 import AbsentReason, Facts
from tests.vectors.cast import DAY_MS, DESK, NOW_MS, OTHER_NODE
from tests.vectors.kept import Kept
from tests.vectors.vector import Given, Result, Vector, refused

ABOUT = """
facts: all that is known, in protobuf's JSON form with the schema's field names. ground: its basis, the
categories that it covers, and whether one worker stands alone behind it. ticked: what the worker ticked,
null for nothing touched. unsafe: what would be dangerous to send. leaves and stays: category and why
(disclosure_words.yaml); absent: what is told to be missing; sent: the facts in the message.
"""

_FACTS: dict[str, Any] = {
    "case_code": "BER-7",
    "request": {"text": "ขอที่พักปลอดภัยคืนนี้", "kinds": ["shelter"]},
    "demographics": {"sex": "female", "age_band": "25-39"},
    "place": {"city": "Berlin", "country": "DE"},
    "problems": ["domestic_violence"],
    "threats": [{"subject": "client", "dimension": "safety", "level": "red"}],
    "name": {"thai": "สมมติ ใจดี"},
    "birth_date": "1988-04",
    "contacts": [{"channel": "line", "value": "somjai"}],
    "narrative": "สรุป",
    "health": {"mental": "นอนไม่หลับ"},
    "religion": "พุทธ",
}
_CATEGORY = {"threats": "threat", "contacts": "contact"}
_COARSE = ("demographics", "place", "problems", "threat")
_CONSENT = {"basis": "BASIS_CONSENT", "covers": [*_COARSE, "contact", "name"], "alone": False}
_BASE: dict[str, Any] = {
    "facts": _FACTS,
    "purpose": "domestic_violence",
    "recipient": DESK,
    "ground": _CONSENT,
    "ticked": None,
    "unsafe": [],
}
_ALWAYS = {"case_code": "always", "request": "always"}
_NEEDED = _ALWAYS | dict.fromkeys(_COARSE, "needed_by_recipient")
_NEVER = dict.fromkeys(("birth_date", "religion"), "not_for_this_purpose")
_UNAGREED = dict.fromkeys(("narrative", "health"), "client_did_not_agree")
_UNTICKED = dict.fromkeys(("name", "contact"), "not_ticked")


def _but(without: str) -> dict[str, Any]:
    return {name: value for name, value in _FACTS.items() if name != without}


# What it shows, what is different, why what leaves does, why what stays does, what is told to be missing.
_CASES: list[tuple[str, str, dict[str, Any], dict[str, str], dict[str, str], dict[str, str]]] = [
    ("M2", "untouched: names and contacts are for the worker to tick", {},
     _NEEDED, _NEVER | _UNAGREED | _UNTICKED, {}),
    ("M2", "everything ticked that the client agreed to", {"ticked": [*_COARSE, "contact", "name"]},
     _NEEDED | {"contact": "needed_by_recipient", "name": "agreed_by_client"}, _NEVER | _UNAGREED, {}),
    ("M2", "more ticked than the client agreed to", {"ticked": ["narrative", "religion"]},
     _ALWAYS, _NEVER | _UNAGREED | _UNTICKED | dict.fromkeys(_COARSE, "not_ticked"), {}),
    ("M2", "nothing ticked", {"ticked": []},
     _ALWAYS, _NEVER | _UNAGREED | _UNTICKED | dict.fromkeys(_COARSE, "not_ticked"), {}),
    ("M3", "a shelter is told neither problems nor contact",
     {"recipient": "TH-00/shelter-50", "ticked": [*_COARSE, "contact", "name"]},
     _ALWAYS | dict.fromkeys(("demographics", "place", "threat"), "needed_by_recipient")
     | {"name": "agreed_by_client"},
     _NEVER | dict.fromkeys(("problems", "contact", "narrative"), "recipient_needs_less")
     | {"health": "client_did_not_agree"}, {}),
    ("M4", "a needed contact that nobody knows", {"facts": _but("contacts"), "ticked": [*_COARSE, "contact"]},
     _NEEDED, _NEVER | _UNAGREED | {"name": "not_ticked", "contact": "not_known"}, {"contact": "UNKNOWN"}),
    ("M4", "a needed contact that is not safe", {"unsafe": ["contact"], "ticked": [*_COARSE, "contact"]},
     _NEEDED, _NEVER | _UNAGREED | {"name": "not_ticked", "contact": "unsafe_to_send"},
     {"contact": "UNSAFE"}),
    ("M4", "a useful fact that nobody knows is not mentioned", {"facts": _but("narrative")},
     _NEEDED, _NEVER | _UNTICKED | {"health": "client_did_not_agree"}, {}),
    ("C7", "one worker alone, whatever is ticked",
     {"ground": {"basis": "BASIS_VITAL_INTEREST", "covers": [*_COARSE, "name"], "alone": True},
      "ticked": [*_COARSE, "contact", "name"]},
     _NEEDED,
     _NEVER | dict.fromkeys(("name", "contact", "narrative", "health"), "above_emergency_level"), {}),
    ("C7", "two people on vital interest",
     {"ground": {"basis": "BASIS_VITAL_INTEREST", "covers": [*_COARSE, "name"], "alone": False},
      "ticked": [*_COARSE, "name"]},
     _NEEDED | {"name": "covered_by_ground"},
     _NEVER | dict.fromkeys(("contact", "narrative", "health"), "not_covered_by_ground"), {}),
    ("C8", "a legal duty covers what it covers",
     {"ground": {"basis": "BASIS_LEGAL_DUTY", "covers": ["name"], "alone": False}, "ticked": ["name"]},
     _ALWAYS | {"name": "covered_by_ground"},
     _NEVER | dict.fromkeys((*_COARSE, "contact", "narrative", "health"), "not_covered_by_ground"), {}),
    ("M2", "advice to a node is without identity",
     {"purpose": "advice", "recipient": OTHER_NODE, "ticked": ["problems", "name"]},
     _ALWAYS | {"problems": "needed_by_recipient"},
     _NEVER | dict.fromkeys(("place", "name", "contact", "health"), "not_for_this_purpose")
     | dict.fromkeys(("demographics", "threat"), "not_ticked") | {"narrative": "client_did_not_agree"}, {}),
]  # fmt: skip


def vectors(kept: Kept) -> Iterator[Vector]:
    for rule, what, changed, leaves, stays, absent in _CASES:
        given = _BASE | changed
        sent = {name: value for name, value in given["facts"].items() if _CATEGORY.get(name, name) in leaves}
        reasons = {category: f"ABSENT_REASON_{reason}" for category, reason in absent.items()}
        result = {"leaves": leaves, "stays": stays, "absent": reasons, "sent": sent}
        yield Vector(rule, what, given, result=result)
    yield refused("M2", "a tick that is no category", _BASE | {"ticked": ["shoe_size"]},
                  "input.unknown_code", "ticked")  # fmt: skip
    yield refused("C1", "no such purpose", _BASE | {"purpose": "curiosity"}, "consent.purpose", "purpose")


def judge(given: Given) -> Result:
    found = split(
        ParseDict(given["facts"], Facts()),
        policy=policy(),
        purpose=given["purpose"],
        recipient=given["recipient"],
        grant=_grant(given),
        ticked=given["ticked"],
        unsafe=given["unsafe"],
    )
    return {
        "leaves": {line.category: line.why for line in found.leaves},
        "stays": {line.category: line.why for line in found.stays},
        "absent": {absent.category: AbsentReason.Name(absent.reason) for absent in found.absent},
        "sent": MessageToDict(found.facts, preserving_proto_field_name=True),
    }


def _grant(given: Given) -> Grant:
    told = given["ground"]
    covers: Collection[str] = told["covers"]
    grant = Grant(
        id="1",
        basis=wire.Basis.Value(told["basis"]),
        jurisdiction="DE",
        citation="",
        purpose=given["purpose"],
        categories=frozenset(covers) | policy().always,
        recipients=frozenset({given["recipient"]}),
        liaison_sight=False,
        given_at=from_ms(NOW_MS),
        expires_at=from_ms(NOW_MS + DAY_MS),
        record=record_digest({}),
    )
    return replace(grant, confirm_by=grant.expires_at) if told["alone"] else grant
