"""The stage: a hub and its nodes as processes of their own on loopback, with folders, lines and logs."""

from __future__ import annotations

import asyncio
import json
import os
from asyncio.subprocess import DEVNULL, PIPE, Process
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.demo.gate import Gate
from tests.demo.line import Line
from tests.demo.program import Failed, Program

NETWORK = "songtor.example"
READY_SECONDS = 60.0
STOP_SECONDS = 15.0
PASSPHRASE = "twelve stories, none of them true"
# An office may reach the world through a proxy of its own; here there is no world but loopback.
_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "no_grpc_proxy")


@dataclass
class Server:
    """A process that serves, and the one line in which it said where."""

    name: str
    process: Process
    said: dict[str, Any]


@dataclass
class Stage:
    """Everything below `folder`. `nodes` and `lines` go by seat."""

    folder: Path
    lang: str
    gate: Gate = field(default_factory=lambda: Gate(max(2, os.cpu_count() or 2)))
    nodes: dict[str, Program] = field(default_factory=dict)
    lines: dict[str, Line] = field(default_factory=dict)
    servers: dict[str, Server] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.passphrase = self.folder / "passphrase"
        self.logs = self.folder / "logs"
        self.logs.mkdir(parents=True)
        self.passphrase.touch(mode=0o600)
        self.passphrase.write_text(PASSPHRASE + "\n", encoding="utf-8")
        self.hub = self._program("songtor-hub", "hub", self.passphrase, "")

    async def make(self, seat: str) -> Program:
        """A new node, unlocked as on a server: by a key that the machine keeps. Its processes reach the hub
        by this seat's line alone."""
        line = self.lines[seat] = Line()
        await line.open()
        key = self.folder / f"{seat}.key"
        node = self.nodes[seat] = self._program("songtor-node", seat, key, f"http://127.0.0.1:{line.port}")
        await node.run("init", "--unlock", "credential", "--key-out", str(key))
        return node

    async def serve(self, name: str, program: Program, *options: str) -> dict[str, Any]:
        """Starts `serve` and waits until it says that it is ready."""
        with (self.logs / f"{name}.log").open("ab") as log:
            process = await program.start("serve", *options, stdin=DEVNULL, stdout=PIPE, stderr=log.fileno())
        server = self.servers[name] = Server(name, process, {})
        assert process.stdout is not None
        try:
            async with asyncio.timeout(READY_SECONDS):
                line = await process.stdout.readline()
        except TimeoutError:
            raise Failed(f"{name}: not ready within {READY_SECONDS:.0f} s") from None
        if not line:
            raise Failed(f"{name}: it ended before it was ready; see {self.logs / f'{name}.log'}")
        server.said = json.loads(line)
        return server.said

    async def stop(self, *names: str) -> None:
        """Asks every server named (all, if none is) to end, nodes before the hub, and ends what does not."""
        for name in sorted(names or list(self.servers), key=lambda name: name == "hub"):
            server = self.servers.pop(name)
            if server.process.returncode is None:
                server.process.terminate()
            try:
                async with asyncio.timeout(STOP_SECONDS):
                    await server.process.wait()
            except TimeoutError:
                server.process.kill()
                await server.process.wait()

    async def close(self) -> None:
        await self.stop()
        for line in self.lines.values():
            line.close()

    def _program(self, name: str, folder: str, unlock: Path, proxy: str) -> Program:
        environment = {name: "" for word in _PROXIES for name in (word, word.upper())}
        environment |= {"grpc_proxy": proxy, "GRPC_PROXY": proxy, "SONGTOR_LANG": self.lang}
        if os.environ.get("PYTHONDONTWRITEBYTECODE"):
            # Compiled once, not again for each of a hundred commands.
            environment |= {
                "PYTHONDONTWRITEBYTECODE": "",
                "PYTHONPYCACHEPREFIX": str(self.folder.parent / "pycache"),
            }
        return Program(name, self.folder / folder, unlock, self.gate, environment)
