"""The liaisons' door: two questions over HTTPS, answered in JSON. Rules S1 to S4.

What is not for this liaison is "not found", whatever the cause: the same bytes, headers and work. Guessing is
locked out by address for tokens and by liaison for references; then nothing is looked up at all.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

import structlog
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from songtor_hub.liaison import look, tokens
from songtor_hub.liaison.limits import Limit
from songtor_hub.liaison.tokens import Liaison
from songtor_hub.store.engine import reading, writing
from songtor_proto.errors import InputError, PeerError, SongtorError, StoreError

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from songtor_hub.bootstrap import Hub

MAX_QUERY = 256
_FILTERS = {"state", "overdue", "after"}
_OVERDUE = {"": None, "true": True, "false": False}
_HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "strict-transport-security": "max-age=31536000",
    "x-content-type-options": "nosniff",
}
_STATUS = {
    "input.not_here": 404,
    "peer.method": 405,
    "input.too_large": 413,
    "peer.token": 401,
    "peer.too_often": 429,
}
_FAMILY_STATUS = {"input": 400, "store": 503}

T = TypeVar("T")
log = structlog.get_logger()


def create_app(hub: Hub) -> Starlette:
    """`GET /api/v1/referrals/{reference}` and `GET /api/v1/referrals?state=&overdue=&after=`."""
    door = _Door(hub)
    return Starlette(
        routes=[
            Route("/api/v1/referrals", door.page, methods=["GET"]),
            Route("/api/v1/referrals/{reference:path}", door.one, methods=["GET"]),
        ],
        exception_handlers={SongtorError: _problem, HTTPException: _http, Exception: _fault},
    )


class _Door:
    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._calls = Limit(60, timedelta(milliseconds=200))
        self._bad_tokens = Limit(10, timedelta(minutes=5))
        self._misses = Limit(30, timedelta(minutes=1))

    async def one(self, request: Request) -> JSONResponse:
        who, now = await self._enter(request, set())
        _wait(self._misses, who.id, now)
        text = request.path_params["reference"]
        seen = await self._look(lambda connection: look.one(connection, who, text, self._hub.vocabulary, now))
        if seen is None:
            self._misses.take(who.id, now)
            raise InputError("not_here")
        return JSONResponse(seen, headers=_HEADERS)

    async def page(self, request: Request) -> JSONResponse:
        who, now = await self._enter(request, _FILTERS)
        asked = request.query_params
        if asked.get("overdue", "") not in _OVERDUE:
            raise InputError("unknown_code", field="overdue")
        overdue = _OVERDUE[asked.get("overdue", "")]
        state, after = asked.get("state", ""), asked.get("after", "")
        page = await self._look(
            lambda connection: look.page(
                connection, who, self._hub.vocabulary, now, state=state, overdue=overdue, after=after
            )
        )
        return JSONResponse({"referrals": page.referrals, "after": page.after}, headers=_HEADERS)

    async def _enter(self, request: Request, filters: set[str]) -> tuple[Liaison, datetime]:
        """Who asks, once how they ask is within bounds."""
        now = self._hub.clock()
        address = request.client.host if request.client else ""
        for limit in (self._calls, self._bad_tokens):
            _wait(limit, address, now)
        self._calls.take(address, now)
        if len(request.url.query) > MAX_QUERY or request.headers.get("content-length", "0") != "0":
            raise InputError("too_large")
        if "transfer-encoding" in request.headers:
            raise InputError("too_large")
        if unknown := set(request.query_params) - filters:
            raise InputError("unknown_code", field=min(unknown)[:16])
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        who = await run_in_threadpool(self._who, token if scheme.lower() == "bearer" else "", now)
        if who is None:
            self._bad_tokens.take(address, now)
            raise PeerError("token")
        return who, now

    def _who(self, token: str, now: datetime) -> Liaison | None:
        with reading(self._hub.engine) as connection:
            return tokens.find(connection, token, now)

    async def _look(self, at: Callable[[Connection], T]) -> T:
        def looking() -> T:
            with writing(self._hub.engine) as connection:
                return at(connection)

        return await run_in_threadpool(looking)


def _wait(limit: Limit, key: str, now: datetime) -> None:
    if seconds := limit.wait(key, now):
        raise PeerError("too_often", field=str(seconds))


def _problem(request: Request, error: Exception) -> JSONResponse:
    """RFC 9457. The texts are the catalogue's, in both languages."""
    assert isinstance(error, SongtorError)
    status = _STATUS.get(error.code, _FAMILY_STATUS.get(error.family, 500))
    headers = dict(_HEADERS)
    if status == 401:
        headers["www-authenticate"] = "Bearer"
    body = {"code": error.code, "status": status, "title": error.entry.en, "title_th": error.entry.th}
    if status == 429:
        headers["retry-after"] = error.field
    elif error.field:
        body["field"] = error.field
    return JSONResponse(body, status, headers, media_type="application/problem+json")


def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    return _problem(request, PeerError("method") if error.status_code == 405 else InputError("not_here"))


def _fault(request: Request, error: Exception) -> JSONResponse:
    log.error("liaison_fault", fault=type(error).__name__)
    return _problem(request, StoreError("unavailable"))
