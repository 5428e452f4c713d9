"""Keeping what the hub issued, once it fits."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import Session

from songtor_node.link.models import Certificate
from songtor_node.link.place import Place
from songtor_proto.identity.certificates import key_from_bytes, key_to_pem, to_pem
from songtor_proto.identity.peer import check_chain
from songtor_proto.identity.renewal import renew_at
from songtor_proto.times import Random


def keep_certificate(
    session: Session, place: Place, key: bytes, chain: Sequence[bytes], random: Random
) -> Certificate:
    """Keeps what the hub issued (DER, leaf first) once it fits root, seat and our key (PKCS#8, DER).

    PeerError: `certificate`, `identity`.
    """
    private = key_from_bytes(key)
    leaf, intermediate = check_chain(
        chain, root=place.root, seat=place.seat, network=place.network, key=private.public_key()
    )
    return session.merge(
        Certificate(
            key=key_to_pem(private),
            chain=to_pem(leaf, intermediate),
            not_after=leaf.not_valid_after_utc,
            renew_at=renew_at(leaf.not_valid_before_utc, leaf.not_valid_after_utc, random),
        )
    )
