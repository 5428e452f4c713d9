"""The hub's receipts, one signature a group: rules D2, D3 and D5."""

from __future__ import annotations

from collections.abc import Iterator

from songtor_proto import receipts
from songtor_proto.envelope import uuid7
from songtor_proto.envelope.check import digest
from songtor_proto.wire import envelope_pb2 as wire
from songtor_proto.wire.receipt_pb2 import GroupHead, Receipt, ReceiptBody
from tests.support.keys import seeded
from tests.vectors.cast import HUB, NODE, NOW_MS, OTHER_NODE, signing_key
from tests.vectors.headers import recall_receipt
from tests.vectors.kept import Kept
from tests.vectors.sealing import encode, sign
from tests.vectors.vector import Given, Result, Vector, refused

ABOUT = """
receipt: a serialised Receipt. header, sealed, signature: the envelope that the reader sent (recall
receipts, for they are short). hub_key: the hub's signing key. state, taken_in_ms, log_index, log_salt: what
the receipt says.
"""

_STATES = (wire.STATE_CANCELLED, wire.STATE_RECEIVED, wire.STATE_ON_HOLD)


def sent(count: int) -> list[wire.Envelope]:
    """What a node sent in one batch."""
    return [
        sign(
            encode(
                recall_receipt(
                    sender=NODE,
                    recipient=HUB,
                    envelope_id=uuid7(NOW_MS + number, seeded(f"sent {number}")),
                )
            ),
            b"",
        )
        for number in range(count)
    ]


def body(number: int, envelope: wire.Envelope) -> ReceiptBody:
    header = wire.Header.FromString(envelope.header)
    return ReceiptBody(
        envelope_id=header.envelope_id,
        sender=header.sender,
        digest=digest(envelope),
        state=_STATES[number % len(_STATES)],
        taken_in_ms=NOW_MS + 5,
        log_index=40 + number,
        log_salt=seeded(f"salt {number}")(16),
    )


def group(count: int) -> list[tuple[wire.Envelope, bytes]]:
    """Envelopes that were taken in together, each with its receipt."""
    envelopes = sent(count)
    bodies = [body(number, envelope) for number, envelope in enumerate(envelopes)]
    return list(zip(envelopes, receipts.group(bodies, signing_key(HUB), 1, NOW_MS + 6), strict=True))


def vectors(kept: Kept) -> Iterator[Vector]:
    ((envelope, alone),) = group(1)
    yield Vector("D2", "alone in its group", _given(envelope, alone), result=_said(0, envelope))
    five = group(5)
    for number, (envelope, receipt) in enumerate(five):
        what = f"number {number} of five"
        yield Vector("D2", what, _given(envelope, receipt), result=_said(number, envelope))

    (envelope, receipt), (_, other) = five[0], five[1]
    bad = [
        ("of another envelope of the group", other),
        ("nothing", b""),
        ("no message", b"\xff"),
        ("too long", receipt + bytes(4096)),
        ("another body", _changed(receipt, body=Receipt.FromString(other).body)),
        ("another place in the group", _changed(receipt, index=1)),
        ("a path cut short", _changed(receipt, path=Receipt.FromString(receipt).path[:-1])),
        ("a path with a hash more", _changed(receipt, path=[*Receipt.FromString(receipt).path, bytes(32)])),
        ("another group's head", _changed(receipt, group=Receipt.FromString(alone).group)),
        ("a head with another count", _changed(receipt, group=_head(receipt, count=6))),
        ("signed by somebody else", _resigned(receipt, OTHER_NODE)),
        ("without a signature", _changed(receipt, signature=b"")),
    ]
    for what, spoilt in bad:
        yield refused("D5", what, _given(envelope, spoilt), "envelope.receipt")
    again = wire.Envelope(header=envelope.header, signature=envelope.signature[:-1] + b"\0")
    yield refused("D5", "of the same id with other bytes", _given(again, receipt), "envelope.receipt")


def judge(given: Given) -> Result:
    envelope = wire.Envelope(
        header=bytes.fromhex(given["header"]),
        sealed=bytes.fromhex(given["sealed"]),
        signature=bytes.fromhex(given["signature"]),
    )
    said = receipts.check(bytes.fromhex(given["receipt"]), envelope, bytes.fromhex(given["hub_key"]))
    return {
        "digest": said.digest.hex(),
        "state": said.state,
        "taken_in_ms": said.taken_in_ms,
        "log_index": said.log_index,
        "log_salt": said.log_salt.hex(),
    }


def _given(envelope: wire.Envelope, receipt: bytes) -> Given:
    return {
        "receipt": receipt.hex(),
        "header": envelope.header.hex(),
        "sealed": envelope.sealed.hex(),
        "signature": envelope.signature.hex(),
        "hub_key": signing_key(HUB).public.hex(),
    }


def _said(number: int, envelope: wire.Envelope) -> Result:
    return {
        "digest": digest(envelope).hex(),
        "state": _STATES[number % len(_STATES)],
        "taken_in_ms": NOW_MS + 5,
        "log_index": 40 + number,
        "log_salt": seeded(f"salt {number}")(16).hex(),
    }


def _changed(receipt: bytes, **changed: object) -> bytes:
    parts = Receipt.FromString(receipt)
    fields = {field.name: getattr(parts, field.name) for field in Receipt.DESCRIPTOR.fields}
    return Receipt(**(fields | changed)).SerializeToString(deterministic=True)


def _head(receipt: bytes, *, count: int) -> bytes:
    head = GroupHead.FromString(Receipt.FromString(receipt).group)
    head.count = count
    return head.SerializeToString(deterministic=True)


def _resigned(receipt: bytes, by: str) -> bytes:
    head = Receipt.FromString(receipt).group
    return _changed(receipt, signature=signing_key(by).sign(receipts.GROUP_TYPE, head))
