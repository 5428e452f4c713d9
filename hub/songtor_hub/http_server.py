"""uvicorn as one of several servers in a process that minds its signals itself."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from ssl import SSLContext
from typing import TYPE_CHECKING

import uvicorn

from songtor_proto.errors import InputError

if TYPE_CHECKING:
    from starlette.types import ASGIApp

STOP_SECONDS = 3


class HttpServer(uvicorn.Server):
    """Listens from the start; `serve` answers, until `should_exit`. `up` is set once it answers."""

    def __init__(self, app: ASGIApp, address: str, port: int, tls: SSLContext | None = None) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                ssl_context_factory=None if tls is None else lambda config, default: tls,
                access_log=False,  # it would hold what liaisons ask for
                server_header=False,
                proxy_headers=False,
                lifespan="off",
                log_config=None,
                limit_concurrency=256,
                timeout_keep_alive=15,
                timeout_graceful_shutdown=STOP_SECONDS,
                h11_max_incomplete_event_size=8192,
                http="h11",
                ws="none",
            )
        )
        self.up = asyncio.Event()
        self._socket = bound(address, port)
        self.port: int = self._socket.getsockname()[1]

    async def answer(self) -> None:
        self.servers = []
        try:
            await self.serve(sockets=[self._socket])
        finally:
            for server in self.servers:  # cancelled, it would leave them open
                server.close()

    def close(self) -> None:
        """Also where it never answered."""
        self._socket.close()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def bound(address: str, port: int) -> socket.socket:
    """InputError("port_taken") where it cannot be had."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    found = socket.socket(family, socket.SOCK_STREAM)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((address, port))
    except OSError as error:
        found.close()
        raise InputError("port_taken", field=f"{address}:{port}") from error
    return found
