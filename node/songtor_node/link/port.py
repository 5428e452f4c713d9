"""What a node asks of a hub. Calls block; each has a deadline of its own and no retry.

Every method raises LinkError where the same call may succeed later, and PeerError (or another declared error)
where the hub refused the caller or the hub is not who it must be.
"""

from __future__ import annotations

from typing import Protocol

from songtor_proto.wire.directory_pb2 import Invitation
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


class Enrolment(Protocol):
    """The enrolment port: no certificate of the caller's is needed."""

    def enrol(self, request: EnrolRequest) -> EnrolResponse: ...

    def get_renewal_nonce(self, request: GetRenewalNonceRequest) -> GetRenewalNonceResponse: ...

    def renew(self, request: RenewRequest) -> RenewResponse: ...


class Network(Protocol):
    """How a node reaches a network: what differs between gRPC and a test's or simulator's memory."""

    def enrolment(self, invitation: Invitation) -> Enrolment:
        """The enrolment port, pinned to the invitation's root."""
        ...

    def hub(self, invitation: Invitation, *, key: bytes, chain: tuple[bytes, ...]) -> Hub:
        """The exchange, for the certificate `chain` (DER, leaf first) and its private key (PKCS#8, DER)."""
        ...
