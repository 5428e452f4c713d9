"""Renewing the certificate: one way, on the enrolment port, even after it has ended. Rules I7 to I9."""

from __future__ import annotations

from songtor_node.bootstrap import Node
from songtor_node.keys import identity
from songtor_node.link.certificate import keep_certificate
from songtor_node.link.models import Certificate
from songtor_node.link.place import read_place
from songtor_node.link.port import Network
from songtor_node.store.engine import reading, writing
from songtor_proto.errors import InputError
from songtor_proto.identity.certificates import key_to_bytes, make_csr, make_key
from songtor_proto.identity.renewal import sign_renewal
from songtor_proto.wire.exchange_pb2 import GetRenewalNonceRequest, RenewRequest


def renew_if_due(node: Node, network: Network) -> bool:
    """Whether a new certificate was fetched. LinkError where the hub cannot be reached; PeerError where it
    refuses."""
    with reading(node.engine) as session:
        held = session.get(Certificate, 1)
        if held is None:
            raise InputError("not_enrolled")
        if node.clock() < held.renew_at:
            return False
        place, me = read_place(session), identity(session)
    key = make_key()
    csr = make_csr(key, place.seat, place.network)
    port = network.enrolment(place)
    try:
        nonce = port.get_renewal_nonce(GetRenewalNonceRequest(seat=place.seat)).nonce
        response = port.renew(
            RenewRequest(
                seat=place.seat,
                nonce=nonce,
                csr=csr,
                signature=sign_renewal(me.signing, place.seat, nonce, csr),
                signing_key_version=me.version,
            )
        )
    finally:
        port.close()
    with writing(node.engine) as session:
        keep_certificate(session, place, key_to_bytes(key), response.chain, node.random)
    return True
