"""Cheap keys from a seed, and a tiny network of certificates that never touches a disk."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from cryptography import x509

from songtor_proto.identity.certificates import (
    PrivateKey,
    issue_leaf,
    key_to_pem,
    make_csr,
    make_intermediate,
    make_key,
    make_root,
    make_server_leaf,
    to_pem,
)
from songtor_proto.identity.keys import SealingKey, SigningKey
from songtor_proto.times import Random

NETWORK = "songtor.test"
NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


def seeded(seed: object) -> Random:
    """Bytes that look random and are the same in every run; each call goes on where the last one stopped."""
    calls = 0

    def random(size: int) -> bytes:
        nonlocal calls
        calls += 1
        return hashlib.shake_256(f"{seed}/{calls}".encode()).digest(size)

    return random


@dataclass(frozen=True)
class Owner:
    """The two key pairs of a seat or desk."""

    address: str
    signing: SigningKey
    sealing: SealingKey


def owner(address: str) -> Owner:
    """The same keys for the same address, whatever else was made before."""
    random = seeded(address)
    return Owner(address, SigningKey.generate(random), SealingKey.generate(random))


@dataclass(frozen=True)
class Tls:
    """What a gRPC server or client presents, as PEM."""

    chain: bytes
    key: bytes


class Network:
    """Root, intermediate, the hub's server certificate (localhost, 127.0.0.1, ::1), nodes', made `now`."""

    def __init__(self, name: str = NETWORK, now: datetime = NOW, seed: object = "network") -> None:
        self.name, self.now, self.random = name, now, seeded(seed)
        self.root = make_root(name, now, self.random)
        self.intermediate = make_intermediate(self.root, name, now, self.random)

    @property
    def root_pem(self) -> bytes:
        return to_pem(self.root.certificate)

    @cached_property
    def server(self) -> Tls:
        hosts = ["localhost", "127.0.0.1", "::1"]
        leaf, key = make_server_leaf(self.intermediate, self.name, hosts, self.now, self.random)
        return self.present(leaf, key)

    def node(self, seat: str, now: datetime | None = None) -> Tls:
        """A new client certificate for that seat, made at `now` (a week old one has ended)."""
        key = make_key()
        csr = make_csr(key, seat, self.name)
        leaf = issue_leaf(self.intermediate, csr, seat, self.name, now or self.now, self.random)
        return self.present(leaf, key)

    def present(self, leaf: x509.Certificate, key: PrivateKey) -> Tls:
        return Tls(to_pem(leaf, self.intermediate.certificate), key_to_pem(key))
