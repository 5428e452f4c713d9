"""Opening the sealed part, which only the recipient can. Rules E5, E7 and E10."""

from __future__ import annotations

import hmac

from google.protobuf.message import DecodeError

from songtor_proto.envelope.layout import PREFIX, padded_size
from songtor_proto.errors import EnvelopeError
from songtor_proto.identity.keys import SealingKey
from songtor_proto.wire.envelope_pb2 import Envelope, Header, Kind
from songtor_proto.wire.payload_pb2 import Payload


def open_payload(envelope: Envelope, header: Header, sealing_key: SealingKey) -> Payload:
    """What the envelope says. `header` is what `check.read_header` gave for this very envelope.

    Raises EnvelopeError: `sealed` (not for this key, or header or sealed part changed), `padding`,
    `commitment`, `payload` (unreadable, or not of the header's kind).
    """
    plaintext = sealing_key.open(envelope.sealed, envelope.header)
    if len(plaintext) < PREFIX.size:
        raise EnvelopeError("padding")
    size, key = PREFIX.unpack_from(plaintext)
    end = PREFIX.size + size
    if padded_size(size) != len(plaintext) or any(plaintext[end:]):
        raise EnvelopeError("padding")
    content = plaintext[PREFIX.size : end]
    if not hmac.compare_digest(hmac.digest(key, content, "sha256"), header.commitment):
        raise EnvelopeError("commitment")
    try:
        payload = Payload.FromString(content)
    except DecodeError as error:
        raise EnvelopeError("payload") from error
    # A kind that only a newer side knows is kept whatever it holds (rule E11).
    if header.kind in Kind.values() and payload.WhichOneof("body") != Kind.Name(header.kind)[5:].lower():
        raise EnvelopeError("payload", field="body")
    return payload
