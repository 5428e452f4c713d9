"""Envelopes for the vectors, built by hand so that each can break exactly one rule."""

from __future__ import annotations

from typing import Any

from songtor_proto.envelope import uuid7
from songtor_proto.envelope.compose import pad
from songtor_proto.envelope.layout import signed_bytes
from songtor_proto.errors import EnvelopeError
from songtor_proto.identity.keys import seal_to
from songtor_proto.wire import envelope_pb2 as wire
from songtor_proto.wire.payload_pb2 import Payload
from tests.support.keys import seeded
from tests.vectors.cast import DAY_MS, DESK, NODE, NOW_MS, sealing_key, signing_key
from tests.vectors.kept import Kept

TASK = uuid7(NOW_MS, seeded("task"))
REFERENCE = "DE02-7K3M-Q9XM"


def referral(**changed: Any) -> wire.Header:
    """The header of a first referral from a node to a desk, without terms and commitment."""
    fields: dict[str, Any] = {
        "version": 1,
        "suite": wire.SUITE_MLKEM768_X25519_HKDF_SHA256_AES_256_GCM_ED25519,
        "envelope_id": TASK,
        "kind": wire.KIND_REFERRAL,
        "sender": NODE,
        "recipient": DESK,
        "reference": REFERENCE,
        "urgency": wire.URGENCY_YELLOW,
        "created_ms": NOW_MS,
        "expires_ms": NOW_MS + 90 * DAY_MS,
        "thread": TASK,
        "task": TASK,
        "task_version": 1,
        "commitment": bytes(32),
        "signing_key_version": 1,
        "sealing_key_version": 1,
    }
    return wire.Header(**fields | changed)


def message(kind: int, **changed: Any) -> wire.Header:
    """The header of any other message about that referral, from the desk to the node."""
    fields: dict[str, Any] = {
        "envelope_id": uuid7(NOW_MS + kind, seeded(f"message {kind}")),
        "kind": kind,
        "sender": DESK,
        "recipient": NODE,
        "expires_ms": 0,
        "task_version": 0,
    }
    return referral(**fields | changed)


def encode(header: wire.Header) -> bytes:
    return header.SerializeToString(deterministic=True)


def commit(header: wire.Header, payload: Payload | bytes, what: str) -> tuple[bytes, bytes]:
    """The header with its commitment, and the sealed part's plaintext; the key follows from `what`."""
    content = payload if isinstance(payload, bytes) else payload.SerializeToString(deterministic=True)
    plaintext, commitment = pad(content, seeded(what)(32))
    committed = wire.Header.FromString(encode(header))
    committed.commitment = commitment
    return encode(committed), plaintext


def seal(
    kept: Kept, what: str, header: bytes, plaintext: bytes, *, to: tuple[str, int] | None = None
) -> bytes:
    """The sealed part, kept by that name; `to`: whose key, if not the recipient's of the header's version."""
    named = wire.Header.FromString(header)
    key = sealing_key(*(to or (named.recipient, named.sealing_key_version)))

    def opens(sealed: bytes) -> bool:
        try:
            return key.open(sealed, header) == plaintext
        except EnvelopeError:
            return False

    return kept.get(f"sealed: {what}", lambda: seal_to(key.public, plaintext, header), opens)


def sign(header: bytes, sealed: bytes, by: tuple[str, int] | None = None) -> wire.Envelope:
    """`by`: whose key, if not the sender's of the header's version."""
    named = wire.Header.FromString(header)
    key = signing_key(*(by or (named.sender, named.signing_key_version)))
    return wire.Envelope(header=header, sealed=sealed, signature=key.sign_raw(signed_bytes(header, sealed)))


def make(kept: Kept, what: str, header: wire.Header, payload: Payload | bytes) -> wire.Envelope:
    clear, plaintext = commit(header, payload, what)
    return sign(clear, seal(kept, what, clear, plaintext))
