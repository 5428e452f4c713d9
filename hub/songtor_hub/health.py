"""Whether this process lives and whether it can work, for whoever keeps it running. Loopback only."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from songtor_hub.store.engine import reading
from songtor_proto.errors import StoreError

if TYPE_CHECKING:
    from starlette.requests import Request

    from songtor_hub.bootstrap import Hub


def create_app(hub: Hub, stop: asyncio.Event) -> Starlette:
    """`GET /health`: the process answers. `GET /ready`: so does its database, and it is not stopping."""

    async def alive(request: Request) -> JSONResponse:
        return JSONResponse({"status": "ok"})

    async def ready(request: Request) -> JSONResponse:
        try:
            await asyncio.to_thread(_ask, hub)
        except StoreError as error:
            return JSONResponse({"status": error.code}, 503)
        return JSONResponse({"status": "stopping"}, 503) if stop.is_set() else JSONResponse({"status": "ok"})

    return Starlette(routes=[Route("/health", alive), Route("/ready", ready)])


def _ask(hub: Hub) -> None:
    with reading(hub.engine) as connection:
        connection.exec_driver_sql("SELECT 1")
