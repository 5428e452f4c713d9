"""Headers good and bad: rules E2 to E6, E10 to E12, P3 and P6."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from songtor_proto.envelope import check
from songtor_proto.times import from_ms
from songtor_proto.wire import envelope_pb2 as wire
from tests.vectors.cast import DESK, HUB, NODE, NOW_MS, OTHER_NODE
from tests.vectors.kept import Kept
from tests.vectors.sealing import REFERENCE, TASK, encode, message, referral
from tests.vectors.vector import Given, Result, Vector, refused

ABOUT = """
header: as it came. sealed_size: bytes of the sealed part. now_ms: the reader's clock. What is said of the
header alone, before signature and content. kind, state, urgency: the numbers as they are kept.
"""

_SEALED = 2160
_OTHER = wire.Header.FromString(encode(message(wire.KIND_STATUS))).envelope_id
_RECALL = wire.Recall(envelope_id=TASK, place="desk", result=wire.RECALL_RESULT_DESTROYED)
_SKEW = 10 * 60 * 1000


def vectors(kept: Kept) -> Iterator[Vector]:
    yield from _good()
    for rule, what, field, changed in _REFERRALS:
        yield _refused(rule, what, encode(referral(**changed)), field)
    for rule, what, field, changed in _MESSAGES:
        yield _refused(rule, what, encode(message(**{"kind": wire.KIND_REMINDER} | changed)), field)
    for rule, what, field, changed in _RECALLS:
        yield _refused(rule, what, encode(recall_receipt(**changed)), field, 0)
    yield from _whole()


def recall_receipt(**changed: Any) -> wire.Header:
    fields: dict[str, Any] = {
        "sender": HUB,
        "commitment": b"",
        "sealing_key_version": 0,
        "recalls": [_RECALL],
    }
    return message(wire.KIND_RECALL_RECEIPT, **fields | changed)


def _good() -> Iterator[Vector]:
    status = message(wire.KIND_STATUS, state=wire.STATE_ACCEPTED)
    again = {"envelope_id": _OTHER, "task": _OTHER}
    kept = wire.Recall(
        envelope_id=TASK, place="desk", result=wire.RECALL_RESULT_KEPT_BY_LEGAL_DUTY, reason="court_order"
    )
    yield _kept("E2", "a first referral", referral())
    yield _kept("L9", "its second version", referral(**again, task_version=2))
    yield _kept("L10", "a part of it, sent on by the desk", referral(
        **again, sender=DESK, recipient="TH-00/dsdw", reference="TH00-7K3M-Q9X9", part_of=TASK, thread=_OTHER
    ))  # fmt: skip
    yield _kept("E2", "a referral to a desk with terms", referral(terms=wire.Terms(purpose="advice")))
    yield _kept("E3", "a status", status)
    yield _kept("E6", "a recall receipt", recall_receipt(), 0)
    yield _kept("W4", "a recall receipt that names a duty", recall_receipt(recalls=[kept]), 0)
    yield _kept("E11", "a kind of the future", message(42))
    yield _kept("E11", "a state of the future", message(wire.KIND_STATUS, state=77))
    yield _kept("E11", "an urgency of the future", referral(urgency=9))
    unknown = Vector("E11", "a field of the future", _given(encode(referral()) + b"\xf2\x3f\x01x"))
    yield unknown._replace(result=_result(referral()))
    yield _kept("P6", "made ten minutes ahead", referral(created_ms=NOW_MS + _SKEW))
    yield _kept("P6", "made long ago", referral(created_ms=1))
    yield _kept("P6", "valid for one more millisecond", referral(created_ms=1, expires_ms=NOW_MS + 1))
    full = _filled(encode(referral()), 4096)
    yield Vector("P3", "4,096 bytes", _given(full), result=_result(referral()))


_REFERRALS: list[tuple[str, str, str, dict[str, Any]]] = [
    ("E2", "no sender", "sender", {"sender": ""}),
    ("E2", "a sender that is no address", "sender", {"sender": "Berlin"}),
    ("E2", "a recipient that is no address", "recipient", {"recipient": "TH-00/"}),
    ("E2", "to its own sender", "recipient", {"recipient": NODE}),
    ("R2", "a reference that does not check", "reference", {"reference": "DE02-7K3M-Q9XF"}),
    ("R3", "a reference in small letters", "reference", {"reference": REFERENCE.lower()}),
    ("E2", "no urgency", "urgency", {"urgency": 0}),
    ("E2", "no time", "created_ms", {"created_ms": 0}),
    ("E2", "a time before 1970", "created_ms", {"created_ms": -1}),
    ("E2", "a time after the year 9999", "created_ms", {"created_ms": 253_402_300_800_000}),
    ("E2", "expired when made", "expires_ms", {"expires_ms": NOW_MS}),
    ("E2", "a referral that never expires", "expires_ms", {"expires_ms": 0}),
    ("E4", "an id of 15 bytes", "envelope_id", {"envelope_id": TASK[:15]}),
    ("E4", "an id of version 4", "envelope_id", {"envelope_id": TASK[:6] + b"\x40" + TASK[7:]}),
    ("E4", "the variant of another scheme", "envelope_id", {"envelope_id": TASK[:8] + b"\xc0" + TASK[9:]}),
    ("E4", "no thread", "thread", {"thread": b""}),
    ("E4", "no task", "task", {"task": b""}),
    ("E4", "a referral about another task", "task", {"task": _OTHER}),
    ("L9", "a first version in another's thread", "thread", {"thread": _OTHER}),
    ("L9", "a second version that opens a thread", "thread", {"task_version": 2}),
    ("L9", "a referral without a version", "task_version", {"task_version": 0}),
    ("L10", "a part of what is no id", "part_of", {"part_of": b"x"}),
    ("L10", "a part of itself", "part_of", {"part_of": TASK}),
    ("C2", "terms in the clear between nodes", "terms", {"recipient": OTHER_NODE, "terms": wire.Terms()}),
    ("E10", "a commitment of 31 bytes", "commitment", {"commitment": bytes(31)}),
    ("E2", "no version of the signing key", "signing_key_version", {"signing_key_version": 0}),
    ("E2", "no version of the sealing key", "sealing_key_version", {"sealing_key_version": 0}),
    ("E6", "recalls on a referral", "recalls", {"recalls": [_RECALL]}),
]  # fmt: skip

_MESSAGES: list[tuple[str, str, str, dict[str, Any]]] = [
    ("E3", "no kind", "kind", {"kind": 0}),
    ("E3", "a status that asks for no state", "state", {"kind": wire.KIND_STATUS}),
    ("E4", "a message that is a task of its own", "task", {"envelope_id": TASK}),
    ("L9", "a message with a version", "task_version", {"task_version": 1}),
    ("E6", "recalls on a reminder", "recalls", {"recalls": [_RECALL]}),
]

_RECALLS: list[tuple[str, str, str, dict[str, Any]]] = [
    ("E6", "a recall receipt with a commitment", "commitment", {"commitment": bytes(32)}),
    ("E6", "a recall receipt with a sealing key", "sealing_key_version", {"sealing_key_version": 1}),
    (
        "W4",
        "of a copy without id",
        "recalls.envelope_id",
        {"recalls": [wire.Recall(place="desk", result=wire.RECALL_RESULT_DESTROYED)]},
    ),
    (
        "W4",
        "of a copy without place",
        "recalls.place",
        {"recalls": [wire.Recall(envelope_id=TASK, result=wire.RECALL_RESULT_DESTROYED)]},
    ),
    ("W4", "without result", "recalls.result", {"recalls": [wire.Recall(envelope_id=TASK, place="desk")]}),
    (
        "W4",
        "a place in words",
        "recalls.place",
        {"recalls": [wire.Recall(envelope_id=TASK, place="a house", result=wire.RECALL_RESULT_DESTROYED)]},
    ),
    (
        "W4",
        "a reason in words",
        "recalls.reason",
        {
            "recalls": [
                wire.Recall(
                    envelope_id=TASK,
                    place="desk",
                    result=wire.RECALL_RESULT_KEPT_BY_LEGAL_DUTY,
                    reason="the court says so",
                )
            ]
        },
    ),
]


def _whole() -> Iterator[Vector]:
    """What the header is as a whole, and the sizes beside it."""
    good = encode(referral())
    for what, size in [("no sealed part", 0), ("a byte too few", 2159), ("a byte too many", 2161)]:
        yield _refused("E5", what, good, "sealed", size)
    yield _refused("E6", "a recall receipt with a sealed part", encode(recall_receipt()), "sealed")
    yield refused("P3", "a sealed part over every size", _given(good, 66_673), "envelope.too_large", "sealed")
    yield refused("P3", "4,097 bytes", _given(good.ljust(4097, b"x")), "envelope.too_large", "header")
    yield refused("E1", "no message at all", _given(b"\xff"), "envelope.header")
    yield refused("E1", "cut short", _given(good[:-1]), "envelope.header")
    yield refused("E12", "version 2", _given(encode(referral(version=2))), "envelope.version")
    yield refused("E12", "no version", _given(b""), "envelope.version")
    yield refused("E12", "a suite of the future", _given(encode(referral(suite=2))), "envelope.suite")
    yield refused("E12", "no suite", _given(encode(referral(suite=0))), "envelope.suite")
    ahead = encode(referral(created_ms=NOW_MS + _SKEW + 1))
    yield refused(
        "P6", "made further ahead than clocks may differ", _given(ahead), "envelope.created", "created_ms"
    )
    over = encode(referral(created_ms=1, expires_ms=NOW_MS))
    yield refused("E2", "expired this millisecond", _given(over), "envelope.expired", "expires_ms")


def judge(given: Given) -> Result:
    envelope = wire.Envelope(
        header=bytes.fromhex(given["header"]), sealed=bytes(given["sealed_size"]), signature=bytes(64)
    )
    header = check.read_header(envelope)
    check.dates(header, from_ms(given["now_ms"]))
    return _result(header)


def _result(header: wire.Header) -> Result:
    return {"kind": header.kind, "state": header.state, "urgency": header.urgency}


def _given(header: bytes, size: int = _SEALED) -> Given:
    return {"header": header.hex(), "sealed_size": size, "now_ms": NOW_MS}


def _kept(rule: str, what: str, header: wire.Header, size: int = _SEALED) -> Vector:
    return Vector(rule, what, _given(encode(header), size), result=_result(header))


def _refused(rule: str, what: str, header: bytes, field: str, size: int = _SEALED) -> Vector:
    return refused(rule, what, _given(header, size), "envelope.header", field)


def _filled(header: bytes, size: int) -> bytes:
    """The header, with a field that nobody knows, of exactly that size (which is not too near)."""
    length = size - len(header) - 4
    return header + b"\xf2\x3f" + bytes([length & 127 | 128, length >> 7]) + b"x" * length
