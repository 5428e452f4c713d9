"""Whether this node lives, whether it can work, and how it stands: for supervisors and programs, on
loopback only.

`ready` tells the truth about the line: a process that runs and reaches nobody is not ready.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from songtor_node.link.state import state_of
from songtor_node.web.front import Front
from songtor_proto.errors import SongtorError

SILENT = timedelta(minutes=15)
"""So long a node may be without its hub and still be called ready."""
STUCK = timedelta(minutes=3)
"""The loop goes round at least once in a long-poll and its deadline."""


def create_app(front: Front, beat: Callable[[], datetime]) -> Starlette:
    """`beat` gives when the loop last went round."""

    def health(request: Request) -> JSONResponse:
        alive = front.now - beat() < STUCK
        return JSONResponse({"status": "ok" if alive else "stuck"}, 200 if alive else 503)

    def ready(request: Request) -> JSONResponse:
        if front.node is None:
            return JSONResponse({"status": front.when.value}, 503)
        try:
            state = state_of(front.node)
        except SongtorError as error:
            return JSONResponse({"status": error.code}, 503)
        seconds = state["seconds_since_contact"]
        if state["not_let_in"]:
            return JSONResponse({"status": state["not_let_in"]}, 503)
        if state["certificate_days"] <= 0:
            return JSONResponse({"status": "certificate_expired"}, 503)
        if seconds is None or seconds > SILENT.total_seconds():
            return JSONResponse({"status": "no_contact"}, 503)
        return JSONResponse({"status": "ok"})

    def state(request: Request) -> JSONResponse:
        if front.node is None:
            return JSONResponse({"status": front.when.value}, 503)
        try:
            return JSONResponse(state_of(front.node))
        except SongtorError as error:
            return JSONResponse({"status": error.code}, 503)

    return Starlette(
        routes=[Route("/health", health), Route("/ready", ready), Route("/state", state)],
        # A page in somebody's browser must not read it by a name that it points here.
        middleware=[
            Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost", "testserver"])
        ],
    )
