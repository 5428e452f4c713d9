"""What a certificate says of the one who shows it. Rules I1 and I2."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from songtor_proto.errors import PeerError
from songtor_proto.identity.certificates import is_p256, names_in, reading, to_pem
from songtor_proto.identity.spiffe import hub_id, seat_in

MAX_CERTIFICATE = 4096


@lru_cache(maxsize=1024)
def seat_of(pem: bytes, network: str) -> tuple[str, datetime]:
    """The seat that a peer's certificate names, and when the certificate ends (aware, UTC).

    `pem` is the leaf that TLS verified: gRPC's `x509_pem_cert` (`x509_pem_cert_chain` starts above the leaf).
    PeerError("identity") unless it has one URI SAN and no other name; common names are never read (I1).
    """
    with reading("identity"):
        leaf = x509.load_pem_x509_certificate(pem)
        names, not_after = names_in(leaf.extensions), leaf.not_valid_after_utc
    if len(names) != 1 or not isinstance(names[0], x509.UniformResourceIdentifier):
        raise PeerError("identity")
    return seat_in(names[0].value, network), not_after


def check_root(der: bytes, network: str) -> x509.Certificate:
    """A self-signed P-256 authority that may stand above one intermediate; else PeerError("certificate")."""
    hub_id(network)
    with reading("certificate"):
        root = _load(der)
        _issued(root, root)
    return root


def check_chain(
    chain: Sequence[bytes], *, root: bytes, seat: str, network: str, key: ec.EllipticCurvePublicKey
) -> tuple[x509.Certificate, x509.Certificate]:
    """Leaf and intermediate that a hub issued (DER), once they fit root, seat and the seat's own key.

    Raises PeerError("certificate"), or ("identity") where the leaf names anyone else.
    """
    if len(chain) != 2:
        raise PeerError("certificate")
    with reading("certificate"):
        leaf, intermediate = map(_load, chain)
        _issued(intermediate, check_root(root, network))
        _issued(leaf, intermediate)
        if leaf.public_key() != key:
            raise PeerError("certificate", field="key")
    if seat_of(to_pem(leaf), network)[0] != seat:
        raise PeerError("identity")
    return leaf, intermediate


def _load(der: bytes) -> x509.Certificate:
    if len(der) > MAX_CERTIFICATE:
        raise PeerError("certificate")
    certificate = x509.load_der_x509_certificate(der)
    if not is_p256(certificate.public_key()):
        raise PeerError("certificate", field="key")
    return certificate


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> None:
    """That the issuer is an authority, is the one named, and signed this certificate."""
    certificate.verify_directly_issued_by(issuer)
    if not issuer.extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
        raise PeerError("certificate")
