"""Where the pages are served: sockets, each with a server of its own in a thread, bounded in every way."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any
from weakref import WeakKeyDictionary

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from songtor_proto.errors import InputError

MOST_CONNECTIONS = 128
MOST_LINES = MOST_CONNECTIONS + 16  # with some who are told to come again (503); others are shut out
EACH = MOST_CONNECTIONS // 3  # of one address, where others than this machine come; a browser has up to six
HANDSHAKE_SECONDS = 8  # of TLS
MOST_HEAD = 16 * 1024  # bytes of a request's line and headers
HEAD_SECONDS, FORM_SECONDS = 20, 600  # for the whole of each; a photograph over a slow line takes its time
STILL_SECONDS, SLOWEST = 20, 1024  # of a form: before anything came; bytes a second, of what has come
IDLE_SECONDS = 30
STOP_SECONDS = 5
HSTS = ("Strict-Transport-Security", "max-age=31536000")


class Places:
    """The lines that the doors of one server hold, from the moment they are taken: who is silent counts, too.
    `each`: how many of them one address may have. This machine's own are not told apart: a proxy's are many
    people's."""

    def __init__(self, each: int = MOST_LINES) -> None:
        self._each = each
        self._lines: WeakKeyDictionary[socket.socket, str] = WeakKeyDictionary()

    def give(self, line: socket.socket, address: str) -> bool:
        """False where there is no place."""
        who = _whose(address)
        here = [other for one, other in self._lines.items() if one.fileno() >= 0]
        if len(here) >= MOST_LINES or (who and here.count(who) >= self._each):
            return False
        self._lines[line] = who
        return True


def _whose(address: str) -> str:
    """Of IPv6 a whole network of the internet's is one, as it is one customer's. This machine is nobody."""
    at = ip_address(address.partition("%")[0])
    if isinstance(at, IPv6Address):
        at = at.ipv4_mapped or at
    if at.is_loopback:
        return ""
    return str(ip_network((at, 64), strict=False) if at.version == 6 and at.is_global else at)


class Door(socket.socket):
    """A listening socket; who finds no place is shut out before anything is spent on them."""

    def __init__(self, family: int, places: Places) -> None:
        super().__init__(family)
        self._places = places

    def accept(self) -> tuple[socket.socket, Any]:
        line, address = super().accept()
        if not self._places.give(line, address[0]):
            line.close()
            raise ConnectionAbortedError  # the loop goes on to its other work, and comes again
        return line, address


class Loop(asyncio.SelectorEventLoop):
    """Who never begins TLS, or never ends it, is not waited for."""

    handshake_seconds: float = HANDSHAKE_SECONDS

    async def create_server(self, *args: Any, ssl: Any = None, **more: Any) -> asyncio.Server:
        if ssl:
            more |= {"ssl_handshake_timeout": self.handshake_seconds, "ssl_shutdown_timeout": STOP_SECONDS}
        return await super().create_server(*args, ssl=ssl, **more)


class Patient(H11Protocol):
    """Who says half a request and no more is not waited for, nor who says it a byte at a time."""

    head_seconds: float = HEAD_SECONDS
    still_seconds: float = STILL_SECONDS
    _deadline: asyncio.TimerHandle | None = None
    _for_form = False
    _began, _bytes = 0.0, 0

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._wait(self.head_seconds)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        form = self.conn.their_state is h11.SEND_BODY
        if form:
            self._form(len(data))
        elif self.conn.their_state is h11.IDLE and (self._deadline is None or self._for_form):
            self._wait(self.head_seconds)
        elif self.conn.their_state is not h11.IDLE:
            self._wait(0)
        self._for_form = form

    def on_response_complete(self) -> None:
        """Who was answered before all was said may end the sentence, so that a browser hears the answer."""
        super().on_response_complete()
        if self.conn.their_state is h11.SEND_BODY:
            self._wait(self.still_seconds)

    def connection_lost(self, exc: Exception | None) -> None:
        self._wait(0)
        super().connection_lost(exc)

    def _form(self, size: int) -> None:
        """What has come buys time."""
        if not self._for_form:
            self._began, self._bytes = self.loop.time(), 0
        self._bytes += size
        if not self.cycle.response_complete:
            lasts = min(FORM_SECONDS, self.still_seconds + self._bytes / SLOWEST)
            self._wait(max(self._began + lasts - self.loop.time(), 0.001))

    def _wait(self, seconds: float) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        self._deadline = self.loop.call_later(seconds, self._late) if seconds else None

    def _late(self) -> None:
        ours = self.flow.read_paused and not self.cycle.response_complete  # they may not go on: we wait
        if ours and self.loop.time() < self._began + FORM_SECONDS:
            self._wait(self.still_seconds)
        else:
            self.transport.abort()


def listen(host: str, port: int, places: Places | None = None) -> socket.socket:
    """InputError("port_taken"). `places`: where several doors share them, or who comes is told apart."""
    listening = Door(socket.AF_INET6 if ":" in host else socket.AF_INET, places or Places())
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen()
    except OSError as error:
        listening.close()
        raise InputError("port_taken", field=f"{host}:{port}") from error
    return listening


def server(app: Any, context: ssl.SSLContext | None = None, *, hsts: bool = False) -> uvicorn.Server:
    """Serves that application by `run(sockets=…)` until `should_exit`; over TLS where there is a context."""
    factory: Callable[[Any, Any], ssl.SSLContext] | None = (lambda *_: context) if context else None
    return uvicorn.Server(
        uvicorn.Config(
            app,
            loop=f"{__name__}:{Loop.__name__}",
            http=Patient,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,  # it would name cases
            server_header=False,
            proxy_headers=False,
            limit_concurrency=MOST_CONNECTIONS,
            backlog=MOST_CONNECTIONS,
            h11_max_incomplete_event_size=MOST_HEAD,
            timeout_keep_alive=IDLE_SECONDS,
            timeout_graceful_shutdown=STOP_SECONDS,
            ssl_context_factory=factory,
            headers=[HSTS] if hsts else None,
        )
    )
