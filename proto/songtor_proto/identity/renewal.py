"""When to renew a certificate, and what a seat signs once mutual TLS lets it in no more. Rules I7 to I9."""

from __future__ import annotations

from datetime import datetime, timedelta

from songtor_proto.envelope.layout import join
from songtor_proto.errors import EnvelopeError, PeerError
from songtor_proto.identity.keys import SigningKey, verify
from songtor_proto.times import Random

PAYLOAD_TYPE = "application/vnd.songtor.renewal.v1"
NONCE_SIZE = 32
GRACE = timedelta(days=30)


def renew_at(not_before: datetime, not_after: datetime, random: Random) -> datetime:
    """At half of the certificate's life, and up to a tenth of it later, so that none crowd (I7)."""
    life = not_after - not_before
    return not_before + life / 2 + life / 10 * (int.from_bytes(random(4), "big") / 2**32)


def in_grace(not_after: datetime, now: datetime) -> bool:
    """Whether a seat whose certificate ended then may still renew by itself: up to 30 days after (I8)."""
    return now <= not_after + GRACE


def sign_renewal(key: SigningKey, seat: str, nonce: bytes, csr: bytes) -> bytes:
    """The seat's signature over its id, the hub's nonce (32 bytes) and the certificate request (DER)."""
    return key.sign(PAYLOAD_TYPE, join(seat.encode(), nonce, csr))


def check_renewal(public: bytes, seat: str, nonce: bytes, csr: bytes, signature: bytes) -> None:
    """Raises PeerError("renewal") where the seat's signing key did not sign exactly this."""
    try:
        verify(public, PAYLOAD_TYPE, join(seat.encode(), nonce, csr), signature)
    except EnvelopeError as error:
        raise PeerError("renewal") from error
