"""A form that is sent twice is done once: a thumb taps twice, a phone whose line broke sends again.

Known by who sends it, where to, and all that it says, the moment at which its page was made among it. Whoever
typed other words in between sends another form.
"""

from __future__ import annotations

import hashlib
from asyncio import Future, get_running_loop
from collections import OrderedDict
from collections.abc import Awaitable, Callable

from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

MADE = "made"  # the hidden field that says when the page was made
_REMEMBERED = 500  # forms, the latest


class Once:
    """What was done is remembered by where it led; what was refused is done anew. In one event loop."""

    def __init__(self) -> None:
        self._led: OrderedDict[bytes, Future[str]] = OrderedDict()

    async def do(self, key: bytes, answer: Callable[[], Awaitable[Response]]) -> Response:
        """`answer`'s, or where the first of the same led to; an empty `key` is never the same."""
        if not key:
            return await answer()
        while (first := self._led.get(key)) is not None:
            if led := await first:
                return RedirectResponse(led, 303)
        mine = self._led[key] = get_running_loop().create_future()
        while len(self._led) > _REMEMBERED:
            self._led.popitem(last=False)
        led = ""
        try:
            response = await answer()
            led = response.headers.get("location", "") if response.status_code == 303 else ""
            return response
        finally:
            if not led:
                self._led.pop(key, None)
            mine.set_result(led)


def key_of(form: FormData, sender: bytes, path: str) -> bytes:
    """Empty for a form that does not say when its page was made, and for one with a file."""
    items = form.multi_items()
    if MADE not in form or not all(isinstance(value, str) for _, value in items):
        return b""
    said = (path, *(str(part) for item in items for part in item))
    return hashlib.sha256(sender + b"".join(_digest(part) for part in said)).digest()


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
