"""Terms, as every door checks them: rules C2, C4, C7, C8, C10, C11, M2, M3 and P8."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from google.protobuf.json_format import MessageToDict, ParseDict

from songtor_proto.consent import check_terms, record_digest
from songtor_proto.times import from_ms
from songtor_proto.vocabulary import policy
from songtor_proto.wire import envelope_pb2 as wire
from tests.vectors.cast import DAY_MS, DESK, NODE, NOW_MS, OTHER_NODE
from tests.vectors.kept import Kept
from tests.vectors.vector import Given, Result, Vector, refused

ABOUT = """
header (as far as it matters here) and terms, in protobuf's JSON form with the schema's field names; now_ms:
the reader's clock. What the hub's door, a desk and a receiving node all check. The policy is
proto/songtor_proto/data/disclosure.yaml.
"""

RECORD = {"client": "BER-7", "text": "ข้อความที่แสดง"}
SALT = bytes(range(32))
DIGEST = hashlib.sha256(SALT + record_digest(RECORD)).digest()
CATEGORIES = ("case_code", "demographics", "place", "problems", "request", "threat")
END_MS = NOW_MS + 90 * DAY_MS
_HOUR_MS = 3_600_000


def agreed(**changed: Any) -> wire.Terms:
    """A client's consent, given in Germany."""
    fields: dict[str, Any] = {
        "basis": wire.BASIS_CONSENT,
        "legal_citation": "GDPR Art. 49(1)(a)",
        "jurisdiction": "DE",
        "purpose": "domestic_violence",
        "categories": CATEGORIES,
        "recipients": [DESK],
        "expires_ms": END_MS,
        "consent_digest": DIGEST,
    }
    return wire.Terms(**fields | changed)


def vital(**changed: Any) -> wire.Terms:
    """Vital interest on one worker's word, to be confirmed in 24 hours."""
    alone: dict[str, Any] = {
        "basis": wire.BASIS_VITAL_INTEREST,
        "legal_citation": "GDPR Art. 49(1)(f)",
        "confirm_by_ms": NOW_MS + 24 * _HOUR_MS,
    }
    return agreed(**alone | changed)


def vectors(kept: Kept) -> Iterator[Vector]:
    for rule, what, terms, header in _GOOD:
        yield Vector(rule, what, _given(terms, header), result={})
    for rule, what, code, field, terms, header in _BAD:
        yield refused(rule, what, _given(terms, header), f"consent.{code}", field)
    late = _given(agreed(), {}) | {"now_ms": END_MS}
    yield refused("C4", "read when it has expired", late, "consent.expired", "expires_ms")
    early = _given(agreed(), {}) | {"now_ms": END_MS - 1}
    yield Vector("C4", "read in its last millisecond", early, result={})


def judge(given: Given) -> Result:
    header = ParseDict(given["header"], wire.Header())
    check_terms(header, ParseDict(given["terms"], wire.Terms()), policy(), from_ms(given["now_ms"]))
    return {}


_RED = {"urgency": wire.URGENCY_RED}
_LEGAL = {"basis": wire.BASIS_LEGAL_DUTY, "legal_citation": "GDPR Art. 6(1)(c)", "confirmed": True}
_TO_NODE = {"recipient": OTHER_NODE}
_SHELTER = {"recipient": "TH-00/shelter-50"}

_GOOD: list[tuple[str, str, wire.Terms, dict[str, Any]]] = [
    ("C2", "consent", agreed(), {}),
    ("C2", "a guardian's consent", agreed(basis=wire.BASIS_GUARDIAN_CONSENT), {}),
    ("C2", "to a node", agreed(recipients=[OTHER_NODE]), _TO_NODE),
    ("C2", "further desks are named", agreed(recipients=[DESK, "TH-00/tsda"]), {}),
    ("C2", "the header expires before the consent", agreed(), {"expires_ms": NOW_MS + DAY_MS}),
    ("C10", "with a liaison's sight", agreed(liaison_sight=True), {}),
    ("C7", "vital interest, two people, yellow", vital(confirmed=True, confirm_by_ms=0), {}),
    ("C7", "vital interest, one worker, red", vital(), _RED),
    ("C8", "legal duty, two people", agreed(**_LEGAL), {}),
    ("M3", "a shelter gets what its line names",
     agreed(categories=["case_code", "health", "name"], recipients=["TH-00/shelter-50"]), _SHELTER),
    ("P8", "365 days", agreed(expires_ms=NOW_MS + 365 * DAY_MS), {}),
]  # fmt: skip

_BAD: list[tuple[str, str, str, str, wire.Terms, dict[str, Any]]] = [
    ("C1", "no ground", "basis", "basis", agreed(basis=0), {}),
    ("C1", "a ground of the future", "basis", "basis", agreed(basis=9), {}),
    ("C2", "no law cited", "citation", "legal_citation", agreed(legal_citation=" "), {}),
    ("C2", "another country's law", "jurisdiction", "jurisdiction", agreed(jurisdiction="FR"), {}),
    ("C2", "a digest of 31 bytes", "digest", "consent_digest", agreed(consent_digest=bytes(31)), {}),
    ("C2", "no such purpose", "purpose", "purpose", agreed(purpose="curiosity"), {}),
    ("C2", "a recipient that is not named", "recipient", "recipients", agreed(recipients=["TH-00/tsda"]), {}),
    ("M2", "a desk that may not have this purpose", "recipient", "recipients",
     agreed(recipients=["TH-00/dop"]), {"recipient": "TH-00/dop"}),
    ("M2", "a node may not have this purpose", "recipient", "recipients",
     agreed(purpose="entitlement", recipients=[OTHER_NODE]), _TO_NODE),
    ("M2", "a category that the purpose has no use for", "categories", "categories",
     agreed(categories=[*CATEGORIES, "religion"]), {}),
    ("M2", "a category that nobody knows", "categories", "categories", agreed(categories=["shoe_size"]), {}),
    ("C2", "categories out of order", "categories", "categories", agreed(categories=CATEGORIES[::-1]), {}),
    ("C2", "a category twice", "categories", "categories", agreed(categories=["place", "place"]), {}),
    ("M3", "a shelter gets less than the desk", "categories", "categories",
     agreed(categories=["narrative"], recipients=["TH-00/shelter-50"]), _SHELTER),
    ("C4", "the header outlives the consent", "expiry", "expires_ms", agreed(), {"expires_ms": END_MS + 1}),
    ("P8", "more than 365 days", "expiry", "expires_ms", agreed(expires_ms=NOW_MS + 365 * DAY_MS + 1), {}),
    ("C10", "sight without the client, in vital interest", "sight", "liaison_sight",
     vital(liaison_sight=True), _RED),
    ("C10", "sight without the client, by legal duty", "sight", "liaison_sight",
     agreed(**_LEGAL, liaison_sight=True), {}),
    ("C8", "legal duty on one worker's word", "not_confirmed", "confirmed",
     agreed(**_LEGAL | {"confirmed": False}), _RED),
    ("C11", "one worker without an hour to confirm by", "not_confirmed", "confirm_by_ms",
     vital(confirm_by_ms=0), _RED),
    ("C11", "more than 24 hours to confirm", "not_confirmed", "confirm_by_ms",
     vital(confirm_by_ms=NOW_MS + 24 * _HOUR_MS + 1), _RED),
    ("C7", "one worker sends a name", "above_emergency_level", "categories",
     vital(categories=["name"]), _RED),
    ("C7", "one worker, yellow", "not_red", "urgency", vital(), {}),
]  # fmt: skip


def _given(terms: wire.Terms, changed: dict[str, Any]) -> Given:
    fields: dict[str, Any] = {
        "sender": NODE,
        "recipient": DESK,
        "urgency": wire.URGENCY_YELLOW,
        "created_ms": NOW_MS,
        "expires_ms": min(terms.expires_ms, END_MS),
    }
    header = wire.Header(**fields | changed)
    return {"header": _json(header), "terms": _json(terms), "now_ms": NOW_MS}


def _json(message: wire.Header | wire.Terms) -> dict[str, Any]:
    return MessageToDict(message, preserving_proto_field_name=True)
