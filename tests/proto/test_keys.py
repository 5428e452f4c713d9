"""Signing and sealing against published vectors, and what must not verify or open."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from cryptography_vectors import open_vector_file

from songtor_proto.errors import EnvelopeError, PeerError, StoreError
from songtor_proto.identity.keys import SealingKey, SigningKey, seal_to, verify, verify_raw
from tests.support.keys import owner, seeded

with open_vector_file("HPKE/hpke-pq-test-vectors.json", "r") as _published:
    # draft-ietf-hpke-pq: the one vector of this KEM with this KDF; identifiers are numbers there.
    _VECTOR = next(one for one in json.load(_published) if (one["kem_id"], one["kdf_id"]) == (0x647A, 1))
HPKE = {
    name: value.to_bytes(2, "big") if isinstance(value, int) else bytes.fromhex(value)
    for name, value in _VECTOR.items()
    if not isinstance(value, list)
}

# RFC 8032, section 7.1: seed, public key, message, signature.
RFC_8032 = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        (
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
            "d25bf5f0595bbe24655141438e7a100b"
        ),
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        (
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
            "387b2eaeb4302aeeb00d291612bb0c00"
        ),
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        (
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
            "4a7c15e9716ed28dc027beceea1ec40a"
        ),
    ),
]


@pytest.mark.parametrize(("seed", "public", "message", "signature"), RFC_8032)
def test_signatures_are_those_of_rfc_8032(seed: str, public: str, message: str, signature: str) -> None:
    """Our bytes are the standard's, so another implementation's keys and signatures work (I2)."""
    key = SigningKey.from_bytes(bytes.fromhex(seed))
    assert key.public.hex() == public
    assert key.sign_raw(bytes.fromhex(message)).hex() == signature
    verify_raw(key.public, bytes.fromhex(message), bytes.fromhex(signature))


@pytest.mark.parametrize(
    ("public", "signature"),
    [
        # The neutral element signs anything for a lenient verifier.
        (bytes([1]) + bytes(31), bytes([1]) + bytes(63)),
        (bytes(32), bytes(64)),
        (b"", b""),
        (bytes(32), bytes(63)),
        (bytes(31), bytes(64)),
    ],
)
def test_weak_keys_and_wrong_lengths_never_verify(public: bytes, signature: bytes) -> None:
    """What libsodium rejects is rejected, as the one declared error (E8)."""
    with pytest.raises(EnvelopeError, match="signature"):
        verify(public, "type", b"body", signature)


def test_signature_is_bound_to_its_payload_type() -> None:
    """A signature over one kind of statement is none over another (E8)."""
    key = owner("DE-02").signing
    signature = key.sign("application/a", b"body")
    verify(key.public, "application/a", b"body", signature)
    with pytest.raises(EnvelopeError, match="signature"):
        verify(key.public, "application/b", b"body", signature)


def test_malleated_signature_is_refused() -> None:
    """S plus the group's order is another byte string for the same equation: refused (E8)."""
    key, order = owner("DE-02").signing, 2**252 + 27742317777372353535851937790883648493
    signature = key.sign_raw(b"body")
    s = int.from_bytes(signature[32:], "little") + order
    with pytest.raises(EnvelopeError, match="signature"):
        verify_raw(key.public, b"body", signature[:32] + s.to_bytes(32, "little"))


def key_schedule(aead_id: bytes, info: bytes) -> tuple[bytes, bytes]:
    """RFC 9180, section 5.1, base mode: key and nonce from the vector's shared secret."""
    suite = b"HPKE" + HPKE["kem_id"] + HPKE["kdf_id"] + aead_id

    def extract(salt: bytes, label: bytes, ikm: bytes) -> bytes:
        return hmac.digest(salt or bytes(32), b"HPKE-v1" + suite + label + ikm, "sha256")

    def expand(key: bytes, label: bytes, context: bytes, size: int) -> bytes:
        labelled = size.to_bytes(2, "big") + b"HPKE-v1" + suite + label + context
        return HKDFExpand(SHA256(), size, labelled).derive(key)

    context = b"\0" + extract(b"", b"psk_id_hash", b"") + extract(b"", b"info_hash", info)
    secret = extract(HPKE["shared_secret"], b"secret", b"")
    return expand(secret, b"key", context, 32), expand(secret, b"base_nonce", context, 12)


def test_sealing_opens_what_the_hpke_draft_encapsulated() -> None:
    """Key layout, KEM and key schedule are the draft's: its encapsulation opens here under our AEAD (E7).

    The published vector of this KEM has another AEAD, so the last step is computed from its shared secret, by
    a key schedule that first reproduces the vector's own key.
    """
    key = SealingKey.from_bytes(hashlib.shake_256(HPKE["skRm"]).digest(96))
    assert key.public == HPKE["pkRm"]
    assert key_schedule(HPKE["aead_id"], HPKE["info"]) == (HPKE["key"], HPKE["base_nonce"])
    aes_key, nonce = key_schedule(b"\0\2", b"header bytes")
    sealed = HPKE["enc"] + AESGCM(aes_key).encrypt(nonce, b"plaintext", b"")
    assert key.open(sealed, b"header bytes") == b"plaintext"


def test_sealed_bytes_open_for_the_right_key_and_info_alone() -> None:
    """Another key, another info, a changed or cut ciphertext: EnvelopeError, whatever the cause (E7)."""
    key, other = owner("TH-00/dwf").sealing, owner("TH-00/tsda").sealing
    sealed = seal_to(key.public, b"plaintext", b"info")
    assert len(sealed) == 1120 + len(b"plaintext") + 16
    assert key.open(sealed, b"info") == b"plaintext"
    wrong: list[Callable[[], bytes]] = [
        lambda: other.open(sealed, b"info"),
        lambda: key.open(sealed, b"Info"),
        lambda: key.open(sealed[:-1], b"info"),
        lambda: key.open(b"", b"info"),
    ]
    for attempt in wrong:
        with pytest.raises(EnvelopeError, match="sealed"):
            attempt()


@pytest.mark.parametrize(
    "public", [b"", bytes(1216), bytes([255]) * 1216, owner("DE-02").sealing.public[:-32] + bytes(32)]
)
def test_key_that_cannot_be_sealed_to_is_a_peer_s_fault(public: bytes) -> None:
    """A public key of the wrong size, range or order is refused when used, never sealed to (K1)."""
    with pytest.raises(PeerError, match="sealing_key"):
        seal_to(public, b"plaintext", b"info")


def test_keys_come_back_from_their_bytes() -> None:
    """What a keyring holds is all there is to a key; anything else is a damaged keyring (I2)."""
    signing, sealing = SigningKey.generate(seeded(1)), SealingKey.generate(seeded(1))
    assert SigningKey.from_bytes(signing.to_bytes()).public == signing.public
    assert SealingKey.from_bytes(sealing.to_bytes()).public == sealing.public
    assert (len(signing.to_bytes()), len(sealing.to_bytes()), len(sealing.public)) == (32, 96, 1216)
    for load in (SigningKey.from_bytes, SealingKey.from_bytes):
        with pytest.raises(StoreError, match="keyring"):
            load(b"short")
