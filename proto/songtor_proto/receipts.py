"""Signed receipts: the hub's for what it durably took in, a seat's for what it durably stored. D2 to D5, D7.

The hub signs once a group: the receipts of a group are the leaves of a small RFC 9162 tree, and each
carries its path to the signed root.
"""

from __future__ import annotations

from collections.abc import Sequence

from google.protobuf.message import DecodeError

from songtor_proto.address import Address
from songtor_proto.envelope.check import digest
from songtor_proto.envelope.layout import is_uuid7
from songtor_proto.errors import EnvelopeError, InputError, PeerError
from songtor_proto.identity.keys import SigningKey, verify
from songtor_proto.translog.proof import check_inclusion, inclusion_of_all
from songtor_proto.translog.tree import HASH_SIZE, leaf_hash
from songtor_proto.wire.envelope_pb2 import Envelope, Header
from songtor_proto.wire.receipt_pb2 import Delivered, DeliveryReceipt, GroupHead, Receipt, ReceiptBody

GROUP_TYPE = "application/vnd.songtor.receipt-group.v1"
DELIVERY_TYPE = "application/vnd.songtor.delivery-receipt.v1"
MAX_RECEIPT = 4096
# Sixty-four deliveries at most, each of two addresses' length, an id and a digest.
MAX_DELIVERY_RECEIPT = 16_384
MAX_DELIVERED = 64


def group(bodies: Sequence[ReceiptBody], key: SigningKey, version: int, now_ms: int) -> list[bytes]:
    """One serialised Receipt for each body, in order, under one signature; `version` is the hub key's."""
    if not bodies:
        return []
    leaves = [body.SerializeToString(deterministic=True) for body in bodies]
    hashes = [leaf_hash(leaf) for leaf in leaves]
    root, paths = inclusion_of_all(hashes)
    head = GroupHead(
        root=root,
        count=len(leaves),
        committed_ms=now_ms,
        signing_key_version=version,
    ).SerializeToString(deterministic=True)
    signature = key.sign(GROUP_TYPE, head)
    return [
        Receipt(
            body=leaf,
            index=index,
            path=paths[index],
            group=head,
            signature=signature,
        ).SerializeToString(deterministic=True)
        for index, leaf in enumerate(leaves)
    ]


def check(receipt: bytes, envelope: Envelope, hub_public: bytes) -> ReceiptBody:
    """What the hub says of this very envelope, which is one's own and was checked when it was made.

    Raises EnvelopeError("receipt"): malformed, not signed by that key, not in the group, or of another
    envelope (D5).
    """
    if len(receipt) > MAX_RECEIPT:
        raise EnvelopeError("receipt")
    try:
        parts = Receipt.FromString(receipt)
        verify(hub_public, GROUP_TYPE, parts.group, parts.signature)
        head = GroupHead.FromString(parts.group)
        check_inclusion(leaf_hash(parts.body), parts.index, head.count, parts.path, head.root)
        body = ReceiptBody.FromString(parts.body)
        header = Header.FromString(envelope.header)
    except (DecodeError, EnvelopeError, PeerError) as error:
        raise EnvelopeError("receipt") from error
    said = (body.envelope_id, body.sender, body.digest)
    if said != (header.envelope_id, header.sender, digest(envelope)):
        raise EnvelopeError("receipt")
    return body


def sign_delivery(receipt: DeliveryReceipt, key: SigningKey) -> tuple[bytes, bytes]:
    """The serialised receipt and the seat's signature over it."""
    data = receipt.SerializeToString(deterministic=True)
    return data, key.sign(DELIVERY_TYPE, data)


def read_delivery(data: bytes) -> DeliveryReceipt:
    """What a seat says it has stored, within the limits; not believed before `verify_delivery`.

    Raises EnvelopeError("receipt").
    """
    if len(data) > MAX_DELIVERY_RECEIPT:
        raise EnvelopeError("receipt")
    try:
        receipt = DeliveryReceipt.FromString(data)
    except DecodeError as error:
        raise EnvelopeError("receipt") from error
    if len(receipt.delivered) > MAX_DELIVERED or not all(map(_is_delivered, receipt.delivered)):
        raise EnvelopeError("receipt", field="delivered")
    return receipt


def _is_delivered(one: Delivered) -> bool:
    try:
        Address.parse(one.sender)
    except InputError:
        return False
    return is_uuid7(one.envelope_id) and len(one.digest) == HASH_SIZE


def verify_delivery(data: bytes, signature: bytes, seat_public: bytes) -> None:
    """Raises EnvelopeError("signature") where the key of the version it names did not sign it."""
    verify(seat_public, DELIVERY_TYPE, data, signature)
