"""Composing an envelope: pad, commit, seal, sign. Rules E5, E7, E8 and E10."""

from __future__ import annotations

import hmac

from songtor_proto.envelope import check
from songtor_proto.envelope.layout import COMMITMENT_SIZE, PREFIX, VERSION, padded_size, signed_bytes
from songtor_proto.errors import EnvelopeError
from songtor_proto.identity.keys import SigningKey, seal_to
from songtor_proto.times import Random
from songtor_proto.wire.envelope_pb2 import SUITE_MLKEM768_X25519_HKDF_SHA256_AES_256_GCM_ED25519 as SUITE
from songtor_proto.wire.envelope_pb2 import Envelope, Header
from songtor_proto.wire.payload_pb2 import Payload


def seal(
    header: Header,
    payload: Payload | None,
    *,
    signing_key: SigningKey,
    recipient_key: bytes,
    random: Random,
) -> Envelope:
    """The signed envelope; version, suite and commitment are filled in here, on a copy of the header.

    `recipient_key` is a public sealing key, 1,216 bytes (not used where there is no payload). Commitment keys
    come from `random`; HPKE draws its own randomness, so no two seals are alike and vectors only open.
    Raises EnvelopeError: `too_large`, or `header` with its field where the header breaks a rule.
    """
    header = Header.FromString(header.SerializeToString())
    header.version, header.suite, header.commitment = VERSION, SUITE, b""
    plaintext = b""
    if payload is not None:
        content = payload.SerializeToString(deterministic=True)
        plaintext, header.commitment = pad(content, random(COMMITMENT_SIZE))
    clear = header.SerializeToString(deterministic=True)
    sealed = seal_to(recipient_key, plaintext, clear) if plaintext else b""
    signature = signing_key.sign_raw(signed_bytes(clear, sealed))
    envelope = Envelope(header=clear, sealed=sealed, signature=signature)
    check.read_header(envelope)
    return envelope


def pad(payload: bytes, key: bytes) -> tuple[bytes, bytes]:
    """Plaintext of the sealed part, and the payload's commitment under `key` (32 bytes)."""
    size = padded_size(len(payload))
    if size is None:
        raise EnvelopeError("too_large", field="payload")
    plaintext = (PREFIX.pack(len(payload), key) + payload).ljust(size, b"\0")
    return plaintext, hmac.digest(key, payload, "sha256")
