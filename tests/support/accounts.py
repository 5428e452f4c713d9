"""Workers who can sign in by themselves: a password, an authenticator; and a passkey made of software.

secret = with_account(node, "malee")
typed = code_of(secret, node.clock())
"""

from __future__ import annotations

import hashlib
import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pyotp
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from httpx2 import Response

from songtor_node.accounts import authenticator, passwords, people
from songtor_node.bootstrap import Node
from songtor_node.store.engine import writing
from songtor_proto.keyslot import CHEAP
from tests.support.visitor import Visitor

PASSWORD = "ดอกบัวสี่สีในสระ"


def with_account(node: Node, worker: str, password: str = PASSWORD) -> str:
    """Gives the authenticator's secret."""
    with writing(node.engine) as session:
        account = people.account_of(session, worker, node.random)
        account.password = passwords.hashed(password, CHEAP, node.random)
        account.secret, account.step = authenticator.new_secret(node.random), 0
        return account.secret


def code_of(secret: str, now: datetime) -> str:
    """What the app shows at that time."""
    return pyotp.TOTP(secret).at(now)


@dataclass(slots=True)
class SoftKey:
    """An authenticator as WebAuthn level 3 describes it: ES256, resident, the user verified by a PIN."""

    origin: str
    verifies: bool = True
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    id: bytes = field(default_factory=lambda: os.urandom(16))
    handle: bytes = b""
    count: int = 0

    def create(self, options: dict[str, Any]) -> str:
        """What the browser gives for a new passkey, as JSON."""
        self.handle = _bytes(options["user"]["id"])
        data = self._data(options["rp"]["id"], attested=True)
        attestation = _cbor({"fmt": "none", "attStmt": {}, "authData": data})
        said = {"clientDataJSON": self._client("webauthn.create", options), "attestationObject": attestation}
        return self._answer(said)

    def get(self, options: dict[str, Any]) -> str:
        """What the browser gives at a sign-in, as JSON."""
        self.count += 1
        data, client = self._data(options["rpId"]), self._client("webauthn.get", options)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._answer(
            {
                "clientDataJSON": client,
                "authenticatorData": data,
                "signature": signature,
                "userHandle": self.handle,
            }
        )

    def _client(self, kind: str, options: dict[str, Any]) -> bytes:
        said = {"type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": False}
        return json.dumps(said).encode()

    def _data(self, party: str, *, attested: bool = False) -> bytes:
        flags = 0x01 | (0x04 if self.verifies else 0) | (0x40 if attested else 0)
        head = hashlib.sha256(party.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")
        if not attested:
            return head
        numbers = self.key.public_key().public_numbers()
        x, y = numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")
        public = _cbor({1: 2, 3: -7, -1: 1, -2: x, -3: y})
        return head + bytes(16) + len(self.id).to_bytes(2, "big") + self.id + public

    def _answer(self, said: dict[str, bytes]) -> str:
        response = {name: _text(value) for name, value in said.items()}
        whole = {"id": _text(self.id), "rawId": _text(self.id), "type": "public-key", "response": response}
        return json.dumps({**whole, "clientExtensionResults": {}})


def _text(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _cbor(value: Any) -> bytes:
    """As much of CBOR (RFC 8949) as an attestation needs."""
    match value:
        case int():
            return _head(0, value) if value >= 0 else _head(1, -1 - value)
        case bytes():
            return _head(2, len(value)) + value
        case str():
            return _head(3, len(value.encode())) + value.encode()
        case dict():
            return _head(5, len(value)) + b"".join(_cbor(one) for pair in value.items() for one in pair)
    raise TypeError(type(value))


def _head(kind: int, number: int) -> bytes:
    if number < 24:
        return bytes([kind << 5 | number])
    if number < 256:
        return bytes([kind << 5 | 24, number])
    return bytes([kind << 5 | 25]) + number.to_bytes(2, "big")


def sign_in(client: Visitor, secret: str, node: Node, worker: str = "malee") -> Response:
    """Both halves, one after the other; the answer to the second."""
    client.post("/sign-in", {"code": worker, "password": PASSWORD})
    return client.post("/sign-in/code", {"second": code_of(secret, node.clock())})


def is_in(client: Visitor) -> bool:
    return client.get("/me").status_code == 200
