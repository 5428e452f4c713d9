"""One thread that works for many callers at once: what waits is done together. ADR 0005.

While nobody else waits, a call is done at once. Under load the thread lingers some milliseconds, so that more
goes into one commit to disk and under one signature.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Generic, NamedTuple, TypeVar

import structlog

from songtor_proto.errors import LinkError, StoreError

GROUP = 512
WAITING = 4096
LINGER = 0.004  # seconds

Work = TypeVar("Work")
Result = TypeVar("Result")

_log = structlog.get_logger(__name__)


class _Call(NamedTuple, Generic[Work, Result]):
    work: Work
    size: int
    done: asyncio.Future[Result]


class Grouped(Generic[Work, Result]):
    """Calls `together` with what waits, in order, and gives each caller its own result.

    Where it raises StoreError, everyone in the group gets that and the thread goes on. Anything else is a
    fault: the thread ends, nobody is answered any more, and `failed` is called on the event loop, once.
    """

    def __init__(
        self,
        together: Callable[[list[Work]], Sequence[Result]],
        failed: Callable[[], None],
        *,
        name: str,
        linger: float = LINGER,
    ) -> None:
        self._together = together
        self._failed = failed
        self._linger = linger
        self._queue: SimpleQueue[_Call[Work, Result] | None] = SimpleQueue()
        self._waiting = 0
        self._ended = False
        self._busy = False
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    async def do(self, work: Work, size: int = 1) -> Result:
        """`size` counts towards what one group and the queue may hold. Raises LinkError("busy")."""
        if self._ended or self._waiting + size > WAITING:
            raise LinkError("busy")
        self._waiting += size
        done: asyncio.Future[Result] = self._loop.create_future()
        self._queue.put(_Call(work, size, done))
        try:
            return await done
        finally:
            self._waiting -= size

    async def stop(self) -> None:
        """Ends the thread once all that waits is done."""
        self._ended = True
        self._queue.put(None)
        await asyncio.to_thread(self._thread.join)

    def _run(self) -> None:
        calls: list[_Call[Work, Result]] = []
        try:
            while calls := self._gather():
                results: Sequence[Result] | StoreError
                try:
                    results = self._together([call.work for call in calls])
                except StoreError as error:
                    results = error
                self._loop.call_soon_threadsafe(_resolve, calls, results)
        except BaseException as error:
            _log.critical("alert", what="writer", kind=type(error).__name__, exc_info=True)
            self._loop.call_soon_threadsafe(self._fail, calls)

    def _gather(self) -> list[_Call[Work, Result]]:
        """The next group: what waits, and under load what comes soon. Empty at the end."""
        calls: list[_Call[Work, Result]] = []
        size, until = 0, None
        while size < GROUP:
            try:
                call = self._queue.get(timeout=None if until is None else max(0.0, until - monotonic()))
            except Empty:
                break
            if call is None:
                self._queue.put(None)
                break
            calls.append(call)
            size += call.size
            if until is None:
                until = monotonic() + (self._linger if self._busy else 0.0)
        self._busy = len(calls) > 1
        return calls

    def _fail(self, calls: list[_Call[Work, Result]]) -> None:
        self._ended = True
        while not self._queue.empty():
            call = self._queue.get_nowait()
            if call is not None:
                calls.append(call)
        _resolve(calls, StoreError("unavailable"))
        self._failed()


def _resolve(calls: Sequence[_Call[Work, Result]], results: Sequence[Result] | StoreError) -> None:
    if isinstance(results, StoreError):
        for call in calls:
            if not call.done.done():
                call.done.set_exception(results)
        return
    for call, result in zip(calls, results, strict=True):
        if not call.done.done():  # the caller may have gone
            call.done.set_result(result)
