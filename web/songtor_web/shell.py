"""The frame that both sides' pages share: templates, static files, and the headers that keep a page safe."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from songtor_web.dates import MONTHS, year_shown

STATIC = files("songtor_web") / "static"
_TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "woff2": "font/woff2",
    "svg": "image/svg+xml",
}
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
    "img-src 'self' data: blob:; media-src 'self'; connect-src 'self'; manifest-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",  # under `no-referrer` a form without script has no Origin to check
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=(), payment=()",
}
_FOR_GOOD = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}


def environment(*packages: str) -> Environment:
    """Templates of these packages, then the shared ones. What is missing is a fault; all is escaped."""
    made = Environment(
        loader=ChoiceLoader(
            [*(PackageLoader(*name.rsplit(":", 1)) for name in packages), PackageLoader("songtor_web")]
        ),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(static=static_url, months=MONTHS, year_shown=year_shown)
    return made


def text_folders(*folders: Traversable) -> Iterable[Traversable]:
    """The shared words first, then a side's own."""
    return (files("songtor_web") / "texts", *folders)


@cache
def _asset(name: str) -> tuple[bytes, bytes, str]:
    """A static file, the same compressed, and its mark."""
    content = (STATIC / name).read_bytes()
    packed = content if name.endswith("woff2") else gzip.compress(content, 9, mtime=0)
    return content, packed, hashlib.sha256(content).hexdigest()[:12]


def static_url(name: str) -> str:
    """`/static/songtor.css?v=…`: it changes when the file does, so that a browser may keep it for good."""
    return f"/static/{name}?v={_asset(name)[2]}"


def _static(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in _names():
        return Response(status_code=404)
    content, packed, _ = _asset(name)
    headers = {**_FOR_GOOD, "Content-Type": _TYPES[name.rsplit(".", 1)[1]]}
    if packed is not content and "gzip" in request.headers.get("accept-encoding", ""):
        return Response(packed, headers={**headers, "Content-Encoding": "gzip", "Vary": "Accept-Encoding"})
    return Response(content, headers=headers)


@cache
def _names() -> frozenset[str]:
    return frozenset(file.name for file in STATIC.iterdir() if file.name.rsplit(".", 1)[-1] in _TYPES)


STATIC_ROUTE = Route("/static/{name}", _static)
