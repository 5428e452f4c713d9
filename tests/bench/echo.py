"""The limit for one call: a gRPC echo over mutual TLS, no more. `python -m tests.bench.echo FOLDER`."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import grpc
import uvloop

METHOD = "/echo.Echo/Echo"


async def serve(folder: Path) -> None:
    """Presents key and chain from the folder, and asks for clients of its root."""

    async def echo(message: bytes, context: grpc.aio.ServicerContext[Any, Any]) -> bytes:
        return message

    server = grpc.aio.server()
    handler: grpc.RpcMethodHandler[bytes, bytes] = grpc.unary_unary_rpc_method_handler(echo)
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("echo.Echo", {"Echo": handler}),))
    root, key, chain = ((folder / name).read_bytes() for name in ("root", "key", "chain"))
    credentials = grpc.ssl_server_credentials([(key, chain)], root, require_client_auth=True)
    port = server.add_secure_port("127.0.0.1:0", credentials)
    await server.start()
    print(port, flush=True)
    await server.wait_for_termination()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(Path(sys.argv[1])))
