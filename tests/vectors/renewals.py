"""Asking for a certificate, the first time and again: rules I5, I8 and I9."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from songtor_proto.errors import PeerError
from songtor_proto.identity.certificates import check_csr, key_hash, make_csr, make_key
from songtor_proto.identity.renewal import check_renewal, sign_renewal
from songtor_proto.identity.spiffe import node_id
from tests.support.keys import seeded
from tests.vectors.cast import NETWORK, NODE, OTHER_NODE, signing_key
from tests.vectors.kept import Kept
from tests.vectors.vector import Given, Result, Vector, refused

ABOUT = """
csr: a certificate request, PKCS#10, DER; key_hash: SHA-256 of its SubjectPublicKeyInfo. renewal: seat,
nonce and csr, and the seat's signature over them; key: the seat's signing key in force.
"""

Builder = x509.CertificateSigningRequestBuilder


def request(kept: Kept) -> bytes:
    return kept.get("request", lambda: make_csr(make_key(), NODE, NETWORK), _is_for(NODE))


def renewal(kept: Kept) -> Given:
    """What a node asks with, as the hub checks it."""
    csr, nonce, key = request(kept), seeded("nonce")(32), signing_key(NODE)
    return {
        "seat": NODE,
        "nonce": nonce.hex(),
        "csr": csr.hex(),
        "signature": sign_renewal(key, NODE, nonce, csr).hex(),
        "key": key.public.hex(),
    }


def vectors(kept: Kept) -> Iterator[Vector]:
    good = request(kept)
    yield Vector(
        "I5", "the seat's own id and nothing else", _given(good), result={"key_hash": key_hash(good).hex()}
    )
    yield refused("I5", "for another seat", _given(good) | {"seat": OTHER_NODE}, "peer.csr")
    yield refused("I5", "for another network", _given(good) | {"network": "songtor.other"}, "peer.csr")
    yield refused("I5", "no request", {**_given(good), "csr": "3000"}, "peer.csr")
    spoilt = good[:-1] + bytes([good[-1] ^ 1])
    yield refused("I5", "a spoilt self-signature", _given(spoilt), "peer.csr")
    for what, build, field in _FAULTY:
        csr = kept.get(f"request: {what}", build, _is_refused)
        yield refused("I5", what, _given(csr), "peer.csr", field)

    asked = renewal(kept)
    yield Vector("I9", "a renewal", {"renewal": asked}, result={})
    for what, changed in [
        ("of another seat", {"seat": OTHER_NODE}),
        ("under another nonce", {"nonce": seeded("other")(32).hex()}),
        ("of another request", {"csr": spoilt.hex()}),
        ("signed by another seat", {"key": signing_key(OTHER_NODE).public.hex()}),
    ]:
        yield refused("I9", what, {"renewal": asked | changed}, "peer.renewal")


def judge(given: Given) -> Result:
    if "renewal" in given:
        told = given["renewal"]
        nonce, csr, signature = (bytes.fromhex(told[name]) for name in ("nonce", "csr", "signature"))
        check_renewal(bytes.fromhex(told["key"]), told["seat"], nonce, csr, signature)
        return {}
    csr = bytes.fromhex(given["csr"])
    check_csr(csr, given["seat"], given["network"])
    return {"key_hash": key_hash(csr).hex()}


def _named(*names: x509.GeneralName) -> Builder:
    """A request without a subject, for these names."""
    return Builder(x509.Name([])).add_extension(x509.SubjectAlternativeName(names), critical=True)


_OWN = x509.UniformResourceIdentifier(node_id(NETWORK, NODE))
_OTHER = x509.UniformResourceIdentifier(node_id(NETWORK, OTHER_NODE))
_COMMON_NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, node_id(NETWORK, NODE))])
_USAGE = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])


def _signed(builder: Builder, key: ec.EllipticCurvePrivateKey | None = None) -> bytes:
    return builder.sign(key or make_key(), SHA256()).public_bytes(Encoding.DER)


def _ed25519() -> bytes:
    return _named(_OWN).sign(ed25519.Ed25519PrivateKey.generate(), None).public_bytes(Encoding.DER)


_FAULTY: list[tuple[str, Callable[[], bytes], str]] = [
    ("no name", lambda: _signed(Builder(x509.Name([]))), ""),
    ("a name only as common name", lambda: _signed(Builder(_COMMON_NAME)), ""),
    ("two seats", lambda: _signed(_named(_OWN, _OTHER)), ""),
    ("a host name beside the seat", lambda: _signed(_named(_OWN, x509.DNSName("hub.example"))), ""),
    ("a use that it asks for", lambda: _signed(_named(_OWN).add_extension(_USAGE, critical=False)), ""),
    ("another curve", lambda: _signed(_named(_OWN), ec.generate_private_key(ec.SECP384R1())), "key"),
    ("an Ed25519 key", _ed25519, "key"),
]


def _is_for(seat: str) -> Callable[[bytes], bool]:
    def fits(csr: bytes) -> bool:
        try:
            check_csr(csr, seat, NETWORK)
        except PeerError:
            return False
        return True

    return fits


def _is_refused(csr: bytes) -> bool:
    return not _is_for(NODE)(csr)


def _given(csr: bytes) -> Given:
    return {"network": NETWORK, "seat": NODE, "csr": csr.hex()}
