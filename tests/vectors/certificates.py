"""Certificates: whom a leaf names, and the chain above it. Rules I1, I2 and I7."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key
from cryptography.x509.oid import NameOID

from songtor_proto.identity.certificates import issue_leaf, make_csr, make_key, to_der, to_pem
from songtor_proto.identity.peer import check_chain, seat_of
from songtor_proto.identity.spiffe import hub_id, node_id
from songtor_proto.times import to_ms
from tests.support.keys import Network
from tests.vectors.cast import NETWORK, NODE, NOW, OTHER_NODE
from tests.vectors.kept import Kept
from tests.vectors.vector import Given, Result, Vector, refused

ABOUT = """
leaf: a client's certificate, DER, as TLS verified it; seat and not_after_ms: whom it names, until when.
chain: what an EnrolResponse or RenewResponse brings (leaf, intermediate), read against the network's root
and the reader's own key, whose SubjectPublicKeyInfo is key.
"""

END = NOW + timedelta(days=7)


def network(kept: Kept) -> dict[str, str]:
    """Certificates of a network, hexadecimal: root, intermediate, leaf, and other_leaf of another seat."""
    made: dict[str, str] = json.loads(kept.get("network", _network, _is_whole))
    return made


def vectors(kept: Kept) -> Iterator[Vector]:
    for what, names, seat, field in _LEAVES:
        leaf = kept.get(f"leaf: {what}", partial(_self_signed, *names), _is_certificate)
        given = {"network": NETWORK, "leaf": leaf.hex()}
        if seat:
            yield Vector("I1", what, given, result={"seat": seat, "not_after_ms": to_ms(END)})
        else:
            yield refused("I1", what, given, "peer.identity", field)
    yield refused("I1", "no certificate", {"network": NETWORK, "leaf": "3000"}, "peer.identity")
    yield from _chains(network(kept))


def judge(given: Given) -> Result:
    if "chain" in given:
        key = load_der_public_key(bytes.fromhex(given["key"]))
        assert isinstance(key, ec.EllipticCurvePublicKey)
        chain, root = map(bytes.fromhex, given["chain"]), bytes.fromhex(given["root"])
        leaf, _ = check_chain(list(chain), root=root, seat=given["seat"], network=given["network"], key=key)
        return {"not_after_ms": to_ms(leaf.not_valid_after_utc)}
    der = bytes.fromhex(given["leaf"])
    pem = b"-----BEGIN CERTIFICATE-----\n" if not _is_certificate(der) else _pem(der)
    seat, not_after = seat_of(pem, given["network"])
    return {"seat": seat, "not_after_ms": to_ms(not_after)}


def _uri(text: str) -> x509.GeneralName:
    return x509.UniformResourceIdentifier(text)


_OWN, _OTHER = _uri(node_id(NETWORK, NODE)), _uri(node_id(NETWORK, OTHER_NODE))
_LEAVES: list[tuple[str, list[x509.GeneralName], str, str]] = [
    ("one seat", [_OWN], NODE, ""),
    ("no name but the common name", [], "", ""),
    ("two seats", [_OWN, _OTHER], "", ""),
    ("a host name beside the seat", [_OWN, x509.DNSName("de-02.example")], "", ""),
    ("a host name alone", [x509.DNSName("DE-02")], "", ""),
    ("another network's", [_uri("spiffe://songtor.other/node/DE-02")], "", "seat"),
    ("the hub's", [_uri(hub_id(NETWORK))], "", "seat"),
    ("a desk", [_uri(f"spiffe://{NETWORK}/node/TH-00/dwf")], "", "seat"),
    ("no seat", [_uri(f"spiffe://{NETWORK}/node/Berlin")], "", "seat"),
]


def _chains(made: dict[str, str]) -> Iterator[Vector]:
    leaf = x509.load_der_x509_certificate(bytes.fromhex(made["leaf"]))
    key = leaf.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    chain = [made["leaf"], made["intermediate"]]
    given: Given = {"network": NETWORK, "seat": NODE, "root": made["root"], "chain": chain, "key": key.hex()}
    yield Vector("I7", "a chain", given, result={"not_after_ms": to_ms(END)})
    other = x509.load_der_x509_certificate(bytes.fromhex(made["other_leaf"]))
    other_key = other.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo).hex()
    faults: list[tuple[str, Given, str, str]] = [
        ("the leaf alone", {"chain": chain[:1]}, "peer.certificate", ""),
        ("the wrong way round", {"chain": chain[::-1]}, "peer.certificate", ""),
        ("the root below it", {"chain": [*chain, made["root"]]}, "peer.certificate", ""),
        ("under another root", {"root": made["other_root"]}, "peer.certificate", ""),
        ("under a root that is no authority", {"root": made["leaf"]}, "peer.certificate", ""),
        ("for another key", {"key": other_key}, "peer.certificate", "key"),
        ("another seat's", {"chain": [made["other_leaf"], chain[1]], "key": other_key}, "peer.identity", ""),
    ]
    for what, changed, code, field in faults:
        yield refused("I7", what, given | changed, code, field)


def _network() -> bytes:
    def leaf(seat: str) -> bytes:
        csr = make_csr(make_key(), seat, NETWORK)
        return to_der(issue_leaf(made.intermediate, csr, seat, NETWORK, NOW, made.random))

    made, other = Network(), Network(seed="other")
    certificates = {
        "root": to_der(made.root.certificate),
        "intermediate": to_der(made.intermediate.certificate),
        "leaf": leaf(NODE),
        "other_leaf": leaf(OTHER_NODE),
        "other_root": to_der(other.root.certificate),
    }
    return json.dumps({name: der.hex() for name, der in certificates.items()}).encode()


def _is_whole(data: bytes) -> bool:
    return all(_is_certificate(bytes.fromhex(der)) for der in json.loads(data).values())


def _self_signed(*names: x509.GeneralName) -> bytes:
    """With these names, and a common name that looks like an id."""
    key = make_key()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, node_id(NETWORK, NODE))])
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, NOW, END)
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return to_der(builder.sign(key, SHA256()))


def _pem(der: bytes) -> bytes:
    return to_pem(x509.load_der_x509_certificate(der))


def _is_certificate(der: bytes) -> bool:
    try:
        x509.load_der_x509_certificate(der)
    except ValueError:
        return False
    return True
