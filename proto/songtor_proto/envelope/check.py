"""What an envelope must be before anyone acts on it. Rules E1 to E12, R1, P3 and P6.

The exact bytes received are checked, then parsed; nothing is serialised again. No value goes into an error.
"""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from functools import lru_cache

from google.protobuf.message import DecodeError

from songtor_proto import reference
from songtor_proto.address import Address
from songtor_proto.envelope import layout
from songtor_proto.errors import EnvelopeError, InputError
from songtor_proto.identity.keys import verify_raw
from songtor_proto.times import to_ms
from songtor_proto.wire.envelope_pb2 import (
    KIND_RECALL_RECEIPT,
    KIND_REFERRAL,
    KIND_STATUS,
    KIND_UNSPECIFIED,
    RECALL_RESULT_UNSPECIFIED,
    STATE_UNSPECIFIED,
    SUITE_MLKEM768_X25519_HKDF_SHA256_AES_256_GCM_ED25519,
    URGENCY_UNSPECIFIED,
    Envelope,
    Header,
)

CLOCK_SKEW_MS = 10 * 60 * 1000
MAX_RECALLS = 64

# So short that 64 copies fit into one header, as the hub lists them.
_CODE = re.compile(r"[a-z][a-z0-9_]{0,23}")


def read_header(envelope: Envelope) -> Header:
    """The header, once sizes and every field keep the rules; who signed and when is for `verify` and `dates`.

    Unknown codes of kind, urgency and state, and unknown fields, are a newer side's and are kept (E11).
    Raises EnvelopeError: `too_large`, `signature`, `version`, `suite`, or `header` with the field at fault.
    """
    if len(envelope.header) > layout.MAX_HEADER:
        raise EnvelopeError("too_large", field="header")
    if len(envelope.sealed) > max(layout.SEALED_SIZES):
        raise EnvelopeError("too_large", field="sealed")
    if len(envelope.signature) != layout.SIGNATURE_SIZE:
        raise EnvelopeError("signature")
    try:
        header = Header.FromString(envelope.header)
    except DecodeError as error:
        raise EnvelopeError("header") from error
    if header.version != layout.VERSION:
        raise EnvelopeError("version")
    if header.suite != SUITE_MLKEM768_X25519_HKDF_SHA256_AES_256_GCM_ED25519:
        raise EnvelopeError("suite")
    _common(header)
    _sealed_part(header, len(envelope.sealed))
    if header.kind == KIND_REFERRAL:
        _referral(header)
    else:
        _need(header.task != header.envelope_id, "task")
        _need(header.task_version == 0, "task_version")
        _need(header.kind != KIND_STATUS or header.state != STATE_UNSPECIFIED, "state")
    return header


def verify(envelope: Envelope, signing_public: bytes) -> None:
    """The sender's signature (E8), by libsodium; raises EnvelopeError("signature")."""
    verify_raw(signing_public, layout.signed_bytes(envelope.header, envelope.sealed), envelope.signature)


def digest(envelope: Envelope) -> bytes:
    """SHA-256 over the signed bytes and the signature: what a receipt speaks of (E9)."""
    return hashlib.sha256(layout.signed_bytes(envelope.header, envelope.sealed) + envelope.signature).digest()


def dates(header: Header, now: datetime) -> None:
    """Refuses what was made more than ten minutes in the future, or has expired (P6).

    Raises EnvelopeError: `created` (a clock is wrong), `expired`.
    """
    made(header, now)
    if header.expires_ms and header.expires_ms <= to_ms(now):
        raise EnvelopeError("expired", field="expires_ms")


def maker(header: Header) -> None:
    """Refuses a referral under another seat's reference (R1): EnvelopeError("header", field="reference")."""
    if header.kind == KIND_REFERRAL:
        _need(header.reference[:4] == Address.parse(header.sender).seat.replace("-", ""), "reference")


def made(header: Header, now: datetime) -> None:
    """The first half of `dates`, for a reader that has something to say of what has expired."""
    if header.created_ms > to_ms(now) + CLOCK_SKEW_MS:
        raise EnvelopeError("created", field="created_ms")


def _need(kept: bool, field: str) -> None:
    if not kept:
        raise EnvelopeError("header", field=field)


def _common(header: Header) -> None:
    for field in ("envelope_id", "thread", "task"):
        _need(layout.is_uuid7(getattr(header, field)), field)
    _need(header.kind != KIND_UNSPECIFIED, "kind")
    for field in ("sender", "recipient"):
        _need(_address(getattr(header, field)) is not None, field)
    _need(header.sender != header.recipient, "recipient")
    _reference(header.reference)
    _need(0 < header.created_ms <= layout.MAX_MS, "created_ms")
    _need(header.expires_ms == 0 or header.created_ms < header.expires_ms <= layout.MAX_MS, "expires_ms")
    _need(not header.part_of or layout.is_uuid7(header.part_of), "part_of")
    _need(header.part_of != header.task, "part_of")
    _need(header.signing_key_version > 0, "signing_key_version")
    _need(header.kind == KIND_RECALL_RECEIPT or not header.recalls, "recalls")
    _need(len(header.recalls) <= MAX_RECALLS, "recalls")
    for recall in header.recalls:
        _need(layout.is_uuid7(recall.envelope_id), "recalls.envelope_id")
        # They are passed on to others: codes, and never words.
        _need(_CODE.fullmatch(recall.place) is not None, "recalls.place")
        _need(not recall.reason or _CODE.fullmatch(recall.reason) is not None, "recalls.reason")
        _need(recall.result != RECALL_RESULT_UNSPECIFIED, "recalls.result")


def _sealed_part(header: Header, size: int) -> None:
    """Only a recall receipt has none; all others have one of five sizes and a commitment (E5, E6, E10)."""
    if header.kind == KIND_RECALL_RECEIPT:
        _need(size == 0, "sealed")
        _need(not header.commitment, "commitment")
        _need(header.sealing_key_version == 0, "sealing_key_version")
    else:
        _need(size in layout.SEALED_SIZES, "sealed")
        _need(len(header.commitment) == layout.COMMITMENT_SIZE, "commitment")
        _need(header.sealing_key_version > 0, "sealing_key_version")


def _referral(header: Header) -> None:
    """A referral is a task: it opens a thread or is a new version in one, has an urgency, and expires."""
    _need(header.task == header.envelope_id, "task")
    _need(header.task_version > 0, "task_version")
    _need((header.thread == header.envelope_id) == (header.task_version == 1), "thread")
    _need(header.urgency != URGENCY_UNSPECIFIED, "urgency")
    _need(header.expires_ms > 0, "expires_ms")
    ends = _address(header.sender), _address(header.recipient)
    between_nodes = all(end is not None and end.is_node for end in ends)
    _need(not (between_nodes and header.HasField("terms")), "terms")


@lru_cache(maxsize=1024)
def _address(text: str) -> Address | None:
    try:
        return Address.parse(text)
    except InputError:
        return None


def _reference(text: str) -> None:
    try:
        canonical = reference.normalise(text) == text
    except InputError as error:
        raise EnvelopeError("header", field="reference") from error
    _need(canonical, "reference")
