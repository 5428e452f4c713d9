"""What a node asks of a hub. Calls block; each has a deadline of its own and no retry.

Every method raises LinkError where the same call may succeed later, and PeerError (or another declared error)
where the hub refused the caller or the hub is not who it must be.
"""

from __future__ import annotations

from typing import Protocol

from songtor_node.link.place import Place
from songtor_proto.wire.exchange_pb2 import (
    AcknowledgeRequest,
    AcknowledgeResponse,
    CompareOpenRequest,
    CompareOpenResponse,
    EnrolRequest,
    EnrolResponse,
    FetchRequest,
    FetchResponse,
    GetCheckpointRequest,
    GetCheckpointResponse,
    GetDirectoryRequest,
    GetDirectoryResponse,
    GetInclusionRequest,
    GetInclusionResponse,
    GetRenewalNonceRequest,
    GetRenewalNonceResponse,
    GetStatusRequest,
    GetStatusResponse,
    PublishKeysRequest,
    PublishKeysResponse,
    RenewRequest,
    RenewResponse,
    SubmitRequest,
    SubmitResponse,
)


class Hub(Protocol):
    """The exchange, as one enrolled seat sees it."""

    def submit(self, request: SubmitRequest) -> SubmitResponse: ...

    def fetch(self, request: FetchRequest) -> FetchResponse: ...

    def acknowledge(self, request: AcknowledgeRequest) -> AcknowledgeResponse: ...

    def get_directory(self, request: GetDirectoryRequest) -> GetDirectoryResponse: ...

    def publish_keys(self, request: PublishKeysRequest) -> PublishKeysResponse: ...

    def get_checkpoint(self, request: GetCheckpointRequest) -> GetCheckpointResponse: ...

    def get_inclusion(self, request: GetInclusionRequest) -> GetInclusionResponse: ...

    def compare_open(self, request: CompareOpenRequest) -> CompareOpenResponse: ...

    def get_status(self, request: GetStatusRequest) -> GetStatusResponse: ...

    def close(self) -> None:
        """Ends the connection; a call that still waits ends with LinkError."""
        ...


class Enrolment(Protocol):
    """The enrolment port: no certificate of the caller's is needed."""

    def enrol(self, request: EnrolRequest) -> EnrolResponse: ...

    def get_renewal_nonce(self, request: GetRenewalNonceRequest) -> GetRenewalNonceResponse: ...

    def renew(self, request: RenewRequest) -> RenewResponse: ...

    def close(self) -> None: ...


class Network(Protocol):
    """How a node reaches its network: what differs between gRPC and the memory of a test or simulator."""

    def enrolment(self, place: Place) -> Enrolment:
        """The enrolment port, pinned to the network's root."""
        ...

    def hub(self, place: Place, *, key: bytes, chain: bytes) -> Hub:
        """The exchange, for a certificate chain (PEM, leaf first) and its private key (PEM)."""
        ...
