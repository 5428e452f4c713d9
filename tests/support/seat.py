"""A seat as the hub meets it over the wire: its keys, its certificate, and channels to both ports.

The smallest thing that speaks the protocol; the real node is songtor_node's.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import grpc
from grpc_health.v1 import health_pb2

from songtor_proto.identity import invitation, renewal
from songtor_proto.identity.certificates import PrivateKey, key_to_pem, make_csr, make_key
from songtor_proto.identity.statement import make_entry
from songtor_proto.wire.directory_pb2 import DirectoryEntry, Invitation
from songtor_proto.wire.exchange_pb2 import (
    EnrolRequest,
    EnrolResponse,
    GetRenewalNonceRequest,
    RenewRequest,
)
from songtor_proto.wire.exchange_pb2_grpc import EnrolmentServiceStub, ExchangeServiceStub
from tests.support.hub import ServedHub
from tests.support.keys import Owner, owner
from tests.support.pem import chain_to_pem, der_to_pem

TIMEOUT = 10


@dataclass
class Seat:
    """`keys` may be others than the seat's usual ones; `chain` is PEM, leaf first, empty before enrolment."""

    hub: ServedHub
    name: str
    keys: Owner
    invitation: Invitation
    tls: PrivateKey = field(default_factory=make_key)
    chain: bytes = b""

    @classmethod
    def invited(cls, hub: ServedHub, name: str) -> Seat:
        """Holds a code, and has asked for nothing yet."""
        return cls(hub, name, owner(name), invitation.parse(hub.invite(name)))

    @classmethod
    def enrolled(cls, hub: ServedHub, name: str) -> Seat:
        seat = cls.invited(hub, name)
        seat.enrol()
        return seat

    def entry(self) -> DirectoryEntry:
        return make_entry(
            network=self.invitation.network,
            owner=self.name,
            version=self.invitation.statement_version,
            signing_key=self.keys.signing,
            sealing_key=self.keys.sealing.public,
            now_ms=1_790_000_000_000,
        )

    def csr(self) -> bytes:
        return make_csr(self.tls, self.name, self.invitation.network)

    def enrol_request(self, **other: Any) -> EnrolRequest:
        """What an honest seat asks, `other` fields in place of its own."""
        honest: dict[str, Any] = {
            "seat": self.name,
            "secret": self.invitation.secret,
            "csr": self.csr(),
            "entry": self.entry(),
        }
        return EnrolRequest(**{**honest, **other})

    def enrol(self, **other: object) -> EnrolResponse:
        with self.enrolment() as stub:
            response: EnrolResponse = stub.Enrol(self.enrol_request(**other), timeout=TIMEOUT)
        self.chain = chain_to_pem(response.chain)
        return response

    def again(self, keys: str = "") -> Seat:
        """The same code in other hands: another TLS key, other signing and sealing keys (named by `keys`)."""
        other = owner(keys or f"{self.name} again")
        return Seat(self.hub, self.name, replace(other, address=self.name), self.invitation)

    def nonce(self) -> bytes:
        with self.enrolment() as stub:
            asked = GetRenewalNonceRequest(seat=self.name)
            return bytes(stub.GetRenewalNonce(asked, timeout=TIMEOUT).nonce)

    def renew_request(self, tls: PrivateKey, nonce: bytes, keys: Owner | None = None) -> RenewRequest:
        csr = make_csr(tls, self.name, self.invitation.network)
        return RenewRequest(
            seat=self.name,
            nonce=nonce,
            csr=csr,
            signature=renewal.sign_renewal((keys or self.keys).signing, self.name, nonce, csr),
            signing_key_version=self.invitation.statement_version,
        )

    def renew(self, *, nonce: bytes | None = None, keys: Owner | None = None) -> None:
        """With a new TLS key, which counts only if the hub agrees."""
        tls = make_key()
        request = self.renew_request(tls, self.nonce() if nonce is None else nonce, keys)
        with self.enrolment() as stub:
            response = stub.Renew(request, timeout=TIMEOUT)
        self.tls, self.chain = tls, chain_to_pem(response.chain)

    @contextmanager
    def enrolment(self) -> Iterator[EnrolmentServiceStub]:
        credentials = grpc.ssl_channel_credentials(der_to_pem(self.invitation.root))
        with grpc.secure_channel(f"127.0.0.1:{self.hub.ready.enrolment}", credentials) as channel:
            yield EnrolmentServiceStub(channel)

    @contextmanager
    def channel(self, port: int = 0) -> Iterator[grpc.Channel]:
        """To the exchange, or the port given, with the certificate that the seat has now if it has one."""
        pair = (key_to_pem(self.tls), self.chain) if self.chain else (None, None)
        credentials = grpc.ssl_channel_credentials(der_to_pem(self.invitation.root), *pair)
        with grpc.secure_channel(f"127.0.0.1:{port or self.hub.ready.exchange}", credentials) as channel:
            yield channel

    @contextmanager
    def exchange(self) -> Iterator[ExchangeServiceStub]:
        with self.channel() as channel:
            yield ExchangeServiceStub(channel)

    def call(self, channel: grpc.Channel) -> None:
        """The smallest call that a seat may make; raises grpc.RpcError where it may not."""
        check = channel.unary_unary(
            "/grpc.health.v1.Health/Check",
            request_serializer=health_pb2.HealthCheckRequest.SerializeToString,
            response_deserializer=health_pb2.HealthCheckResponse.FromString,
        )
        check(health_pb2.HealthCheckRequest(), timeout=TIMEOUT)

    def call_once(self) -> None:
        with self.channel() as channel:
            self.call(channel)


def call_raw(channel: grpc.Channel, method: str, message: bytes) -> bytes:
    """A call by its full name whose message is these bytes, whatever they are."""
    call: grpc.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(method, bytes, bytes)
    return call(message, timeout=TIMEOUT)
