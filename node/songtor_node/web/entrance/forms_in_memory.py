"""A form as it comes over the line: bounded whatever its headers say, and never in a file on the disk."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from starlette.datastructures import FormData
from starlette.formparsers import FormParser, MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request

from songtor_proto.errors import InputError

MAX_FIELDS = 400
MAX_FILES = 5
_PASSED_OVER = 8  # times the limit: so much is read away, so that a browser hears the answer


class _InMemory(MultiPartParser):
    """Starlette's lays a file of more than 1 MiB on the disk; `_bounded` holds the size here."""

    spool_max_size = 0  # never


async def read_form(request: Request, limit: int) -> FormData:
    """The fields and files of a POST of at most `limit` bytes. InputError: too_large, value (no form)."""
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    stream = _bounded(request, limit)
    try:
        if kind == "multipart/form-data":
            made = _InMemory(
                request.headers, stream, max_files=MAX_FILES, max_fields=MAX_FIELDS, max_part_size=limit
            )
            return await made.parse()
        if kind == "application/x-www-form-urlencoded":
            return await FormParser(
                request.headers, stream, max_fields=MAX_FIELDS, max_part_size=limit
            ).parse()
    except (MultiPartException, ClientDisconnect, UnicodeDecodeError):
        raise InputError("value", field="form") from None
    finally:
        await stream.aclose()
    return FormData()


async def _bounded(request: Request, limit: int) -> AsyncGenerator[bytes, None]:
    seen = 0
    async for chunk in request.stream():
        seen += len(chunk)
        if seen <= limit:
            yield chunk
        elif seen > limit * _PASSED_OVER:
            break
    if seen > limit:
        raise InputError("too_large", field="form")
