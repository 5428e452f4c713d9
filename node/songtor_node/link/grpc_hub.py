"""The hub over gRPC: mutual TLS with the node's key in memory; the enrolment port pinned to the
invitation's root.

What may succeed later is told from what was refused by the gRPC status code alone (rule D8).
"""

from __future__ import annotations

import ssl
from collections.abc import Callable
from typing import Any, TypeVar, cast

import grpc

from songtor_node.link.place import Place
from songtor_proto.errors import LinkError, PeerError, SongtorError, declared
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
from songtor_proto.wire.exchange_pb2_grpc import EnrolmentServiceStub, ExchangeServiceStub

MAX_MESSAGE = 4 * 1024 * 1024  # P2
CALL_SECONDS = 20.0
SUBMIT_SECONDS = 60.0  # 4 MiB over a slow line

_OPTIONS = (
    ("grpc.max_receive_message_length", MAX_MESSAGE),
    ("grpc.max_send_message_length", MAX_MESSAGE),
    ("grpc.max_metadata_size", 8 * 1024),
    # A silent line is noticed; a long-poll answers within 50 s, so a healthy one is never pinged.
    ("grpc.keepalive_time_ms", 60_000),
    ("grpc.keepalive_timeout_ms", 10_000),
    ("grpc.initial_reconnect_backoff_ms", 200),
    ("grpc.max_reconnect_backoff_ms", 5_000),
    ("grpc.enable_retries", 0),
    # A renewed certificate means a new connection, never one that an older channel left open.
    ("grpc.use_local_subchannel_pool", 1),
)

# The other side, or something before it, said no for good; every other status may pass (rule D8).
_REFUSED = frozenset(
    {
        grpc.StatusCode.UNAUTHENTICATED,
        grpc.StatusCode.PERMISSION_DENIED,
        grpc.StatusCode.INVALID_ARGUMENT,
        grpc.StatusCode.NOT_FOUND,
        grpc.StatusCode.ALREADY_EXISTS,
        grpc.StatusCode.FAILED_PRECONDITION,
        grpc.StatusCode.OUT_OF_RANGE,
        grpc.StatusCode.UNIMPLEMENTED,
    }
)

Response = TypeVar("Response")


class GrpcHub:
    """One connection to the exchange, for one certificate; a renewed one takes a new GrpcHub."""

    def __init__(self, channel: grpc.Channel) -> None:
        self._channel = channel
        self._stub = ExchangeServiceStub(channel)

    def submit(self, request: SubmitRequest) -> SubmitResponse:
        return _call(self._stub.Submit, request, SUBMIT_SECONDS)

    def fetch(self, request: FetchRequest) -> FetchResponse:
        return _call(self._stub.Fetch, request, request.wait_seconds + CALL_SECONDS)

    def acknowledge(self, request: AcknowledgeRequest) -> AcknowledgeResponse:
        return _call(self._stub.Acknowledge, request, CALL_SECONDS)

    def get_directory(self, request: GetDirectoryRequest) -> GetDirectoryResponse:
        return _call(self._stub.GetDirectory, request, CALL_SECONDS)

    def publish_keys(self, request: PublishKeysRequest) -> PublishKeysResponse:
        return _call(self._stub.PublishKeys, request, CALL_SECONDS)

    def get_checkpoint(self, request: GetCheckpointRequest) -> GetCheckpointResponse:
        return _call(self._stub.GetCheckpoint, request, CALL_SECONDS)

    def get_inclusion(self, request: GetInclusionRequest) -> GetInclusionResponse:
        return _call(self._stub.GetInclusion, request, CALL_SECONDS)

    def compare_open(self, request: CompareOpenRequest) -> CompareOpenResponse:
        return _call(self._stub.CompareOpen, request, CALL_SECONDS)

    def get_status(self, request: GetStatusRequest) -> GetStatusResponse:
        return _call(self._stub.GetStatus, request, CALL_SECONDS)

    def close(self) -> None:
        self._channel.close()


class GrpcEnrolment:
    """The enrolment port of one network."""

    def __init__(self, channel: grpc.Channel) -> None:
        self._channel = channel
        self._stub = EnrolmentServiceStub(channel)

    def enrol(self, request: EnrolRequest) -> EnrolResponse:
        return _call(self._stub.Enrol, request, CALL_SECONDS)

    def get_renewal_nonce(self, request: GetRenewalNonceRequest) -> GetRenewalNonceResponse:
        return _call(self._stub.GetRenewalNonce, request, CALL_SECONDS)

    def renew(self, request: RenewRequest) -> RenewResponse:
        return _call(self._stub.Renew, request, CALL_SECONDS)

    def close(self) -> None:
        self._channel.close()


class GrpcNetwork:
    """Opens connections to the network that a node belongs to."""

    def enrolment(self, place: Place) -> GrpcEnrolment:
        credentials = grpc.ssl_channel_credentials(_pem(place.root))
        return GrpcEnrolment(grpc.secure_channel(place.enrolment_address, credentials, _OPTIONS))

    def hub(self, place: Place, *, key: bytes, chain: bytes) -> GrpcHub:
        credentials = grpc.ssl_channel_credentials(_pem(place.root), key, chain)
        return GrpcHub(grpc.secure_channel(place.exchange_address, credentials, _OPTIONS))


def _pem(root: bytes) -> bytes:
    return ssl.DER_cert_to_PEM_cert(root).encode()


def _call(method: Callable[..., Response], request: Any, seconds: float) -> Response:
    try:
        return method(request, timeout=seconds)
    except grpc.RpcError as error:
        # What a blocking call raises is the ended call. Its own text may quote what was sent.
        raise _declared(cast("grpc.Call", error)) from None
    except ValueError as error:  # the channel was closed under the call
        raise LinkError("unavailable") from error


def _declared(call: grpc.Call) -> SongtorError:
    """The hub's own error where it named one (rule X1), else by the status code."""
    status = call.code()
    if status not in _REFUSED:
        return LinkError("unavailable", detail=status.name)
    fields = dict(call.trailing_metadata() or ())
    named = declared(call.details() or "", field=str(fields.get("songtor-field", ""))[:80])
    return named or PeerError("refused", detail=status.name)
