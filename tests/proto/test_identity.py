"""Certificates, requests for them, renewal and invitations: who is who, and who is nobody."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import AttributeOID, ExtendedKeyUsageOID, NameOID
from hypothesis import given
from hypothesis import strategies as st

from songtor_proto.errors import InputError, PeerError, StoreError
from songtor_proto.identity import invitation, renewal
from songtor_proto.identity.certificates import (
    INTERMEDIATE_LIFE,
    LEAF_LIFE,
    ROOT_LIFE,
    check_csr,
    issue_leaf,
    key_from_bytes,
    key_hash,
    key_to_bytes,
    make_csr,
    make_key,
    to_der,
    to_pem,
)
from songtor_proto.identity.peer import check_chain, check_root, seat_of
from songtor_proto.identity.spiffe import hub_id, node_id, seat_in
from songtor_proto.wire.directory_pb2 import Invitation
from tests.support.keys import NETWORK, NOW, Network, owner, seeded

NET = Network()
KEY = make_key()
CSR = make_csr(KEY, "DE-02", NETWORK)
URI = x509.UniformResourceIdentifier(node_id(NETWORK, "DE-02"))
EMPTY = x509.Name([])


def leaf_for(seat: str = "DE-02", key: ec.EllipticCurvePrivateKey = KEY) -> x509.Certificate:
    csr = make_csr(key, seat, NETWORK)
    return issue_leaf(NET.intermediate, csr, seat, NETWORK, NOW, seeded("leaf"))


def refused(attempt: Callable[[], object], code: str) -> None:
    with pytest.raises(PeerError) as caught:
        attempt()
    assert caught.value.code == f"peer.{code}"


# Names


def test_spiffe_id_names_a_seat_of_this_network_and_nothing_else() -> None:
    """One way to write an id, and no other reading of it (I1)."""
    assert node_id(NETWORK, "DE-02") == "spiffe://songtor.test/node/DE-02"
    assert seat_in("spiffe://songtor.test/node/DE-02", NETWORK) == "DE-02"
    for other in (
        "spiffe://other.test/node/DE-02",
        "spiffe://songtor.test/hub",
        "spiffe://songtor.test/node/TH-00",
        "spiffe://songtor.test/node/DE-02/",
        "spiffe://songtor.test/node/de-02",
        "spiffe://songtor.test/node/TH-00/dwf",
        "spiffe://songtor.test.evil/node/DE-02",
        "https://songtor.test/node/DE-02",
        "DE-02",
        "",
    ):
        refused(partial(seat_in, other, NETWORK), "identity")
    for network in ("", "Songtor", "a/b", "-a", "a" * 64, "ส่งต่อ"):
        refused(partial(hub_id, network), "identity")
        refused(partial(node_id, network, "DE-02"), "identity")


# Certificates


def extension(certificate: x509.Certificate, kind: type[Any]) -> Any:
    return certificate.extensions.get_extension_for_class(kind)


def test_leaf_is_a_week_long_client_certificate_with_one_uri() -> None:
    """A seat's certificate has one name, no common name, client use alone, and cannot issue (I1, I2, I7)."""
    leaf = leaf_for()
    names = extension(leaf, x509.SubjectAlternativeName)
    assert list(names.value) == [URI]
    assert names.critical
    assert list(leaf.subject) == []
    assert list(extension(leaf, x509.ExtendedKeyUsage).value) == [ExtendedKeyUsageOID.CLIENT_AUTH]
    assert not extension(leaf, x509.BasicConstraints).value.ca
    assert not extension(leaf, x509.KeyUsage).value.key_cert_sign
    assert leaf.not_valid_after_utc == NOW + LEAF_LIFE
    assert leaf.not_valid_before_utc == NOW - timedelta(minutes=10)
    assert seat_of(to_pem(leaf), NETWORK) == ("DE-02", NOW + timedelta(days=7))


def test_authorities_issue_only_what_they_are_for() -> None:
    """Root above one intermediate, intermediate above leaves of this network alone (I2, I7)."""
    root, intermediate = NET.root.certificate, NET.intermediate.certificate
    assert extension(root, x509.BasicConstraints).value.path_length == 1
    assert extension(intermediate, x509.BasicConstraints).value.path_length == 0
    constraints = extension(intermediate, x509.NameConstraints)
    assert constraints.critical
    assert constraints.value.permitted_subtrees == [x509.UniformResourceIdentifier(NETWORK)]
    assert root.not_valid_after_utc == NOW + ROOT_LIFE
    assert intermediate.not_valid_after_utc == NOW + INTERMEDIATE_LIFE
    intermediate.verify_directly_issued_by(root)


def test_hub_s_server_certificate_carries_its_addresses_and_is_no_seat() -> None:
    """Nodes reach it by name and address; as a client it is nobody (I1)."""
    leaf = x509.load_pem_x509_certificate(NET.server.chain)
    names = extension(leaf, x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["localhost"]
    assert [str(ip) for ip in names.get_values_for_type(x509.IPAddress)] == ["127.0.0.1", "::1"]
    assert names.get_values_for_type(x509.UniformResourceIdentifier) == [hub_id(NETWORK)]
    assert list(extension(leaf, x509.ExtendedKeyUsage).value) == [ExtendedKeyUsageOID.SERVER_AUTH]
    refused(lambda: seat_of(NET.server.chain, NETWORK), "identity")


def signed_by_intermediate(subject: x509.Name, *names: x509.GeneralName) -> bytes:
    """A certificate that our authority would not make."""
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(NET.intermediate.certificate.subject)
        .public_key(KEY.public_key())
        .serial_number(7)
        .not_valid_before(NOW)
        .not_valid_after(NOW + LEAF_LIFE)
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return to_pem(builder.sign(NET.intermediate.key, SHA256()))


COMMON_NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, URI.value)])


@pytest.mark.parametrize(
    "pem",
    [
        signed_by_intermediate(COMMON_NAME),
        signed_by_intermediate(COMMON_NAME, x509.DNSName("DE-02")),
        signed_by_intermediate(EMPTY, URI, URI),
        signed_by_intermediate(EMPTY, URI, x509.UniformResourceIdentifier(node_id(NETWORK, "US-01"))),
        signed_by_intermediate(EMPTY, URI, x509.DNSName("localhost")),
        signed_by_intermediate(EMPTY, URI, x509.RFC822Name("a@b.test")),
        signed_by_intermediate(EMPTY, x509.UniformResourceIdentifier(hub_id(NETWORK))),
        signed_by_intermediate(EMPTY, x509.UniformResourceIdentifier("spiffe://other.test/node/DE-02")),
        b"",
        b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    ],
)
def test_certificate_that_does_not_name_exactly_one_seat_is_nobody(pem: bytes) -> None:
    """A common name that looks like an id, two names, a name beside it, another network: nobody (I1)."""
    refused(lambda: seat_of(pem, NETWORK), "identity")


def test_node_uses_only_a_chain_that_fits_its_root_seat_and_key() -> None:
    """What a hub hands out at enrolment is checked before it is kept (I2, I4)."""
    root, intermediate = to_der(NET.root.certificate), to_der(NET.intermediate.certificate)
    chain = [to_der(leaf_for()), intermediate]
    ours: dict[str, Any] = {"root": root, "seat": "DE-02", "network": NETWORK, "key": KEY.public_key()}
    assert [to_der(one) for one in check_chain(chain, **ours)] == chain
    stranger = Network(seed="stranger")
    refused(lambda: check_chain(chain, **ours | {"root": to_der(stranger.root.certificate)}), "certificate")
    refused(lambda: check_chain(chain, **ours | {"key": make_key().public_key()}), "certificate")
    refused(lambda: check_chain(chain, **ours | {"seat": "US-01"}), "identity")
    refused(lambda: check_chain(chain, **ours | {"network": "other.test"}), "identity")
    refused(lambda: check_chain(chain[:1], **ours), "certificate")
    refused(lambda: check_chain([*chain, root], **ours), "certificate")
    refused(lambda: check_chain([chain[0], chain[0]], **ours), "certificate")
    refused(lambda: check_chain([chain[0], b"\x30"], **ours), "certificate")
    refused(lambda: check_root(intermediate, NETWORK), "certificate")
    refused(lambda: check_root(bytes(5000), NETWORK), "certificate")


def test_tls_key_comes_back_from_the_keyring() -> None:
    """PKCS#8 of a P-256 key, and nothing else, is a TLS key (I2)."""
    assert key_to_bytes(key_from_bytes(key_to_bytes(KEY))) == key_to_bytes(KEY)
    other = ec.generate_private_key(ec.SECP384R1())
    for data in (b"", b"\x30", other.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())):
        with pytest.raises(StoreError, match="keyring"):
            key_from_bytes(data)


# Requests


def csr(
    *extensions: x509.ExtensionType,
    subject: x509.Name = EMPTY,
    key: Any = KEY,
    password: bytes = b"",
) -> bytes:
    builder = x509.CertificateSigningRequestBuilder(subject)
    for one in extensions:
        builder = builder.add_extension(one, critical=True)
    if password:
        builder = builder.add_attribute(AttributeOID.CHALLENGE_PASSWORD, password)
    hash_ = None if isinstance(key, ed25519.Ed25519PrivateKey) else SHA256()
    return builder.sign(key, hash_).public_bytes(Encoding.DER)


OWN = x509.SubjectAlternativeName([URI])


def test_request_for_one_s_own_id_is_granted() -> None:
    """What a node sends is what the hub wants, and one key has one hash (I5, I6)."""
    assert check_csr(CSR, "DE-02", NETWORK) == KEY.public_key()
    assert key_hash(CSR) == key_hash(make_csr(KEY, "DE-02", NETWORK))
    assert key_hash(CSR) != key_hash(make_csr(make_key(), "DE-02", NETWORK))
    assert leaf_for().public_key() == KEY.public_key()


@pytest.mark.parametrize(
    "request_",
    [
        make_csr(KEY, "US-01", NETWORK),
        make_csr(KEY, "DE-02", "other.test"),
        csr(x509.SubjectAlternativeName([URI, x509.DNSName("localhost")])),
        csr(x509.SubjectAlternativeName([URI, URI])),
        csr(x509.SubjectAlternativeName([x509.DNSName("DE-02")])),
        csr(OWN, subject=COMMON_NAME),
        csr(OWN, x509.BasicConstraints(True, None)),
        csr(OWN, x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])),
        csr(x509.BasicConstraints(False, None)),
        csr(OWN, password=b"x"),
        csr(subject=COMMON_NAME),
        csr(),
        csr(password=b"x"),
        csr(OWN, key=ec.generate_private_key(ec.SECP384R1())),
        csr(OWN, key=ed25519.Ed25519PrivateKey.generate()),
        csr(OWN, key=rsa.generate_private_key(65537, 2048)),
        CSR[:-1] + bytes([CSR[-1] ^ 1]),
        CSR + b"\0",
        CSR[:-1],
        b"",
        CSR + bytes(4096),
    ],
)
def test_request_for_anything_more_or_else_is_refused(request_: bytes) -> None:
    """Another seat's id, an extra name, extension, attribute, kind of key, a bad signature: refused (I5)."""
    refused(lambda: check_csr(request_, "DE-02", NETWORK), "csr")


@given(at=st.floats(0, 1, exclude_max=True), value=st.integers(0, 255))
def test_no_changed_byte_of_a_request_passes(at: float, value: int) -> None:
    """Any byte changed: PeerError, and never another exception (I5, X1)."""
    data = bytearray(CSR)
    if data[int(at * len(data))] != value:
        data[int(at * len(data))] = value
        refused(lambda: check_csr(bytes(data), "DE-02", NETWORK), "csr")


# Renewal


@given(st.binary(min_size=4, max_size=4))
def test_renewal_comes_at_half_life_with_jitter(random: bytes) -> None:
    """Between one half and six tenths of the life, spread so that nodes do not crowd (I7)."""
    at = renewal.renew_at(NOW, NOW + LEAF_LIFE, lambda size: random[:size])
    assert NOW + LEAF_LIFE * 0.5 <= at < NOW + LEAF_LIFE * 0.6


def test_grace_is_thirty_days() -> None:
    """A node that was off for twenty days renews by itself; after thirty it is invited again (I8)."""
    assert renewal.in_grace(NOW, NOW + timedelta(days=30))
    assert not renewal.in_grace(NOW, NOW + timedelta(days=30, microseconds=1))


def test_renewal_is_signed_over_seat_nonce_and_request() -> None:
    """Nothing of it can be exchanged, nor moved across a boundary between its parts (I9)."""
    key, nonce = owner("DE-02").signing, bytes(range(32))
    signature = renewal.sign_renewal(key, "DE-02", nonce, CSR)
    renewal.check_renewal(key.public, "DE-02", nonce, CSR, signature)
    for seat, other_nonce, request, public in (
        ("US-01", nonce, CSR, key.public),
        ("DE-02", bytes(32), CSR, key.public),
        ("DE-02", nonce, CSR[:-1], key.public),
        ("DE-02", nonce + CSR[:1], CSR[1:], key.public),
        ("DE-02", nonce, CSR, owner("US-01").signing.public),
    ):
        with pytest.raises(PeerError, match="renewal"):
            renewal.check_renewal(public, seat, other_nonce, request, signature)


# Invitations

INVITATION = Invitation(
    network=NETWORK,
    seat="DE-02",
    secret=bytes(range(32)),
    root=to_der(NET.root.certificate),
    enrolment_address="hub.songtor.test:7701",
    exchange_address="[::1]:7702",
)
CODE = invitation.to_text(INVITATION)


def test_invitation_survives_a_mail_program() -> None:
    """Wrapped, indented, with spaces round it: the same invitation (I4)."""
    wrapped = "\r\n  > ".join(CODE[i : i + 60] for i in range(0, len(CODE), 60)).replace(">", "")
    for text in (CODE, f"  {CODE}\n", wrapped):
        assert invitation.parse(text) == INVITATION
    assert len(invitation.hash_secret(INVITATION.secret)) == 32
    assert invitation.hash_secret(INVITATION.secret) != INVITATION.secret


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("network", "Songtor"),
        ("seat", "TH-00"),
        ("seat", "nobody"),
        ("secret", bytes(31)),
        ("root", b""),
        ("root", to_der(NET.intermediate.certificate)),
        ("root", to_der(leaf_for())),
        ("enrolment_address", "hub.songtor.test"),
        ("enrolment_address", "hub.songtor.test:0"),
        ("exchange_address", "hub.songtor.test:65536"),
        ("exchange_address", "https://hub.songtor.test:1"),
        ("exchange_address", ""),
    ],
)
def test_invitation_that_says_something_impossible_names_the_field(field: str, value: Any) -> None:
    """A whole code with a wrong content is refused before any connection is made (I4)."""
    wrong = Invitation()
    wrong.CopyFrom(INVITATION)
    setattr(wrong, field, value)
    with pytest.raises(InputError) as caught:
        invitation.parse(invitation.to_text(wrong))
    assert (caught.value.code, caught.value.field) == ("input.invitation", field)


@given(st.integers(0, len(CODE) - 1), st.sampled_from("AaZz09-_"))
def test_one_mistyped_letter_of_a_code_is_found(place: int, letter: str) -> None:
    """The checksum finds a slip; the hub never sees a broken code (I4)."""
    typed = CODE[:place] + letter + CODE[place + 1 :]
    if typed != CODE:
        # The last letter's spare bits carry nothing, so a slip there may not matter.
        with suppress(InputError):
            assert invitation.parse(typed) == INVITATION
            assert place == len(CODE) - 1


@given(st.one_of(st.text(max_size=200), st.binary(max_size=200)))
def test_no_text_breaks_the_invitation_reader(given_: str | bytes) -> None:
    """Whatever is pasted, only the declared error comes out (X1)."""
    text = given_ if isinstance(given_, str) else "songtor1:" + urlsafe_b64encode(given_).decode().rstrip("=")
    for attempt in (text, CODE[:100] + text, "x" * 9000):
        with pytest.raises(InputError, match="invitation"):
            invitation.parse(attempt)
