"""A seat's two key pairs: Ed25519 to sign, ML-KEM-768 with X25519 to seal. Rules I2, E7 and E8.

Signing and sealing are `cryptography`'s; signatures are verified by libsodium (PyNaCl), which is faster and
strict: what it rejects (small-order keys, encodings that are not canonical) is rejected here.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from nacl.bindings import crypto_sign_open
from nacl.exceptions import BadSignatureError

from songtor_proto.envelope.layout import SIGNATURE_SIZE, pae
from songtor_proto.errors import EnvelopeError, PeerError, StoreError
from songtor_proto.times import Random

SIGNING_PUBLIC_SIZE = 32
SEALING_PUBLIC_SIZE = 1184 + 32
SEALING_PRIVATE_SIZE = 64 + 32

_suite = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)


class SigningKey:
    """Ed25519. Private bytes: the 32-byte seed of RFC 8032."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public: bytes = key.public_key().public_bytes_raw()

    @classmethod
    def generate(cls, random: Random) -> SigningKey:
        return cls.from_bytes(random(32))

    @classmethod
    def from_bytes(cls, seed: bytes) -> SigningKey:
        """Raises StoreError("keyring") where the stored bytes are not a key."""
        try:
            return cls(Ed25519PrivateKey.from_private_bytes(seed))
        except ValueError as error:
            raise StoreError("keyring") from error

    def to_bytes(self) -> bytes:
        return self._key.private_bytes_raw()

    def sign(self, payload_type: str, body: bytes) -> bytes:
        """64 bytes, over the DSSE pre-authentication encoding."""
        return self.sign_raw(pae(payload_type, body))

    def sign_raw(self, message: bytes) -> bytes:
        """64 bytes over these bytes as they are: for what is encoded already, and the log's signed notes."""
        return self._key.sign(message)


def verify(public: bytes, payload_type: str, body: bytes, signature: bytes) -> None:
    """Checks a signature made by `SigningKey.sign`; raises EnvelopeError("signature")."""
    verify_raw(public, pae(payload_type, body), signature)


def verify_raw(public: bytes, message: bytes, signature: bytes) -> None:
    """Checks a signature made by `SigningKey.sign_raw`; raises EnvelopeError("signature")."""
    if len(public) != SIGNING_PUBLIC_SIZE or len(signature) != SIGNATURE_SIZE:
        raise EnvelopeError("signature")
    try:
        crypto_sign_open(signature + message, public)
    except BadSignatureError as error:
        raise EnvelopeError("signature") from error


class SealingKey:
    """ML-KEM-768 with X25519. The library cannot serialise the pair, so this is its byte form:

    private: ML-KEM seed (64 bytes), X25519 (32); public: ML-KEM encapsulation key (1,184), X25519 (32).
    """

    def __init__(self, mlkem: MLKEM768PrivateKey, x25519: X25519PrivateKey) -> None:
        self._parts = (mlkem, x25519)
        self._key = hpke.MLKEM768X25519PrivateKey(mlkem, x25519)
        self.public: bytes = mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()

    @classmethod
    def generate(cls, random: Random) -> SealingKey:
        return cls.from_bytes(random(SEALING_PRIVATE_SIZE))

    @classmethod
    def from_bytes(cls, private: bytes) -> SealingKey:
        """Raises StoreError("keyring") where the stored bytes are not a key."""
        try:
            return cls(
                MLKEM768PrivateKey.from_seed_bytes(private[:64]),
                X25519PrivateKey.from_private_bytes(private[64:]),
            )
        except ValueError as error:
            raise StoreError("keyring") from error

    def to_bytes(self) -> bytes:
        mlkem, x25519 = self._parts
        return mlkem.private_bytes_raw() + x25519.private_bytes_raw()

    def open(self, sealed: bytes, info: bytes) -> bytes:
        """HPKE open, base mode; EnvelopeError("sealed") where key, bytes or info are not the sealer's."""
        try:
            return _suite.decrypt(sealed, self._key, info)
        except (InvalidTag, ValueError) as error:
            raise EnvelopeError("sealed") from error


def seal_to(public: bytes, plaintext: bytes, info: bytes) -> bytes:
    """HPKE seal, base mode: encapsulated key (1,120 bytes), ciphertext, tag (16 bytes).

    Its randomness is the library's own. PeerError("sealing_key") where the public key cannot be sealed to.
    """
    try:
        key = hpke.MLKEM768X25519PublicKey(
            MLKEM768PublicKey.from_public_bytes(public[:1184]),
            X25519PublicKey.from_public_bytes(public[1184:]),
        )
        return _suite.encrypt(plaintext, key, info)
    except ValueError as error:
        raise PeerError("sealing_key") from error
