"""Renewing the certificate: one way, on the enrolment port, even after it has ended. Rules I7 to I9."""

from __future__ import annotations

from collections.abc import Sequence

from songtor_node.bootstrap import Node
from songtor_node.keys import Identity, identity, unanswered
from songtor_node.link.certificate import keep_certificate
from songtor_node.link.models import Certificate
from songtor_node.link.place import read_place
from songtor_node.link.port import Enrolment, Network
from songtor_node.link.rotation import take_as_published
from songtor_node.store.engine import reading, writing
from songtor_proto.errors import InputError, PeerError
from songtor_proto.identity.certificates import key_to_bytes, make_csr, make_key
from songtor_proto.identity.renewal import sign_renewal
from songtor_proto.wire.exchange_pb2 import GetRenewalNonceRequest, RenewRequest


def renew_if_due(node: Node, network: Network) -> bool:
    """Whether a new certificate was fetched. LinkError where the hub cannot be reached; PeerError where it
    refuses.

    Where the answer to the publication of new keys was lost, the hub may know those alone: they sign then.
    """
    with reading(node.engine) as session:
        held = session.get(Certificate, 1)
        if held is None:
            raise InputError("not_enrolled")
        if node.clock() < held.renew_at:
            return False
        place, me, waiting = read_place(session), identity(session), unanswered(session)
    key = make_key()
    csr = make_csr(key, place.seat, place.network)
    port = network.enrolment(place)
    try:
        try:
            chain = _ask(port, csr, me)
        except PeerError as error:
            if waiting is None or error.field != "signing_key_version":
                raise
            me, chain = waiting, _ask(port, csr, waiting)
    finally:
        port.close()
    with writing(node.engine) as session:
        keep_certificate(session, place, key_to_bytes(key), chain, node.random)
        if me is waiting:
            take_as_published(session, me.version)
    return True


def _ask(port: Enrolment, csr: bytes, me: Identity) -> Sequence[bytes]:
    nonce = port.get_renewal_nonce(GetRenewalNonceRequest(seat=me.seat)).nonce
    request = RenewRequest(
        seat=me.seat,
        nonce=nonce,
        csr=csr,
        signature=sign_renewal(me.signing, me.seat, nonce, csr),
        signing_key_version=me.version,
    )
    return port.renew(request).chain
