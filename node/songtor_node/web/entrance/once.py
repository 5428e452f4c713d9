"""A form that is sent twice is done once: a thumb taps twice, a phone whose line broke sends again.

Known by who sends it, where to, and all that it says, the moment at which its page was made among it. Whoever
typed other words in between sends another form.
"""

from __future__ import annotations

import hashlib
from asyncio import wrap_future
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from threading import Lock

from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

MADE = "made"  # the hidden field that says when the page was made
REMEMBERED = 500  # forms, the latest
_LONGEST = 500  # letters of where one led


class Once:
    """What was done is remembered by where it led; what was refused is done anew. The doors of this machine
    and of the house, each with an event loop of its own, may share it."""

    def __init__(self, remembered: int = REMEMBERED) -> None:
        self._remembered = remembered
        self._led: OrderedDict[bytes, Future[str]] = OrderedDict()
        self._lock = Lock()

    async def do(self, key: bytes, answer: Callable[[], Awaitable[Response]]) -> Response:
        """`answer`'s, or where the first of the same led to; an empty `key` is never the same."""
        if not key:
            return await answer()
        mine: Future[str] = Future()
        mine.set_running_or_notify_cancel()  # who waits for it and goes away takes it from nobody
        while (first := self._first(key, mine)) is not mine:
            if led := await wrap_future(first):
                return RedirectResponse(led, 303)
        led = ""
        try:
            response = await answer()
            location = response.headers.get("location", "") if response.status_code == 303 else ""
            led = location if len(location) <= _LONGEST else ""
            return response
        finally:
            with self._lock:
                if not led and self._led.get(key) is mine:
                    del self._led[key]
            mine.set_result(led)

    def _first(self, key: bytes, mine: Future[str]) -> Future[str]:
        with self._lock:
            first = self._led.setdefault(key, mine)
            while len(self._led) > self._remembered:
                self._led.popitem(last=False)
            return first


def key_of(form: FormData, worker: str, path: str) -> bytes:
    """The same in whichever session the worker sends it. Empty for a form that does not say when its page was
    made, and for one with a file."""
    items = form.multi_items()
    if MADE not in form or not all(isinstance(value, str) for _, value in items):
        return b""
    said = (worker, path, *(str(part) for item in items for part in item))
    return hashlib.sha256(b"".join(_digest(part) for part in said)).digest()


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
