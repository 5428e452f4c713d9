"""A seat's word for what it has stored, and what it compares with the hub: rules D7 and D9."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from songtor_proto import receipts
from songtor_proto.comparison import open_digest
from songtor_proto.envelope import uuid7
from songtor_proto.envelope.check import digest
from songtor_proto.wire import envelope_pb2 as wire
from songtor_proto.wire.receipt_pb2 import Delivered, DeliveryReceipt
from tests.support.keys import seeded
from tests.vectors.cast import NODE, NOW_MS, OTHER_NODE, signing_key
from tests.vectors.kept import Kept
from tests.vectors.receipts import sent
from tests.vectors.vector import Given, Result, Vector, refused

ABOUT = """
delivery_receipt, signature: of an AcknowledgeRequest; seat_key: the seat's signing key of the version that
it names. delivered: sender, id and digest of each envelope. open: ids and states of open tasks, in any
order; digest: what CompareOpen is asked with.
"""


def receipt(count: int, **changed: Any) -> DeliveryReceipt:
    delivered = [
        Delivered(
            sender=OTHER_NODE,
            envelope_id=wire.Header.FromString(envelope.header).envelope_id,
            digest=digest(envelope),
        )
        for envelope in sent(count)
    ]
    fields: dict[str, Any] = {
        "seat": NODE,
        "delivered": delivered,
        "stored_ms": NOW_MS + 9,
        "signing_key_version": 1,
    }
    return DeliveryReceipt(**fields | changed)


def vectors(kept: Kept) -> Iterator[Vector]:
    for count in (1, 2, 64):
        said = receipt(count)
        yield Vector("D7", f"{count} stored", _given(said), result=_said(said))
    yield refused("P1", "65 stored", _given(receipt(65)), "envelope.receipt", "delivered")
    nobody = receipt(1, delivered=[Delivered(sender="nobody", envelope_id=bytes(16), digest=bytes(32))])
    yield refused("D7", "of no sender and no id", _given(nobody), "envelope.receipt", "delivered")
    good = _given(receipt(1))
    yield refused("D7", "no message", good | {"delivery_receipt": "ff"}, "envelope.receipt")
    stranger = signing_key(OTHER_NODE).public.hex()
    yield refused("D7", "signed by somebody else", good | {"seat_key": stranger}, "envelope.signature")
    other = _given(receipt(2)) | {"signature": good["signature"]}
    yield refused("D7", "the signature of another receipt", other, "envelope.signature")

    tasks = [(uuid7(NOW_MS + i, seeded(f"open {i}")), state) for i, state in enumerate((4, 3, 6))]
    for what, listed in [
        ("none open", tasks[:0]),
        ("one open", tasks[:1]),
        ("three, in any order", tasks[::-1]),
    ]:
        given = {"open": [{"task": task.hex(), "state": state} for task, state in listed]}
        yield Vector("D9", what, given, result={"digest": open_digest(sorted(listed)).hex()})


def judge(given: Given) -> Result:
    if "open" in given:
        tasks = ((bytes.fromhex(one["task"]), one["state"]) for one in given["open"])
        return {"digest": open_digest(tasks).hex()}
    data, signature = bytes.fromhex(given["delivery_receipt"]), bytes.fromhex(given["signature"])
    said = receipts.read_delivery(data)
    receipts.verify_delivery(data, signature, bytes.fromhex(given["seat_key"]))
    return _said(said)


def _given(said: DeliveryReceipt) -> Given:
    data, signature = receipts.sign_delivery(said, signing_key(NODE))
    return {
        "delivery_receipt": data.hex(),
        "signature": signature.hex(),
        "seat_key": signing_key(NODE).public.hex(),
    }


def _said(said: DeliveryReceipt) -> Result:
    return {
        "seat": said.seat,
        "stored_ms": said.stored_ms,
        "signing_key_version": said.signing_key_version,
        "delivered": [
            {"sender": one.sender, "envelope_id": one.envelope_id.hex(), "digest": one.digest.hex()}
            for one in said.delivered
        ],
    }
