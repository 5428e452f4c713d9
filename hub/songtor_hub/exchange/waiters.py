"""Who waits for mail. What this process commits wakes at once; a poller sees what others commit."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager

import structlog

from songtor_proto.errors import LinkError, StoreError

POLL = 0.05  # seconds
MAX_WAITING = 16  # calls of one seat

Arrivals = Callable[[int | None], tuple[int, Collection[str]]]
"""The last sequence, and the mailboxes that got something after the given one (none after None); blocks."""

_log = structlog.get_logger(__name__)


class Waiters:
    """Of one event loop."""

    def __init__(self, arrivals: Arrivals) -> None:
        self._arrivals = arrivals
        self._waiting: dict[str, set[asyncio.Future[None]]] = {}
        self._poller: asyncio.Task[None] | None = None

    @contextmanager
    def waiting(self, mailbox: str) -> Iterator[asyncio.Future[None]]:
        """Done when something may have come. Look into the box after this, or a wake is missed."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        waiting = self._waiting.setdefault(mailbox, set())
        if len(waiting) >= MAX_WAITING:
            raise LinkError("busy")
        waiting.add(future)
        if self._poller is None:
            self._poller = asyncio.create_task(self._poll())
        try:
            yield future
        finally:
            if futures := self._waiting.get(mailbox):
                futures.discard(future)
                if not futures:
                    del self._waiting[mailbox]

    def wake(self, mailboxes: Collection[str]) -> None:
        for mailbox in self._waiting.keys() & mailboxes:
            for future in self._waiting.pop(mailbox):
                if not future.done():
                    future.set_result(None)

    def wake_all(self) -> None:
        self.wake(list(self._waiting))

    async def close(self) -> None:
        if self._poller is not None:
            self._poller.cancel()
            await asyncio.wait([self._poller])

    async def _poll(self) -> None:
        """While anyone waits. What came before the first look is not known: everyone looks again after it."""
        last: int | None = None
        while self._waiting:
            try:
                first = last is None
                last, mailboxes = await asyncio.to_thread(self._arrivals, last)
                self.wake(list(self._waiting) if first else mailboxes)
            except StoreError as error:
                _log.warning("poll", code=error.code, detail=error.detail)
            await asyncio.sleep(POLL)
        self._poller = None
