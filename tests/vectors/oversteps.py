"""What a recipient makes of a payload that says too much, and what may be sent back: rules M6, M8, M9, C9."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from google.protobuf.json_format import MessageToDict, ParseDict

from songtor_proto.minimise import answer_for, replies, violations
from songtor_proto.vocabulary import policy
from songtor_proto.wire import envelope_pb2 as wire
from songtor_proto.wire import payload_pb2 as content
from tests.vectors.cast import DESK, OTHER_NODE
from tests.vectors.kept import Kept
from tests.vectors.terms import agreed
from tests.vectors.vector import Given, Result, Vector, refused

ABOUT = """
payload: a serialised Payload; terms: those of the referral that it belongs to, in protobuf's JSON form;
recipient: of that referral. oversteps: names of what says too much, in order; where there is any, the
payload stays closed. reply: what may be told back, for a purpose and an outcome, before and after the
traced person agreed.
"""

_COARSE = content.Facts(
    case_code="BER-7", request=content.Request(text="ขอที่พัก"), place=content.Place(city="เชียงใหม่")
)
_NAMED = content.Facts(name=content.Name(thai="สมมติ ใจดี"), religion="พุทธ")


def vectors(kept: Kept) -> Iterator[Vector]:
    for rule, what, payload, names, changed in _cases():
        oversteps = [_path(payload, name) for name in names]
        yield Vector(rule, what, _given(payload, **changed), result={"oversteps": oversteps})
    unknown = _given(content.Payload(status=content.Status()), terms={"purpose": "curiosity"})
    yield refused("M6", "no such purpose", unknown, "consent.purpose", "purpose")
    for rule, what, purpose, outcome, agreed_to, told, categories in _REPLIES:
        given = {"reply": {"purpose": purpose, "outcome": outcome, "traced_person_consented": agreed_to}}
        yield Vector(rule, what, given, result={"outcome": told, "categories": categories})


def judge(given: Given) -> Result:
    if "reply" in given:
        told = given["reply"]
        purpose, consented = told["purpose"], told["traced_person_consented"]
        return {
            "outcome": answer_for(policy(), purpose, told["outcome"], traced_person_consented=consented),
            "categories": sorted(replies(policy(), purpose, traced_person_consented=consented)),
        }
    payload = content.Payload.FromString(bytes.fromhex(given["payload"]))
    terms = ParseDict(given["terms"], wire.Terms())
    return {"oversteps": list(violations(payload, terms, policy(), given["recipient"]))}


_REPLIES: list[tuple[str, str, str, str, bool, str, list[str]]] = [
    ("M8", "replies of an ordinary purpose", "domestic_violence", "assisted", False, "assisted",
     ["narrative", "services"]),
    ("C9", "found, but the traced person has not agreed", "tracing", "person_found", False, "not_found", []),
    ("C9", "not found: the same answer", "tracing", "not_found", False, "not_found", []),
    ("C9", "found, and the traced person agreed", "tracing", "person_found", True, "person_found",
     ["narrative"]),
    ("C9", "a visit, not agreed", "welfare_check", "assisted", False, "not_found", []),
]  # fmt: skip


def _cases() -> Iterator[tuple[str, str, content.Payload, list[str], dict[str, Any]]]:
    def referral(facts: content.Facts, *absent: content.Absent) -> content.Payload:
        return content.Payload(referral=content.Referral(facts=facts, absent=absent))

    yield "M6", "no more than its terms", referral(_COARSE), [], {}
    yield "M6", "a name that the terms do not cover", referral(_NAMED), ["name", "religion"], {}
    named = {"terms": {"categories": ["name", "religion"]}}
    yield "M6", "terms that the policy does not cover", referral(_NAMED), ["religion"], named
    shelter = {"recipient": "TH-00/shelter-50", "terms": {"categories": ["place", "problems"]}}
    narrow = content.Facts(place=content.Place(city="เชียงใหม่"), problems=["domestic_violence"])
    yield "M3", "a shelter that is told the problems", referral(narrow), ["problems"], shelter
    unsafe = content.Absent(category="contact", reason=content.ABSENT_REASON_UNSAFE)
    withheld = content.Absent(category="contact", reason=content.ABSENT_REASON_WITHHELD)
    unknown = content.Absent(category="shoe_size", reason=content.ABSENT_REASON_UNKNOWN)
    yield "M4", "a needed fact that is not safe", referral(_COARSE, unsafe), [], {}
    yield "M5", "it tells that something is withheld", referral(_COARSE, unsafe, withheld), ["absent.1"], {}
    yield "M5", "a category that nobody knows", referral(_COARSE, unknown), ["absent.0"], {}
    answer = content.Payload(answer=content.Answer(text="ค่ะ", facts=_NAMED))
    yield "M6", "an answer with facts beyond the terms", answer, ["name", "religion"], {}
    said = content.Facts(narrative="พบแล้ว")
    status = content.Payload(status=content.Status(outcome="assisted", facts=said))
    yield "M8", "a status with what the purpose lets it tell", status, [], {}
    status = content.Payload(status=content.Status(facts=_COARSE))
    yield "M8", "a status with more", status, ["case_code", "request", "place"], {}
    between = {"recipient": OTHER_NODE}
    own = content.Payload(terms=agreed(), referral=content.Referral(facts=_COARSE))
    yield "C2", "the terms of the referral, inside", own, [], between
    other = content.Payload(terms=agreed(liaison_sight=True), referral=content.Referral(facts=_COARSE))
    yield "C2", "other terms inside", other, ["terms"], between
    yield from _pictures()
    newer = content.Payload.FromString(referral(_COARSE).SerializeToString() + b"\xf2\x3f\x01x")
    yield "M6", "a field of the future, whose category nobody knows", newer, ["payload.#1022"], {}


def _pictures() -> Iterator[tuple[str, str, content.Payload, list[str], dict[str, Any]]]:
    drawn = {"terms": {"categories": ["genogram", "timeline"]}}

    def referral(**facts: Any) -> content.Payload:
        return content.Payload(referral=content.Referral(facts=ParseDict(facts, content.Facts())))

    mother, child = {"id": 1, "sex": "female", "birth_year": "1960"}, {"id": 2, "index": True}
    tie = {"from": 1, "to": 2, "kind": "birth"}
    family = {"people": [mother, child], "ties": [tie]}
    events = [{"id": 1, "when": "2019~", "text": "ย้ายมา"}, {"id": 2, "after": 1, "text": "ตกงาน"}]
    yield "M9", "a genogram and a timeline", referral(genogram=family, timeline=events), [], drawn
    for what, said in (
        ("a person's words where a code belongs", family | {"people": [mother | {"sex": "แม่ชื่อมาลี"}, child]}),
        (
            "a whole date where a year belongs",
            family | {"people": [mother | {"birth_year": "1960-04-01"}, child]},
        ),
        ("two people of one number", {"people": [mother, mother]}),
        ("a person without a number", {"people": [{"sex": "male"}]}),
        ("a tie to nobody", family | {"ties": [tie | {"to": 3}]}),
        ("a tie with oneself", family | {"ties": [tie | {"to": 1}]}),
        ("more people than can be read", {"people": [{"id": number} for number in range(1, 302)]}),
    ):
        yield "M9", what, referral(genogram=said), ["genogram"], drawn
    for what, several in (
        ("words where a date belongs", [events[0] | {"when": "เมื่อก่อน"}]),
        ("an event after none", events[1:]),
        ("two events of one number", [events[0], events[0]]),
        ("a text without end", [events[0] | {"text": "ก" * 1001}]),
    ):
        yield "M9", what, referral(timeline=several), ["timeline"], drawn


def _path(payload: content.Payload, name: str) -> str:
    """`referral.facts.name` for `name`."""
    body = payload.WhichOneof("body")
    if name.startswith(("payload", "terms")):
        return name
    return f"{body}.{name}" if name.startswith("absent") else f"{body}.facts.{name}"


def _given(payload: content.Payload, *, recipient: str = DESK, terms: dict[str, Any] | None = None) -> Given:
    said = MessageToDict(agreed(), preserving_proto_field_name=True) | (terms or {})
    data = payload.SerializeToString(deterministic=True)
    return {"payload": data.hex(), "terms": said, "recipient": recipient}
