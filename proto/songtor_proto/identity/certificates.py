"""X.509 for mutual TLS: offline root, online intermediate, one-week leaves that name a seat. I1, I2, I5, I7.

Who somebody is lies in exactly one URI SAN; a leaf has no common name and none is ever read. ECDSA P-256
throughout (gRPC's TLS takes no Ed25519 certificate). Private keys and signatures use the library's own
randomness.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import TypeGuard

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from songtor_proto.errors import PeerError, StoreError
from songtor_proto.identity.spiffe import hub_id, node_id
from songtor_proto.times import Random

ROOT_LIFE = timedelta(days=20 * 365)
INTERMEDIATE_LIFE = timedelta(days=2 * 365)
LEAF_LIFE = timedelta(days=7)
# Clocks of small offices are not exact: a certificate counts from a little before it was made.
BACKDATED = timedelta(minutes=10)
MAX_CSR = 4096

PrivateKey = ec.EllipticCurvePrivateKey

# What the library raises on bytes that are no certificate, often only when a part of it is read.
_MALFORMED = (
    ValueError,
    TypeError,
    InvalidSignature,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.ExtensionNotFound,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)


@dataclass(frozen=True, slots=True)
class Issuer:
    """A certificate that issues others, with its key."""

    certificate: x509.Certificate
    key: PrivateKey


@contextmanager
def reading(code: str) -> Iterator[None]:
    """Bytes from a stranger are read in here: what the library stumbles over is PeerError(code)."""
    try:
        yield
    except _MALFORMED as error:
        raise PeerError(code) from error


def make_key() -> PrivateKey:
    """A TLS key, P-256; made anew for every certificate."""
    return ec.generate_private_key(ec.SECP256R1())


def key_to_bytes(key: PrivateKey) -> bytes:
    """PKCS#8, DER, not encrypted: for a keyring."""
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def key_from_bytes(data: bytes) -> PrivateKey:
    """Raises StoreError("keyring") where the stored bytes are not a P-256 key."""
    try:
        key = load_der_private_key(data, None)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise StoreError("keyring") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise StoreError("keyring")
    return key


def key_to_pem(key: PrivateKey) -> bytes:
    """As gRPC wants it; for memory only."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def to_der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


def to_pem(*chain: x509.Certificate) -> bytes:
    """As gRPC wants a chain: leaf first."""
    return b"".join(certificate.public_bytes(Encoding.PEM) for certificate in chain)


def make_root(network: str, now: datetime, random: Random) -> Issuer:
    """Self-signed, 20 years, one intermediate below it. Its key belongs offline."""
    key = make_key()
    name = _name(f"{network} root")
    builder = _builder(name, name, key.public_key(), now, ROOT_LIFE, random)
    return Issuer(_authority(builder, 1).sign(key, SHA256()), key)


def make_intermediate(root: Issuer, network: str, now: datetime, random: Random) -> Issuer:
    """Issues leaves for two years, and only with URIs of this network."""
    key = make_key()
    subject = _name(f"{network} intermediate")
    builder = _builder(subject, root.certificate.subject, key.public_key(), now, INTERMEDIATE_LIFE, random)
    only_here = x509.NameConstraints([x509.UniformResourceIdentifier(network)], None)
    builder = _authority(builder, 0).add_extension(only_here, critical=True)
    builder = builder.add_extension(_below(root.certificate), critical=False)
    return Issuer(builder.sign(root.key, SHA256()), key)


def make_server_leaf(
    issuer: Issuer, network: str, hosts: Sequence[str], now: datetime, random: Random
) -> tuple[x509.Certificate, PrivateKey]:
    """The hub's server certificate for the host names and IP addresses that it is reached at, and its key."""
    key = make_key()
    names = [x509.UniformResourceIdentifier(hub_id(network)), *map(_host, hosts)]
    return _leaf(issuer, key.public_key(), names, ExtendedKeyUsageOID.SERVER_AUTH, now, random), key


def issue_leaf(
    issuer: Issuer, csr_der: bytes, seat: str, network: str, now: datetime, random: Random
) -> x509.Certificate:
    """A seat's client certificate for the key in its request; raises as `check_csr` does."""
    public_key = check_csr(csr_der, seat, network)
    names = [x509.UniformResourceIdentifier(node_id(network, seat))]
    return _leaf(issuer, public_key, names, ExtendedKeyUsageOID.CLIENT_AUTH, now, random)


def make_csr(key: PrivateKey, seat: str, network: str) -> bytes:
    """PKCS#10, DER: no subject, and one extension, the seat's id."""
    names = x509.SubjectAlternativeName([x509.UniformResourceIdentifier(node_id(network, seat))])
    builder = x509.CertificateSigningRequestBuilder(x509.Name([])).add_extension(names, critical=True)
    return builder.sign(key, SHA256()).public_bytes(Encoding.DER)


def check_csr(csr_der: bytes, seat: str, network: str) -> ec.EllipticCurvePublicKey:
    """The P-256 key of a request that asks for the seat's own id and for nothing else (I5).

    Raises PeerError("csr"): malformed, self-signature wrong, another kind of key, or any name, extension or
    attribute besides that one URI.
    """
    if len(csr_der) > MAX_CSR:
        raise PeerError("csr")
    with reading("csr"):
        csr = x509.load_der_x509_csr(csr_der)
        key = csr.public_key()
        extensions, names = list(csr.extensions), names_in(csr.extensions)
        plain = csr.is_signature_valid and not list(csr.subject) and len(list(csr.attributes)) == 1
    wanted = [x509.UniformResourceIdentifier(node_id(network, seat))]
    if not plain or len(extensions) != 1 or names != wanted:
        raise PeerError("csr")
    if not is_p256(key):
        raise PeerError("csr", field="key")
    return key


def key_hash(csr_der: bytes) -> bytes:
    """SHA-256 of a checked request's public key (SubjectPublicKeyInfo, DER): one key, one value (I6)."""
    key = x509.load_der_x509_csr(csr_der).public_key()
    return hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).digest()


def names_in(extensions: x509.Extensions) -> list[x509.GeneralName]:
    """Every subject alternative name; none where there is no such extension."""
    found = [one.value for one in extensions if isinstance(one.value, x509.SubjectAlternativeName)]
    return [name for one in found for name in one]


def is_p256(key: object) -> TypeGuard[ec.EllipticCurvePublicKey]:
    return isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _host(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(text))
    except ValueError:
        return x509.DNSName(text)


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    now: datetime,
    life: timedelta,
    random: Random,
) -> x509.CertificateBuilder:
    return x509.CertificateBuilder(
        subject_name=subject,
        issuer_name=issuer,
        public_key=key,
        # RFC 5280: positive, at most 20 bytes.
        serial_number=int.from_bytes(random(16), "big") | 1,
        not_valid_before=now - BACKDATED,
        not_valid_after=now + life,
        extensions=[],
    ).add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)


def _authority(builder: x509.CertificateBuilder, path_length: int) -> x509.CertificateBuilder:
    return builder.add_extension(x509.BasicConstraints(True, path_length), critical=True).add_extension(
        _usage(key_cert_sign=True), critical=True
    )


def _leaf(
    issuer: Issuer,
    key: ec.EllipticCurvePublicKey,
    names: Sequence[x509.GeneralName],
    use: x509.ObjectIdentifier,
    now: datetime,
    random: Random,
) -> x509.Certificate:
    parent = issuer.certificate
    return (
        _builder(x509.Name([]), parent.subject, key, now, LEAF_LIFE, random)
        .add_extension(_below(parent), critical=False)
        .add_extension(x509.BasicConstraints(False, None), critical=True)
        .add_extension(_usage(digital_signature=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([use]), critical=True)
        # The subject is empty, so this must be critical (RFC 5280, 4.2.1.6).
        .add_extension(x509.SubjectAlternativeName(names), critical=True)
        .sign(issuer.key, SHA256())
    )


def _below(parent: x509.Certificate) -> x509.AuthorityKeyIdentifier:
    identifier = parent.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier)


def _usage(*, digital_signature: bool = False, key_cert_sign: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        key_cert_sign=key_cert_sign,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
