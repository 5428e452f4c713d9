"""Enrolment over gRPC: a thin shell round the desk, which works in threads."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import grpc

from songtor_hub.seats.enrolment import EnrolmentDesk
from songtor_proto.wire.exchange_pb2 import (
    EnrolRequest,
    EnrolResponse,
    GetRenewalNonceRequest,
    GetRenewalNonceResponse,
    RenewRequest,
    RenewResponse,
)
from songtor_proto.wire.exchange_pb2_grpc import EnrolmentServiceServicer

if TYPE_CHECKING:
    Context = grpc.aio.ServicerContext[Any, Any]

METHODS = frozenset(f"/songtor.v1.EnrolmentService/{name}" for name in ("Enrol", "GetRenewalNonce", "Renew"))


class EnrolmentService(EnrolmentServiceServicer):
    def __init__(self, desk: EnrolmentDesk) -> None:
        self._desk = desk

    async def Enrol(self, request: EnrolRequest, context: Context) -> EnrolResponse:
        return await asyncio.to_thread(self._desk.enrol, request)

    async def GetRenewalNonce(
        self, request: GetRenewalNonceRequest, context: Context
    ) -> GetRenewalNonceResponse:
        return self._desk.get_renewal_nonce(request)

    async def Renew(self, request: RenewRequest, context: Context) -> RenewResponse:
        return await asyncio.to_thread(self._desk.renew, request)
