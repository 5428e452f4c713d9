"""`songtor-node serve` as a process of its own.

def test_x(serve, tmp_path):
    new = serve(tmp_path / "node", "--lan")     # ends with the test
    new.port, new.said["start_code"]
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from songtor_node.web.reach.way import bracketed

SECONDS = 20


class Serving:
    """One process over `data`, and what its pages answer."""

    def __init__(self, data: Path, *options: str, before: Sequence[str] = (), **environment: str) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SONGTOR_")}
        program = str(Path(sys.executable).with_name("songtor-node"))
        command = [program, "--json", "--data", str(data), *before]
        listen = [] if "--listen" in options else ["--listen", "127.0.0.1:0"]
        self.child = subprocess.Popen(
            [*command, "serve", "--health-port", "0", *listen, *options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=kept | environment,
        )
        assert self.child.stdout is not None
        line = self.child.stdout.readline()
        self.said: dict[str, Any] = json.loads(line) if line else {}

    @property
    def port(self) -> int:
        return int(self.said["port"])

    def ask(self, path: str = "/", method: str = "GET", **headers: str) -> tuple[int, str]:
        """Status, and where it leads to; over loopback, without TLS."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        line.request(method, path, headers=headers)
        answer = line.getresponse()
        answer.read()
        line.close()
        return answer.status, answer.headers.get("Location", "")

    def leads_to(self, path: str = "/") -> str:
        return self.ask(path)[1]

    def over_tls(self, address: str, root: Path, name: str = "") -> str:
        """Where `/` leads to, for somebody who trusts that root; ssl.SSLError where it does not hold."""
        context = ssl.create_default_context(cafile=str(root))
        with socket.create_connection((address, self.port), SECONDS) as line:
            with context.wrap_socket(line, server_hostname=name or address) as secured:
                host = bracketed(name or address)
                secured.sendall(
                    f"GET / HTTP/1.1\r\nHost: {host}:{self.port}\r\nConnection: close\r\n\r\n".encode()
                )
                answer = b"".join(iter(lambda: secured.recv(4096), b"")).decode()
        return next(line for line in answer.lower().splitlines() if line.startswith("location: "))[10:]

    def end(self, number: int = signal.SIGTERM) -> tuple[int, str]:
        """Exit code and log."""
        self.child.send_signal(number)
        _, log = self.child.communicate(timeout=SECONDS)
        return self.child.returncode, log


Serve = Callable[..., Serving]


@pytest.fixture
def serve() -> Iterator[Serve]:
    started: list[Serving] = []

    def start(data: Path, *options: str, **more: Any) -> Serving:
        started.append(Serving(data, *options, **more))
        return started[-1]

    yield start
    for one in started:
        if one.child.poll() is None:
            one.end(signal.SIGKILL)
        for stream in (one.child.stdout, one.child.stderr):
            if stream is not None:
                stream.close()
