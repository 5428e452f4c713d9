"""A node's line to the hub: a proxy on loopback that hears every byte, and that can be cut."""

from __future__ import annotations

import asyncio

CHUNK = 1 << 16
HEAD_SECONDS = 10.0


class Line:
    """Speaks HTTP CONNECT, as an office's proxy does. What it heard is kept one direction of one connection
    each, so that nothing is torn apart."""

    def __init__(self) -> None:
        self.heard: list[bytearray] = []
        self.port = 0
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self._whole = True

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._connection, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    def cut(self) -> None:
        """Every connection breaks, and every new one."""
        self._whole = False
        for writer in self._open:
            writer.transport.abort()

    def mend(self) -> None:
        self._whole = True

    def close(self) -> None:
        self.cut()
        if self._server is not None:
            self._server.close()

    @property
    def bytes(self) -> int:
        return sum(len(heard) for heard in self.heard)

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            if self._whole:
                async with asyncio.timeout(HEAD_SECONDS):
                    head = await reader.readuntil(b"\r\n\r\n")
                host, _, port = head.split()[1].decode("ascii").rpartition(":")
                await self._join(reader, writer, host, int(port))
        except (
            OSError,
            TimeoutError,
            asyncio.IncompleteReadError,
            asyncio.LimitOverrunError,
            ValueError,
            IndexError,
        ):
            pass  # a broken line is what this is for
        finally:
            self._open.discard(writer)
            writer.transport.abort()

    async def _join(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str, port: int
    ) -> None:
        there, back = await asyncio.open_connection(host, port)
        self._open.add(back)
        try:
            writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
            await asyncio.gather(self._carry(reader, back), self._carry(there, writer))
        finally:
            self._open.discard(back)
            back.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard = bytearray()
        self.heard.append(heard)
        while chunk := await reader.read(CHUNK):
            heard += chunk
            writer.write(chunk)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()
