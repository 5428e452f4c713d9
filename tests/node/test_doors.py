"""What stands before the pages is bounded: time, size, number. Row 26."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from time import monotonic

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from songtor_node.web.reach import doors
from songtor_proto.errors import InputError

SECONDS = 10


class Hasty(doors.Patient):
    head_seconds, form_seconds = 0.3, 0.6


async def echo(request: Request) -> PlainTextResponse:
    return PlainTextResponse(f"{len(await request.body())}")


@pytest.fixture
def port() -> Iterator[int]:
    """Pages that take whatever is sent, by somebody who does not wait long."""
    web = doors.server(Starlette(routes=[Route("/", echo, methods=["GET", "POST"])]))
    web.config.http = Hasty
    with doors.listen("127.0.0.1", 0) as listening:
        thread = threading.Thread(target=web.run, kwargs={"sockets": [listening]})
        thread.start()
        yield listening.getsockname()[1]
        web.should_exit = True
        thread.join(SECONDS)
    assert not thread.is_alive()


def said(port: int, *parts: bytes) -> bytes:
    """All that comes back until the other side closes."""
    with socket.create_connection(("127.0.0.1", port), SECONDS) as line:
        for part in parts:
            line.sendall(part)
        answer = b""
        with suppress(ConnectionResetError):
            while more := line.recv(4096):
                answer += more
        return answer


@pytest.mark.parametrize(
    "half",
    [
        b"",
        b"GET / HTTP/1.1\r\nHost: a\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n123",
    ],
    ids=["nothing", "head", "form"],
)
def test_who_says_half_a_request_is_not_waited_for(port: int, half: bytes) -> None:
    """Slow senders hold no place for long."""
    began = monotonic()
    assert said(port, half) == b""
    assert monotonic() - began < 5


def test_a_second_request_has_no_longer(port: int) -> None:
    """On a connection that was kept, half a head is as little waited for as on a new one."""
    whole = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), SECONDS) as line, line.makefile("rb") as answer:
        line.sendall(whole)
        while answer.readline() != b"\r\n":
            pass
        assert answer.read(1) == b"0"
        line.sendall(whole[:10])
        began = monotonic()
        with suppress(ConnectionResetError):
            assert answer.read() == b""
        assert monotonic() - began < 5


def test_who_is_slow_but_goes_on_is_served(port: int) -> None:
    """A whole request counts, in however many parts."""
    parts = (b"POST / HTTP/1.1\r\n", b"Host: a\r\nConnection: close\r\nContent-Length: 2\r\n\r\n", b"1", b"2")
    assert said(port, *parts).endswith(b"\r\n\r\n2")


def test_a_head_that_is_too_large_is_refused(port: int) -> None:
    answer = said(port, b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"x" * (2 * doors.MOST_HEAD))
    assert answer == b"" or b" 400 " in answer


def test_more_connections_than_there_are_places_are_told_so(port: int) -> None:
    """503, and served again once the others are gone."""
    request = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    with ExitStack() as opened:
        for _ in range(doors.MOST_CONNECTIONS):
            opened.enter_context(socket.create_connection(("127.0.0.1", port), SECONDS))
        assert b" 503 " in said(port, request)
    began = monotonic()
    while b" 200 " not in said(port, request):
        assert monotonic() - began < SECONDS


def test_a_port_that_is_taken_is_told(port: int) -> None:
    with pytest.raises(InputError) as caught:
        doors.listen("127.0.0.1", port)
    assert caught.value.code == "input.port_taken"
