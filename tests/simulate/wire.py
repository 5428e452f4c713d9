"""The line in memory: the port that a node knows, in place of gRPC. Requests and answers pass it as bytes."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from google.protobuf.message import Message

from songtor_node.link.place import Place
from songtor_proto.errors import LinkError, SongtorError, declared
from songtor_proto.times import Clock
from songtor_proto.wire import exchange_pb2 as pb
from tests.simulate.faults import Fate, Tripwire, Weather
from tests.simulate.server import Server

M = TypeVar("M", bound=Message)

_MAY_PASS = {"UNAVAILABLE", "RESOURCE_EXHAUSTED", "INTERNAL", "ABORTED", "DEADLINE_EXCEEDED", "CANCELLED"}


@dataclass
class Line:
    """One node's line to the hub: its `Network`. `late`: requests that come when nobody waits any more."""

    seat: str
    server: Server
    weather: Weather
    clock: Clock
    tripwire: Tripwire
    late: list[Callable[[], object]]
    tell: Callable[[str], None]

    def enrolment(self, place: Place) -> EnrolmentPort:
        return EnrolmentPort(self)

    def hub(self, place: Place, *, key: bytes, chain: bytes) -> HubPort:
        return HubPort(self, chain[: chain.index(b"-----END CERTIFICATE-----") + 26])

    def call(self, pem: bytes, method: str, request: Message, answer: type[M]) -> M:
        """One call and its fate. What the hub refuses for good comes as its error, all else as LinkError."""
        self.tripwire.point()
        fate = self.weather.fate(self.seat, self.clock())
        said = request.SerializeToString()

        def ask() -> M:
            given = self.server.call(pem, method, type(request).FromString(said))
            return answer.FromString(given.SerializeToString())

        if fate is not Fate.ANSWERED:
            self.tell(f"{self.seat} {method}: {fate.value}")
        if fate is Fate.LATE:
            self.late.append(lambda: _ignored(ask))
        if fate in (Fate.LOST, Fate.LATE):
            raise LinkError("unavailable")
        try:
            given = ask()
            if fate is Fate.DOUBLED:
                _ignored(ask)
        except SongtorError as error:
            raise _as_caller_sees(error) from None
        finally:
            self.tripwire.point()
        if fate is Fate.UNANSWERED:
            raise LinkError("unavailable")
        return given


class HubPort:
    """The exchange, for one certificate (PEM)."""

    def __init__(self, line: Line, pem: bytes) -> None:
        self._line, self._pem = line, pem

    def submit(self, request: pb.SubmitRequest) -> pb.SubmitResponse:
        return self._call("submit", request, pb.SubmitResponse)

    def fetch(self, request: pb.FetchRequest) -> pb.FetchResponse:
        return self._call("fetch", request, pb.FetchResponse)

    def acknowledge(self, request: pb.AcknowledgeRequest) -> pb.AcknowledgeResponse:
        return self._call("acknowledge", request, pb.AcknowledgeResponse)

    def get_directory(self, request: pb.GetDirectoryRequest) -> pb.GetDirectoryResponse:
        return self._call("get_directory", request, pb.GetDirectoryResponse)

    def publish_keys(self, request: pb.PublishKeysRequest) -> pb.PublishKeysResponse:
        return self._call("publish_keys", request, pb.PublishKeysResponse)

    def get_checkpoint(self, request: pb.GetCheckpointRequest) -> pb.GetCheckpointResponse:
        return self._call("get_checkpoint", request, pb.GetCheckpointResponse)

    def get_inclusion(self, request: pb.GetInclusionRequest) -> pb.GetInclusionResponse:
        return self._call("get_inclusion", request, pb.GetInclusionResponse)

    def compare_open(self, request: pb.CompareOpenRequest) -> pb.CompareOpenResponse:
        return self._call("compare_open", request, pb.CompareOpenResponse)

    def get_status(self, request: pb.GetStatusRequest) -> pb.GetStatusResponse:
        return self._call("get_status", request, pb.GetStatusResponse)

    def close(self) -> None:
        pass

    def _call(self, method: str, request: Message, answer: type[M]) -> M:
        return self._line.call(self._pem, method, request, answer)


class EnrolmentPort:
    """The port that asks for no certificate."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def enrol(self, request: pb.EnrolRequest) -> pb.EnrolResponse:
        return self._line.call(b"", "enrol", request, pb.EnrolResponse)

    def get_renewal_nonce(self, request: pb.GetRenewalNonceRequest) -> pb.GetRenewalNonceResponse:
        return self._line.call(b"", "get_renewal_nonce", request, pb.GetRenewalNonceResponse)

    def renew(self, request: pb.RenewRequest) -> pb.RenewResponse:
        return self._line.call(b"", "renew", request, pb.RenewResponse)

    def close(self) -> None:
        pass


def _as_caller_sees(error: SongtorError) -> SongtorError:
    """By status code alone, as over gRPC (D8)."""
    if isinstance(error, LinkError) or error.entry.grpc in _MAY_PASS:
        return LinkError("unavailable")
    named = declared(error.code, field=error.field)
    assert named is not None
    return named


def _ignored(ask: Callable[[], Any]) -> None:
    """Nobody hears what comes of it."""
    with suppress(SongtorError):
        ask()
