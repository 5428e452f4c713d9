"""Receipts: what counts as the hub's word about one envelope, and what does not."""

from __future__ import annotations

import os
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songtor_proto import receipts, reference
from songtor_proto.envelope import check, uuid7
from songtor_proto.envelope.compose import seal
from songtor_proto.errors import EnvelopeError
from songtor_proto.wire.envelope_pb2 import KIND_REMINDER, STATE_RECEIVED, Envelope, Header
from songtor_proto.wire.payload_pb2 import Payload, Reminder
from songtor_proto.wire.receipt_pb2 import Delivered, DeliveryReceipt, GroupHead, Receipt, ReceiptBody
from tests.support.keys import owner, seeded

NOW = 1_795_143_600_000
HUB, NODE, DESK = owner("TH-00"), owner("DE-02"), owner("TH-00/dwf")


def envelope(number: int, sender: str = "DE-02") -> Envelope:
    random = seeded(number)
    header = Header(
        envelope_id=uuid7(NOW, random),
        kind=KIND_REMINDER,
        sender=sender,
        recipient=DESK.address,
        reference=reference.new("DE-02", random),
        created_ms=NOW,
        thread=uuid7(NOW, random),
        task=uuid7(NOW, random),
        signing_key_version=1,
        sealing_key_version=1,
    )
    payload = Payload(reminder=Reminder(text="?"))
    return seal(header, payload, signing_key=NODE.signing, recipient_key=DESK.sealing.public, random=random)


def body(of: Envelope, number: int = 0) -> ReceiptBody:
    header = check.read_header(of)
    return ReceiptBody(
        envelope_id=header.envelope_id,
        sender=header.sender,
        digest=check.digest(of),
        state=STATE_RECEIVED,
        taken_in_ms=NOW + 1,
        log_index=number,
        log_salt=seeded(number)(16),
    )


ENVELOPES = [envelope(number) for number in range(5)]
BODIES = [body(one, number) for number, one in enumerate(ENVELOPES)]
GROUP = receipts.group(BODIES, HUB.signing, 1, NOW + 2)


def refused(receipt: bytes, of: Envelope, public: bytes = HUB.signing.public) -> None:
    with pytest.raises(EnvelopeError, match=r"envelope\.receipt"):
        receipts.check(receipt, of, public)


@pytest.mark.parametrize("size", range(1, 66))
def test_every_receipt_of_a_group_proves_itself(size: int) -> None:
    """One signature covers groups of any size, and each receipt needs nothing but itself (D2)."""
    bodies = [body(ENVELOPES[0], number) for number in range(size)]
    group = receipts.group(bodies, HUB.signing, 3, NOW)
    assert [receipts.check(one, ENVELOPES[0], HUB.signing.public) for one in group] == bodies
    assert len({Receipt.FromString(one).signature for one in group}) == 1
    head = GroupHead.FromString(Receipt.FromString(group[0]).group)
    assert (head.count, head.committed_ms, head.signing_key_version) == (size, NOW, 3)
    assert max(map(len, group)) <= receipts.MAX_RECEIPT


def test_the_same_group_is_the_same_bytes() -> None:
    """A receipt is made of its bodies alone, so a repeated one is identical (D3)."""
    assert receipts.group(BODIES, HUB.signing, 1, NOW + 2) == GROUP
    assert receipts.group([], HUB.signing, 1, NOW) == []


def test_receipt_of_another_envelope_is_refused() -> None:
    """Swapped within the group, or about other bytes under the same id: stays pending (D5)."""
    for mine, its in ((0, 1), (4, 0), (2, 3)):
        refused(GROUP[its], ENVELOPES[mine])
    same_id = envelope(0)
    assert check.digest(same_id) != check.digest(ENVELOPES[0])
    refused(GROUP[0], same_id)


def test_receipt_signed_by_anyone_but_the_hub_is_refused() -> None:
    """A node's or desk's signature is not the hub's (D5)."""
    refused(receipts.group(BODIES, NODE.signing, 1, NOW)[0], ENVELOPES[0])
    refused(GROUP[0], ENVELOPES[0], DESK.signing.public)


def test_body_put_into_another_s_place_is_refused() -> None:
    """Neither a changed body nor one under another's index or path is in the signed group (D5)."""
    first, second = Receipt.FromString(GROUP[0]), Receipt.FromString(GROUP[1])
    forged = ReceiptBody.FromString(first.body)
    forged.log_index += 1
    for changed in (
        Receipt(body=forged.SerializeToString(), index=0, path=first.path),
        Receipt(body=first.body, index=1, path=first.path),
        Receipt(body=first.body, index=0, path=second.path),
        Receipt(body=first.body, index=0, path=first.path[:-1]),
        Receipt(body=first.body, index=0, path=[*first.path, bytes(32)]),
        Receipt(body=first.body, index=2**32 - 1, path=first.path),
    ):
        changed.group, changed.signature = first.group, first.signature
        refused(changed.SerializeToString(), ENVELOPES[0])


def test_receipt_that_names_another_sender_or_id_is_refused() -> None:
    """Even signed by the hub, a receipt must be about this envelope in every word (D5)."""
    for field, value in (("sender", "US-01"), ("envelope_id", bytes(16)), ("digest", bytes(32))):
        other = body(ENVELOPES[0])
        setattr(other, field, value)
        refused(receipts.group([other], HUB.signing, 1, NOW)[0], ENVELOPES[0])


@given(at=st.floats(0, 1, exclude_max=True))
def test_any_flipped_bit_of_a_receipt_is_refused(at: float) -> None:
    """One bit anywhere: not the receipt that the hub signed (D5)."""
    data = bytearray(GROUP[2])
    bit = int(at * len(data) * 8)
    data[bit // 8] ^= 1 << bit % 8
    refused(bytes(data), ENVELOPES[2])


@given(st.binary(max_size=600))
def test_no_bytes_break_the_receipt_reader(data: bytes) -> None:
    """Whatever comes as a receipt, only the declared error comes out (X1)."""
    refused(data, ENVELOPES[0])
    with pytest.raises(EnvelopeError):
        receipts.verify_delivery(data, data[:64], NODE.signing.public)
    with suppress(EnvelopeError):
        receipts.read_delivery(data)


def test_receipt_is_bounded() -> None:
    """An oversized receipt is refused by length alone (P2)."""
    refused(GROUP[0] + bytes(receipts.MAX_RECEIPT), ENVELOPES[0])


def test_delivery_receipt_is_the_seat_s_own_word() -> None:
    """A seat signs what it stored; the hub believes no other signature and no longer list (D7, D10)."""
    one = Delivered(sender="TH-00/dwf", envelope_id=uuid7(NOW, os.urandom), digest=bytes(32))
    said = DeliveryReceipt(seat="DE-02", delivered=[one] * 64, stored_ms=NOW, signing_key_version=1)
    data, signature = receipts.sign_delivery(said, NODE.signing)
    assert receipts.read_delivery(data) == said
    receipts.verify_delivery(data, signature, NODE.signing.public)
    with pytest.raises(EnvelopeError, match="signature"):
        receipts.verify_delivery(data, signature, DESK.signing.public)
    with pytest.raises(EnvelopeError, match="signature"):
        receipts.verify_delivery(data + b"\0", signature, NODE.signing.public)
    said.delivered.append(one)
    with pytest.raises(EnvelopeError, match="receipt"):
        receipts.read_delivery(said.SerializeToString())
    with pytest.raises(EnvelopeError, match="receipt"):
        receipts.read_delivery(bytes(receipts.MAX_DELIVERY_RECEIPT + 1))
