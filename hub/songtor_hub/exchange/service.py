"""The exchange over gRPC: a thin asynchronous shell. Who calls is known before a method runs (I1, I10)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import grpc
import structlog

from songtor_hub.exchange.exchange import Arrival, Committed, Exchange, Submission, submission
from songtor_hub.exchange.rate import STATEMENTS, STATEMENTS_PER_SECOND, Rates
from songtor_hub.exchange.waiters import Waiters
from songtor_hub.exchange.writer import Grouped
from songtor_hub.seats.guard import CALLER
from songtor_proto.errors import SongtorError, StoreError
from songtor_proto.wire.exchange_pb2 import (
    AcknowledgeRequest,
    AcknowledgeResponse,
    CompareOpenRequest,
    CompareOpenResponse,
    FetchRequest,
    FetchResponse,
    GetCheckpointRequest,
    GetCheckpointResponse,
    GetDirectoryRequest,
    GetDirectoryResponse,
    GetInclusionRequest,
    GetInclusionResponse,
    GetStatusRequest,
    GetStatusResponse,
    PublishKeysRequest,
    PublishKeysResponse,
    SubmitRequest,
    SubmitResponse,
)
from songtor_proto.wire.exchange_pb2_grpc import ExchangeServiceServicer

THREADS = 8
TICK = 5.0  # seconds
MAX_WAIT = 50

Context = grpc.aio.ServicerContext[Any, Any]
Response = TypeVar("Response")

_log = structlog.get_logger(__name__)


class ExchangeService(ExchangeServiceServicer):
    """Of one event loop. `work` must run beside the server, and `close` come after it has stopped."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._loop = asyncio.get_running_loop()
        self._rates = Rates()
        self._statements = Rates(burst=STATEMENTS, per_second=STATEMENTS_PER_SECOND)
        self._waiters = Waiters(exchange.arrivals)
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="exchange")
        self._fault = asyncio.Event()
        self._recalls = asyncio.Event()
        self._stopping = False
        self._writer = Grouped(self._commit, self._fault.set, name="writer")
        self._reader = Grouped(exchange.statuses, self._fault.set, name="reader")

    async def Submit(self, request: SubmitRequest, context: Context) -> SubmitResponse:
        job = submission(self._caller(len(request.envelopes)), request)
        response = await self._writer.do(job, len(job.envelopes))
        assert isinstance(response, SubmitResponse)
        return response

    async def Fetch(self, request: FetchRequest, context: Context) -> FetchResponse:
        seat = self._caller()
        until = self._loop.time() + min(request.wait_seconds, MAX_WAIT)
        while True:
            with self._waiters.waiting(seat) as news:
                response = await self._in_thread(self._exchange.fetch, seat, request)
                left = until - self._loop.time()
                if response.deliveries or left <= 0 or self._stopping:
                    return response
                await asyncio.wait([news], timeout=left)

    async def Acknowledge(self, request: AcknowledgeRequest, context: Context) -> AcknowledgeResponse:
        arrival = await self._in_thread(self._exchange.arrival, self._caller(), request)
        response = await self._writer.do(arrival)
        assert isinstance(response, AcknowledgeResponse)
        return response

    async def GetDirectory(self, request: GetDirectoryRequest, context: Context) -> GetDirectoryResponse:
        return await self._in_thread(self._exchange.get_directory, self._caller(), request)

    async def PublishKeys(self, request: PublishKeysRequest, context: Context) -> PublishKeysResponse:
        seat = self._caller()
        self._statements.take(seat, 1)
        return await self._in_thread(self._exchange.publish_keys, seat, request)

    async def GetCheckpoint(self, request: GetCheckpointRequest, context: Context) -> GetCheckpointResponse:
        return await self._in_thread(self._exchange.get_checkpoint, self._caller(), request)

    async def GetInclusion(self, request: GetInclusionRequest, context: Context) -> GetInclusionResponse:
        return await self._in_thread(self._exchange.get_inclusion, self._caller(), request)

    async def CompareOpen(self, request: CompareOpenRequest, context: Context) -> CompareOpenResponse:
        return await self._in_thread(self._exchange.compare_open, self._caller(), request)

    async def GetStatus(self, request: GetStatusRequest, context: Context) -> GetStatusResponse:
        found = await self._reader.do((self._caller(), request))
        if isinstance(found, SongtorError):
            raise found
        return found

    async def work(self) -> None:
        """Sees to what is due, by the clock or by a commit, for ever; StoreError when a thread failed."""
        fault = asyncio.create_task(self._fault.wait())
        try:
            while not self._fault.is_set():
                try:
                    self._waiters.wake(await self._in_thread(self._exchange.tick))
                except StoreError as error:
                    _log.warning("tick", code=error.code, detail=error.detail)
                except SongtorError as error:  # of what one seat sent; nobody's mail stops for it
                    _log.critical("alert", what="tick", code=error.code, field=error.field)
                due = asyncio.create_task(self._recalls.wait())
                await asyncio.wait([due, fault], timeout=TICK, return_when=asyncio.FIRST_COMPLETED)
                due.cancel()
                self._recalls.clear()
            raise StoreError("unavailable", detail="a thread of the exchange failed")
        finally:
            fault.cancel()

    def stop_waiting(self) -> None:
        """Answers every Fetch that waits, so that the server can stop at once."""
        self._stopping = True
        self._waiters.wake_all()

    async def close(self) -> None:
        await self._writer.stop()
        await self._reader.stop()
        await self._waiters.close()
        self._threads.shutdown()

    def _commit(self, jobs: list[Submission | Arrival]) -> Sequence[SubmitResponse | AcknowledgeResponse]:
        """In the writer's thread."""
        done = self._exchange.commit(jobs)
        self._loop.call_soon_threadsafe(self._tell, done)
        return done.responses

    def _tell(self, done: Committed) -> None:
        self._waiters.wake(done.mailboxes)
        if done.recalls:
            self._recalls.set()

    def _caller(self, count: int = 1) -> str:
        """The seat; LinkError("busy") where it calls more than it may (P5)."""
        seat = CALLER.get()
        self._rates.take(seat, max(count, 1))
        return seat

    async def _in_thread(self, method: Callable[..., Response], *arguments: Any) -> Response:
        return await self._loop.run_in_executor(self._threads, method, *arguments)
