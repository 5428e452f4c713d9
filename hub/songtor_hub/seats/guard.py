"""What stands before every gRPC method: TLS 1.3, who calls, errors in one form. Rules I1, I3, I10, X1."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, cast

import grpc
import structlog
from google.protobuf.message import DecodeError

from songtor_hub.seats.admission import Admission
from songtor_proto.errors import InputError, PeerError, SongtorError

if TYPE_CHECKING:
    Context = grpc.aio.ServicerContext[Any, Any]
    Handler = grpc.RpcMethodHandler[Any, Any]
    Peer = Mapping[str, Iterable[bytes]]
    Identify = Callable[[Peer], Awaitable[str]]

CALLER: ContextVar[str] = ContextVar("caller")
"""The seat that makes the present call; on the enrolment port nobody's."""

_TLS = [b"TLSv1.3"]

log = structlog.get_logger(__name__)


class Guard(grpc.aio.ServerInterceptor):
    """Lets in calls of `methods` (full names) and no others. A request is parsed once its caller is known."""

    def __init__(self, methods: frozenset[str], identify: Identify) -> None:
        self._methods = methods
        self._identify = identify
        self._handlers: dict[str, Handler] = {}

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Handler | None]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Handler:
        method = handler_call_details.method
        if method not in self._handlers:
            handler = await continuation(handler_call_details) if method in self._methods else None
            if handler is None:
                return _REFUSED
            self._handlers[method] = self._guarded(method, handler)
        return self._handlers[method]

    def _guarded(self, method: str, handler: Handler) -> Handler:
        # (Typed for the threaded server; ours is asyncio's.)
        call = cast("Callable[[Any, Context], Awaitable[Any]]", handler.unary_unary)
        parse = cast("Callable[[bytes], Any]", handler.request_deserializer)

        async def guarded(raw: bytes, context: Context) -> Any:
            seat = ""
            try:
                peer = context.auth_context()  # costs more than all the rest here: once
                if peer.get("ssl_tls_version") != _TLS:
                    raise PeerError("tls_version")
                seat = await self._identify(peer)
                CALLER.set(seat)
                return await call(_parsed(parse, raw), context)
            except SongtorError as error:
                await _abort(context, method, seat, error)
            except Exception as error:
                # The library would send the exception's text to the caller.
                log.exception("fault", method=method, seat=seat, kind=type(error).__name__)
                await context.abort(grpc.StatusCode.INTERNAL, "")

        return grpc.unary_unary_rpc_method_handler(
            guarded, request_deserializer=None, response_serializer=handler.response_serializer
        )


def seat_calls(admission: Admission) -> Identify:
    """The exchange's callers: a seat, by its client certificate."""

    async def identify(peer: Peer) -> str:
        (pem,) = peer.get("x509_pem_cert", (b"",))
        seat = admission.known(pem)
        return await asyncio.to_thread(admission.look, pem) if seat is None else seat

    return identify


async def anyone(peer: Peer) -> str:
    """Who enrols or renews shows who it is in the request."""
    return ""


def _parsed(parse: Callable[[bytes], Any], raw: bytes) -> Any:
    try:
        return parse(raw)
    except DecodeError as error:
        raise InputError("message") from error


async def _abort(context: Context, method: str, seat: str, error: SongtorError) -> None:
    log.warning("refused", method=method, seat=seat, code=error.code, field=error.field, detail=error.detail)
    fields = (("songtor-field", error.field),) if error.field else ()
    await context.abort(grpc.StatusCode[error.entry.grpc], error.code, fields)


async def _refuse(raw: bytes, context: Context) -> bytes:
    log.warning("refused", code="peer.method")
    error = PeerError("method")
    await context.abort(grpc.StatusCode[error.entry.grpc], error.code)
    raise error


_REFUSED: Handler = grpc.unary_unary_rpc_method_handler(_refuse)
