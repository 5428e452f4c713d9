"""A TCP proxy on loopback that counts what passes and can stop passing it on.

with Proxy(port) as proxy:
    ...connect to proxy.port...
    proxy.sent, proxy.received          # bytes from the clients, bytes to the clients
    proxy.stall()                       # from now on the clients get nothing, as from a line that hangs
"""

from __future__ import annotations

import socket
import threading
from types import TracebackType
from typing import Self

PART = 65_536


class Proxy:
    """Listens on `port`, connects to `target`, both on 127.0.0.1."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.sent = self.received = 0
        self._flowing = threading.Event()
        self._flowing.set()
        self._lock = threading.Lock()
        self._lines: list[socket.socket] = []

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._flowing.set()
        for line in (self._listener, *self._lines):
            line.close()

    def stall(self) -> None:
        self._flowing.clear()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._target))
            except OSError:
                return
            self._lines += [client, server]
            threading.Thread(target=self._pump, args=(client, server, True), daemon=True).start()
            threading.Thread(target=self._pump, args=(server, client, False), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, from_client: bool) -> None:
        try:
            while part := source.recv(PART):
                with self._lock:
                    if from_client:
                        self.sent += len(part)
                    else:
                        self.received += len(part)
                if not from_client:
                    self._flowing.wait()
                sink.sendall(part)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            return
