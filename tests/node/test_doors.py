"""What stands before the pages is bounded: time, size, number. Row 26."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from time import monotonic

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from songtor_node.web.reach import doors, tls
from songtor_proto.errors import InputError
from tests.support.hasty import HANDSHAKE

SECONDS = 10


class Hasty(doors.Patient):
    head_seconds, still_seconds = 0.3, 0.6


async def echo(request: Request) -> PlainTextResponse:
    return PlainTextResponse(f"{len(await request.body())}")


@pytest.fixture
def port() -> Iterator[int]:
    """Pages that take whatever is sent, by somebody who does not wait long."""
    web = doors.server(echoing())
    web.config.http = Hasty
    yield from served(web)


@pytest.fixture
def patient() -> Iterator[int]:
    """The same, by somebody who waits as long as the pages do."""
    yield from served(doors.server(echoing()))


def echoing() -> Starlette:
    return Starlette(routes=[Route("/", echo, methods=["GET", "POST"])])


def served(web: uvicorn.Server) -> Iterator[int]:
    with doors.listen("127.0.0.1", 0) as listening:
        thread = threading.Thread(target=web.run, kwargs={"sockets": [listening]})
        thread.start()
        yield listening.getsockname()[1]
        web.should_exit = True
        thread.join(SECONDS)
    assert not thread.is_alive()


@pytest.fixture
def silent() -> Iterator[int]:
    """Pages over TLS that wait for a handshake no longer than `HANDSHAKE`."""
    web = doors.server(Starlette(), tls.server())
    web.config.loop = "tests.support.hasty:HastyLoop"
    yield from served(web)


def ended(line: socket.socket) -> bool:
    """Whether the other side closes, as long as one is ready to wait."""
    try:
        return line.recv(1) == b""
    except ConnectionResetError:
        return True
    except TimeoutError:
        return False


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


@pytest.mark.parametrize("path", [b"/", b"/nothing-here"], ids=["awaited", "answered"])
def test_who_says_a_form_a_byte_at_a_time_is_not_waited_for(port: int, path: bytes) -> None:
    """Whether the page reads it or has answered long ago: nobody keeps a place by going on a little."""
    head = b"POST " + path + b" HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), SECONDS) as line:
        line.sendall(head)
        line.settimeout(0.05)
        began = monotonic()
        with suppress(ConnectionError):
            while not trickled(line):
                assert monotonic() - began < 5


def trickled(line: socket.socket) -> bool:
    """Says one byte more; whether the other side has closed."""
    line.sendall(b"a")
    with suppress(TimeoutError):
        return line.recv(4096) == b""
    return False


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


def test_more_connections_than_there_are_places_are_told_so(patient: int) -> None:
    """503, and served again once the others are gone."""
    request = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    with ExitStack() as opened:
        for _ in range(doors.MOST_CONNECTIONS):
            opened.enter_context(socket.create_connection(("127.0.0.1", patient), SECONDS))
        assert b" 503 " in said(patient, request)
    began = monotonic()
    while b" 200 " not in said(patient, request):
        assert monotonic() - began < SECONDS


def test_who_never_begins_tls_has_no_place_beyond_the_bound_and_not_for_long(
    silent: int,
) -> None:
    """So many are taken, and let go after the handshake's time; the others are shut out at once."""
    with ExitStack() as opened:
        lines = [
            opened.enter_context(socket.create_connection(("127.0.0.1", silent), SECONDS))
            for _ in range(doors.MOST_LINES + 40)
        ]
        began = monotonic()
        first, *_, last = lines
        assert ended(last)
        assert monotonic() - began < 0.5 * HANDSHAKE
        assert ended(first)
        assert monotonic() - began < SECONDS


def test_one_address_has_its_share_and_this_machine_has_all() -> None:
    """A neighbour who opens many lines leaves room for others; a line that was closed is free again."""
    with ExitStack() as opened:
        places, lines = doors.Places(3), [opened.enter_context(socket.socket()) for _ in range(12)]
        of = (
            ["10.0.0.7"] * 4
            + ["::ffff:10.0.0.7", "10.0.0.8", "fd00::1", "fd00::2"]
            + ["::1", "127.0.0.1"] * 2
        )
        given = [places.give(line, address) for line, address in zip(lines, of, strict=True)]
        assert given == [True] * 3 + [False] * 2 + [True] * 7
        lines[0].close()
        assert places.give(lines[3], "10.0.0.7")


def test_a_network_of_the_internet_has_one_share() -> None:
    """Who has 2^64 addresses is still one."""
    with socket.socket() as one, socket.socket() as other:
        places = doors.Places(1)
        assert places.give(one, "2a00:1:2:3::1")
        assert not places.give(other, "2a00:1:2:3:4::1")


def test_a_port_that_is_taken_is_told(port: int) -> None:
    with pytest.raises(InputError) as caught:
        doors.listen("127.0.0.1", port)
    assert caught.value.code == "input.port_taken"
