"""The node's own certificate authority: what phones of the house trust once, so that TLS needs no stranger.

It may vouch for addresses of a house's network and for `.local` names alone, so whoever stole its key could
play no bank. The key lies in the encrypted store; that of the certificate it issues, in memory only.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from sqlmodel import Field, Session, col, select

from songtor_node.store.base import Row
from songtor_node.web.reach.house import HOUSES, Address
from songtor_proto.identity.certificates import (
    Issuer,
    PrivateKey,
    key_from_bytes,
    key_to_bytes,
    make_key,
    to_der,
)

LIFE = timedelta(days=10 * 365)
LEAF_LIFE = timedelta(days=7)
RENEW = LEAF_LIFE / 2  # a leaf's age
_BACKDATED = timedelta(days=1)  # clocks of phones are not exact


class Authority(Row, table=True):
    """Made when it is first needed, and after ten years; the rows before stay, so that a clock which
    was wrong for a while takes no phone's trust."""

    __tablename__ = "authority"

    id: int | None = Field(default=None, primary_key=True)
    key: bytes  # PKCS#8, DER
    certificate: bytes  # DER


def kept(session: Session, now: datetime) -> Issuer | None:
    """This node's authority, if it has one that counts now."""
    for row in session.exec(select(Authority).order_by(col(Authority.id))):
        certificate = x509.load_der_x509_certificate(row.certificate)
        if certificate.not_valid_before_utc <= now < certificate.not_valid_after_utc - LEAF_LIFE:
            return Issuer(certificate, key_from_bytes(row.key))
    return None


def ensure(session: Session, now: datetime) -> Issuer:
    """The same, made anew where there is none. Phones then have to trust it again."""
    found = kept(session, now)
    if found is None:
        found = make(now)
        session.add(Authority(key=key_to_bytes(found.key), certificate=to_der(found.certificate)))
    return found


def make(now: datetime) -> Issuer:
    key = make_key()
    serial = x509.random_serial_number()
    name = _name(f"Songtor {serial % 16**8:08X}")
    usage = x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    inside = [x509.DNSName("local"), *(x509.IPAddress(house) for house in HOUSES)]
    builder = (
        _builder(name, name, key, now, LIFE)
        .serial_number(serial)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.NameConstraints(inside, None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    return Issuer(builder.sign(key, SHA256()), key)


def issue(
    issuer: Issuer, addresses: Sequence[Address], host: str, now: datetime
) -> tuple[x509.Certificate, PrivateKey]:
    """A week's certificate for these addresses and that name, and its key."""
    key = make_key()
    names = [x509.DNSName(host), *(x509.IPAddress(address) for address in addresses)]
    of_issuer = issuer.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    builder = (
        _builder(_name("Songtor"), issuer.certificate.subject, key, now, LEAF_LIFE)
        .serial_number(x509.random_serial_number())
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(of_issuer), critical=False
        )
    )
    return builder.sign(issuer.key, SHA256()), key


def fingerprint(certificate: x509.Certificate) -> str:
    """As phones and computers show it: SHA-256, in pairs of hexadecimal digits."""
    return certificate.fingerprint(SHA256()).hex(" ").upper()


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _builder(
    subject: x509.Name, issuer: x509.Name, key: PrivateKey, now: datetime, life: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .not_valid_before(now - _BACKDATED)
        .not_valid_after(now + life)
    )
