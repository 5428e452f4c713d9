"""Where the pages are served: sockets, each with a server of its own in a thread, bounded in every way."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable
from typing import Any

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from songtor_proto.errors import InputError

MOST_CONNECTIONS = 128
MOST_HEAD = 16 * 1024  # bytes of a request's line and headers
HEAD_SECONDS, FORM_SECONDS = 20, 600  # for the whole of each; a photograph over a slow line takes its time
IDLE_SECONDS = 30
STOP_SECONDS = 5
HSTS = ("Strict-Transport-Security", "max-age=31536000")


class Patient(H11Protocol):
    """Who says half a request and no more is not waited for."""

    head_seconds: float = HEAD_SECONDS
    form_seconds: float = FORM_SECONDS
    _deadline: asyncio.TimerHandle | None = None
    _for_form = False

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._wait(self.head_seconds)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        form = self.conn.their_state is h11.SEND_BODY
        if form and not self._for_form:
            self._wait(self.form_seconds)
        elif self.conn.their_state is h11.IDLE and (self._deadline is None or self._for_form):
            self._wait(self.head_seconds)
        elif not form and self.conn.their_state is not h11.IDLE:
            self._wait(0)
        self._for_form = form

    def connection_lost(self, exc: Exception | None) -> None:
        self._wait(0)
        super().connection_lost(exc)

    def _wait(self, seconds: float) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        self._deadline = self.loop.call_later(seconds, self.transport.abort) if seconds else None


def listen(host: str, port: int) -> socket.socket:
    """InputError("port_taken")."""
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
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
            loop="asyncio",
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
