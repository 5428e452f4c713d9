"""One gRPC call by hand over a TLS socket, for what gRPC's own client would never do."""

from __future__ import annotations

import socket
import ssl
import struct

_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
_HEADERS, _DATA, _SETTINGS = 1, 0, 4
_END_STREAM, _END_HEADERS = 1, 4


def connect(port: int, context: ssl.SSLContext) -> ssl.SSLSocket:
    """A connection to loopback that speaks HTTP/2; ssl.SSLError or OSError where there is no handshake."""
    context.set_alpn_protocols(["h2"])
    plain = socket.create_connection(("127.0.0.1", port), timeout=10)
    try:
        return context.wrap_socket(plain, server_hostname="127.0.0.1")
    except BaseException:
        plain.close()
        raise


def call(line: ssl.SSLSocket, method: str, message: bytes = b"") -> bytes:
    """Everything that the server sends until its trailers; `method` is a full name."""
    line.sendall(_PREFACE + _frame(_SETTINGS, 0, 0, b"") + request(method, message))
    received = b""
    while b"grpc-status" not in received:
        part = line.recv(16384)
        if not part:
            break
        received += part
    return received


def request(method: str, message: bytes) -> bytes:
    """Headers and data of one unary call, on stream 1."""
    headers = {
        ":method": "POST",
        ":scheme": "https",
        ":path": method,
        ":authority": "localhost",
        "content-type": "application/grpc",
        "te": "trailers",
    }
    block = b"".join(_literal(name) + _literal(value, named=True) for name, value in headers.items())
    body = b"\x00" + struct.pack(">I", len(message)) + message
    return _frame(_HEADERS, _END_HEADERS, 1, block) + _frame(_DATA, _END_STREAM, 1, body)


def _literal(text: str, *, named: bool = False) -> bytes:
    """RFC 7541, 6.2.2: literal, not indexed, not Huffman-coded; shorter than 127 bytes."""
    return (b"" if named else b"\x00") + bytes([len(text)]) + text.encode()


def _frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + struct.pack(">I", stream) + payload
